package dev.millrace.verify;

import dev.millrace.core.catalogue.Aggregate;
import dev.millrace.verify.Windows.Window;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.duckdb.DuckDBAppender;

/** What the store must hold, made of what {@link Recording} wrote down. */
final class Answer {
    /** So many pairs of a person and a window are told apart at once. */
    private static final long DISTINCT_AT_ONCE = 6_000_000;
    /** Aliases of one anchor. */
    private static final int MOST_ALIASES = 64;

    private final Warehouse warehouse;
    private final Recording recording;
    private final List<Measure> measures;
    private final Dimensions dimensions;
    private final long boundMillis;
    /** Names in {@code metric_values}; their places are their numbers. */
    private final List<String> outputs = new ArrayList<>();
    /** Window sizes; their places are their numbers. */
    private final List<String> sizes = new ArrayList<>();
    /** Size and zone -> the table of their windows. */
    private final Map<String, String> windowTables = new LinkedHashMap<>();

    private final Map<String, Integer> overlaps = new HashMap<>();
    private BitSet doubtful = new BitSet();

    /** @param boundMillis windows that begin earlier are not compared */
    Answer(Warehouse warehouse, Recording recording, List<Measure> measures, Dimensions dimensions, long boundMillis) {
        this.warehouse = warehouse;
        this.recording = recording;
        this.measures = measures;
        this.dimensions = dimensions;
        this.boundMillis = boundMillis;
    }

    List<String> outputs() {
        return outputs;
    }

    List<String> sizes() {
        return sizes;
    }

    /** The number of a window size. */
    int size(String text) {
        if (!sizes.contains(text)) {
            sizes.add(text);
        }
        return sizes.indexOf(text);
    }

    /** Identifiers whose profile the order of arrival decides, since a bound of identity cuts something near them. */
    BitSet doubtful() {
        return doubtful;
    }

    /** Says who everyone is: tables {@code links} and {@code person}; later ones by {@link #believe}. */
    void people(int maxPath) throws SQLException {
        warehouse.run("create table links as select a, b, min(millis) as millis, bool_or(alias) as alias from link"
                + " where a <> b group by a, b");
        int size = recording.people();
        int[] order = new int[size];
        int[] place = new int[1];
        warehouse.each(
                "select id from name order by case when sorted = '' then name else sorted end",
                row -> order[row.getInt(1)] = place[0]++);
        People people =
                new People(size, identifier -> recording.type(identifier).anchor(), order, recording.firstSeen());
        List<int[]> ofOneTime = new ArrayList<>();
        long[] millis = {Long.MIN_VALUE};
        warehouse.each("select a, b, alias, millis from links order by millis", row -> {
            if (row.getLong(4) != millis[0]) {
                take(ofOneTime, order, people);
                millis[0] = row.getLong(4);
            }
            ofOneTime.add(new int[] {row.getInt(1), row.getInt(2), row.getBoolean(3) ? 1 : 0});
        });
        take(ofOneTime, order, people);
        int[] leaders = people.leaders();
        doubtful =
                around(people.cut(identifier -> recording.type(identifier).maxLinks(), MOST_ALIASES, maxPath), leaders);
        warehouse.run("create table person (id integer, leader integer)");
        try (DuckDBAppender person = warehouse.appender("person")) {
            for (int i = 0; i < size; i++) {
                person.beginRow();
                person.append(i);
                person.append(leaders[i]);
                person.endRow();
            }
        }
        warehouse.run("create table seen (id integer, millis bigint)");
        try (DuckDBAppender seen = warehouse.appender("seen")) {
            for (int i = 0; i < size; i++) {
                seen.beginRow();
                seen.append(i);
                seen.append(recording.firstSeen(i));
                seen.endRow();
            }
        }
        warehouse.run("create table leader_profile (leader integer, profile varchar)");
        try (DuckDBAppender profile = warehouse.appender("leader_profile")) {
            warehouse.whole("select id, name from name where id in (select leader from person)", row -> {
                profile.beginRow();
                profile.append(row.getInt(1));
                profile.append(profileId(row.getString(2)));
                profile.endRow();
            });
        }
        warehouse.run("create table doubtful (id integer)");
        try (DuckDBAppender rows = warehouse.appender("doubtful")) {
            for (int i = doubtful.nextSetBit(0); i >= 0; i = doubtful.nextSetBit(i + 1)) {
                rows.beginRow();
                rows.append(i);
                rows.endRow();
            }
        }
    }

