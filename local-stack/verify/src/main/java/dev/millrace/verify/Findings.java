package dev.millrace.verify;

import dev.millrace.verify.Difference.RawPlace;
import dev.millrace.verify.VerifyReport.Comparison;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What comparisons find, table by table: how many differences, the first of them, and what could not be compared. */
final class Findings {
    /** Raw records that are told of one difference. */
    private static final int PLACES = 5;

    private final Warehouse warehouse;
    private final int room;
    private final List<Comparison> compared = new ArrayList<>();
    private final List<Difference> differences = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final List<String> trusted = new ArrayList<>();

    Findings(Warehouse warehouse, VerifyOptions options) {
        this.warehouse = warehouse;
        this.room = Math.max(0, options.differences());
    }

    /** How many differences of one kind are looked into; the report takes the first of all kinds. */
    int room() {
        return room;
    }

    void compared(Comparison comparison) {
        compared.add(comparison);
    }

    void differs(Difference difference) {
        differences.add(difference);
    }

    /** Tells what could not be compared, and why. */
    void note(String note) {
        notes.add(note);
    }

    /** Tells what was not compared because the store says that it need not be, see {@link VerifyReport#trusted}. */
    void trust(String note) {
        note(note);
        trusted.add(note);
    }

    VerifyReport report(Recording read, long boundMillis) throws SQLException {
        notes.add(0, "windows that began before " + time(boundMillis) + " are past the hot horizon and not compared");
        long rows = compared.stream()
                .mapToLong(each -> Math.max(each.expected(), each.found()))
                .sum();
        long people = warehouse.number("select count(distinct leader) from person");
        return new VerifyReport(
                read.count(),
                people,
                rows,
                compared,
                differences.subList(0, Math.min(room, differences.size())),
                notes,
                trusted,
                0);
    }

    /** Some of the raw records that a condition holds for. */
    List<RawPlace> places(String condition) throws SQLException {
        List<RawPlace> places = new ArrayList<>();
        warehouse.each(
                "select t.name, r.part, r.off, f.name from raw r join topic t on t.id = r.topic join file f on f.id ="
                        + " r.file where " + condition + " order by r.arrived, r.part, r.off limit " + PLACES,
                row -> places.add(new RawPlace(row.getString(1), row.getInt(2), row.getLong(3), row.getString(4))));
        return places;
    }

    /** A row's key, of names and values in turn. */
    static Map<String, String> key(String... namesAndValues) {
        Map<String, String> key = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            key.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return key;
    }

    static String time(long millis) {
        return Instant.ofEpochMilli(millis).toString();
    }
}