    /**
     * Takes the profiles of the doubtful from the store, where they are of somebody who can lead them; table {@code
     * found_identifier} has them.
     */
    void believe() throws SQLException {
        if (doubtful.isEmpty()) {
            return;
        }
        try (DuckDBAppender profile = warehouse.appender("leader_profile")) {
            warehouse.whole(
                    "select id, name from name where id not in (select leader from leader_profile) and id in ("
                            + "select id from doubtful union select a from links where b in (from doubtful)"
                            + " union select b from links where a in (from doubtful))",
                    row -> {
                        profile.beginRow();
                        profile.append(row.getInt(1));
                        profile.append(profileId(row.getString(2)));
                        profile.endRow();
                    });
        }
        warehouse.run("create table believed as select f.id, p.leader from found_identifier f"
                + " join leader_profile p on p.profile = f.profile where f.id in (from doubtful)");
        warehouse.run("update person set leader = b.leader from believed b where b.id = person.id");
    }

    /** What is cut at one identifier shows at those it is linked with, as far as the next anchor. */
    private BitSet around(BitSet cut, int[] leaders) throws SQLException {
        if (cut.isEmpty()) {
            return cut;
        }
        int size = recording.people();
        People reach = new People(size, any -> false, new int[size], new long[size]);
        BitSet seeds = new BitSet(size);
        warehouse.each("select a, b, alias from links", row -> {
            int one = row.getInt(1);
            int other = row.getInt(2);
            boolean anchored =
                    recording.type(one).anchor() || recording.type(other).anchor();
            if (!anchored) {
                reach.link(one, other, false);
            } else {
                seeds.set(one, seeds.get(one) || cut.get(other));
                seeds.set(other, seeds.get(other) || cut.get(one));
            }
        });
        seeds.or(cut);
        int[] reached = reach.leaders();
        BitSet groups = new BitSet(size);
        BitSet profiles = new BitSet(size);
        seeds.stream().forEach(identifier -> {
            groups.set(reached[identifier]);
            if (cut.get(identifier) && recording.type(identifier).anchor()) {
                profiles.set(leaders[identifier]);
            }
        });
        BitSet around = new BitSet(size);
        for (int i = 0; i < size; i++) {
            around.set(i, groups.get(reached[i]) || profiles.get(leaders[i]));
        }
        return around;
    }

    private static void take(List<int[]> links, int[] order, People people) {
        if (links.size() > 1) {
            links.sort((one, other) -> {
                int lesser = Integer.compare(
                        Math.min(order[one[0]], order[one[1]]), Math.min(order[other[0]], order[other[1]]));
                return lesser != 0
                        ? lesser
                        : Integer.compare(
                                Math.max(order[one[0]], order[one[1]]), Math.max(order[other[0]], order[other[1]]));
            });
        }
        links.forEach(link -> people.link(link[0], link[1], link[2] == 1));
        links.clear();
    }

    /** A UUID of version 3 without name space, of the leader's name. */
    static String profileId(String leader) {
        return UUID.nameUUIDFromBytes(leader.getBytes(StandardCharsets.UTF_8)).toString();
    }

    /** Computes all rows of {@code metric_values} that are not 0: table {@code expected}. */
    void metrics() throws SQLException {
        warehouse.run("create table profile as select leader, min(millis) as first from person join seen using (id)"
                + " group by leader");
        warehouse.run("create table minute as select distinct millis // 60000 as minute from raw where leaf >= 0");
        warehouse.run("create table expected (metric integer, size integer, start bigint, finish bigint, dims integer,"
                + " value double)");
        for (Measure measure : measures) {
            int output = outputs.size();
            outputs.addAll(outputs(measure));
            if (measure.aggregate() == Aggregate.SESSIONS) {
                cells(measure, new Sessions(warehouse).of(measure));
            } else if (measure.aggregate() == Aggregate.FUNNEL) {
                new Funnels(warehouse).of(measure);
            } else {
                cells(measure);
            }
            for (String text : measure.definition().windows()) {
                rows(measure, output, size(text), windows(text, measure.zone()), overlaps.get(text));
            }
            warehouse.run("drop table if exists cell");
        }
        warehouse.run("delete from expected where value = 0");
    }

    static List<String> outputs(Measure measure) {
        String name = measure.definition().name();
        return switch (measure.aggregate()) {
            case COUNT, SUM, AVERAGE, UNIQUE_PROFILES, NEW_PROFILES -> List.of(name);
            case SESSIONS -> List.of(name, name + "_length_seconds", name + "_bounce_rate");
            case FUNNEL -> List.of(name + "_reached", name + "_abandoned");
        };
    }

    /** The windows of that size in which events are, minute by minute. */
    private String windows(String size, ZoneId zone) throws SQLException {
        String known = windowTables.get(size + " " + zone);
        if (known != null) {
            return known;
        }
        String table = "window_" + windowTables.size();
        windowTables.put(size + " " + zone, table);
        Windows windows = new Windows(size, zone);
        overlaps.put(size, windows.overlap());
        warehouse.run("create table " + table + " (minute bigint, start bigint, finish bigint)");
        try (DuckDBAppender rows = warehouse.appender(table)) {
            warehouse.whole("select minute from minute", row -> {
                for (Window window : windows.of(row.getLong(1))) {
                    if (window.startMillis() >= boundMillis) {
                        rows.beginRow();
                        rows.append(row.getLong(1));
                        rows.append(window.startMillis());
                        rows.append(window.endMillis());
                        rows.endRow();
                    }
                }
            });
        }
        return table;
    }

    /** What events come to, minute by minute: table {@code cell}. */
    private void cells(Measure measure) throws SQLException {
        String counted = " from " + measure.hits() + " where no not in (select no from dup)" + " and millis >= "
                + (boundMillis - boundMillis % 60_000L);
        switch (measure.aggregate()) {
            case COUNT, SUM, AVERAGE -> warehouse.run(
                    "create table cell as select millis // 60000 as minute, dims, count(*) as events,"
                            + " sum(micros) as micros" + counted + " group by all");
            case UNIQUE_PROFILES -> warehouse.run(
                    "create table cell as select distinct minute, dims, leader from (select millis // 60000 as minute,"
                            + " dims, leaf" + counted + ") join person on id = leaf");
            case NEW_PROFILES -> {
                int none = dimensions.of(measure.number(), List.of(), List.of(), List.of());
                dimensions.flush();
                warehouse.run("create table cell as select first // 60000 as minute, " + none
                        + " as dims, leader from profile");
            }
            default -> throw new IllegalStateException(measure.aggregate() + " is no sum of events");
        }
    }

    private void cells(Measure measure, String sessionTable) throws SQLException {
        warehouse.run("create table cell as select start // 60000 as minute, s.dims, p.first, finish - start as length,"
                + " events from " + sessionTable + " s join profile p using (leader) where start >= "
                + (boundMillis + measure.definition().gap().toMillis()));
        warehouse.run("drop table " + sessionTable);
    }

    private void rows(Measure measure, int output, int size, String windows, int overlap) throws SQLException {
        String into = "insert into expected select " + output + " + %d, " + size + ", start, finish, ";
        String lifecycle = measure.hasLifecycle() ? "dims + case when first >= start then 1 else 0 end" : "dims";
        String joined = " from cell join " + windows + " using (minute) group by all";
        switch (measure.aggregate()) {
            case COUNT -> warehouse.run(into.formatted(0) + "dims, sum(events)::double" + joined);
            case SUM -> warehouse.run(into.formatted(0) + "dims, sum(micros)::double / 1e6" + joined);
            case AVERAGE -> warehouse.run(into.formatted(0) + "dims, sum(micros)::double / 1e6 / sum(events)" + joined);
            case UNIQUE_PROFILES -> unique(into.formatted(0), lifecycle, windows, overlap);
            case NEW_PROFILES -> warehouse.run(into.formatted(0) + "dims, count(*)" + joined);
            case SESSIONS -> {
                warehouse.run(into.formatted(0) + lifecycle + " as dims, count(*)" + joined);
                warehouse.run(
                        into.formatted(1) + lifecycle + " as dims, sum(length)::double / 1000.0 / count(*)" + joined);
                warehouse.run(into.formatted(2) + lifecycle
                        + " as dims, count(*) filter (events = 1)::double / count(*)" + joined);
            }
            case FUNNEL -> funnel(measure, into, windows);
        }
    }

    private void unique(String into, String lifecycle, String windows, int overlap) throws SQLException {
        long pairs = warehouse.number("select count(*) from cell") * overlap;
        long parts = Math.max(1, (pairs + DISTINCT_AT_ONCE - 1) / DISTINCT_AT_ONCE);
        warehouse.run("create table part (start bigint, finish bigint, dims integer, people bigint)");
        for (long part = 0; part < parts; part++) {
            warehouse.run("insert into part select start, finish, dims, count(*) from (select distinct start, finish, "
                    + lifecycle + " as dims, leader from cell join profile using (leader) join " + windows
                    + " using (minute) where leader % " + parts + " = " + part + ") group by all");
        }
        warehouse.run(into + "dims, sum(people)::double from part group by all");
        warehouse.run("drop table part");
    }

    /** Of each person the furthest step that is reached from a first one in the window. */
    private void funnel(Measure measure, String into, String windows) throws SQLException {
        warehouse.run("create table part as select start, finish, dims, reached, count(*) as people from"
                + " (select start, finish, dims, leader, max(reached) as reached from cell join " + windows
                + " using (minute) group by all) group by all");
        int steps = measure.variants().size();
        for (int step = 1; step <= steps; step++) {
            String dims = "dims + " + (step - 1) + ", sum(people)::double from part where reached ";
            warehouse.run(into.formatted(0) + dims + ">= " + step + " group by all");
            if (step < steps) {
                warehouse.run(into.formatted(1) + dims + "= " + step + " group by all");
            }
        }
        warehouse.run("drop table part");
    }
}
