package dev.millrace.verify;

import dev.millrace.core.catalogue.Aggregate;
import dev.millrace.core.catalogue.DimensionDefinition;
import dev.millrace.verify.Difference.RawPlace;
import dev.millrace.verify.VerifyReport.Comparison;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Compares the rows of metrics, window by window. */
final class MetricsComparison {
    private final Warehouse warehouse;
    private final List<Measure> measures;
    private final Beginnings beginnings;
    private final Findings findings;

    MetricsComparison(Warehouse warehouse, List<Measure> measures, Beginnings beginnings, Findings findings) {
        this.warehouse = warehouse;
        this.measures = measures;
        this.beginnings = beginnings;
        this.findings = findings;
    }

    /** Every row of windows that begin at the bound or later, and later than what a metric knows nothing of. */
    void compare(Answer answer, long boundMillis) throws SQLException {
        for (Measure measure : measures) {
            int output = answer.outputs().indexOf(Answer.outputs(measure).get(0));
            int last = output + Answer.outputs(measure).size() - 1;
            long from = beginnings.from("metric " + measure.definition().name(), boundMillis);
            if (measure.aggregate() == Aggregate.SESSIONS) {
                // Whether a run of events began there is known once a gap has passed.
                from += measure.definition().gap().toMillis();
            }
            if (from > boundMillis) {
                for (String table : List.of("expected", "found")) {
                    warehouse.run("delete from " + table + " where metric between " + output + " and " + last
                            + " and start < " + from);
                }
            }
            fold(measure, output, last);
        }
        warehouse.run("create table differing_row as select coalesce(e.metric, f.metric) as metric,"
                + " coalesce(e.size, f.size) as size, coalesce(e.start, f.start) as start,"
                + " coalesce(e.dims, f.dims) as dims, coalesce(e.finish, f.finish) as finish, e.value as value,"
                + " e.finish as expected_finish, f.value as found, f.finish as found_finish, revision, updated, corrected"
                + " from expected e full join found f"
                + " on e.metric = f.metric and e.size = f.size and e.start = f.start and e.dims = f.dims"
                + " where e.value is null or f.value is null or e.finish <> f.finish"
                + " or abs(e.value - f.value) > 1e-12 * abs(e.value)");
        Map<Integer, Long> expected = counts("expected");
        Map<Integer, Long> found = counts("found");
        Map<Integer, Long> differing = counts("differing_row");
        for (int i = 0; i < answer.outputs().size(); i++) {
            findings.compared(new Comparison(
                    "metric " + answer.outputs().get(i),
                    expected.getOrDefault(i, 0L),
                    found.getOrDefault(i, 0L),
                    differing.getOrDefault(i, 0L)));
        }
        warehouse.each(
                "select metric, size, start, finish, d.text, value, expected_finish, found, found_finish, revision,"
                        + " updated, corrected, dims from differing_row join dims d on d.id = dims"
                        + " order by start, finish, metric, d.text limit " + findings.room(),
                row -> metric(row, answer));
    }

    private Map<Integer, Long> counts(String table) throws SQLException {
        Map<Integer, Long> counts = new HashMap<>();
        warehouse.each(
                "select metric, count(*) from " + table + " group by 1",
                row -> counts.put(row.getInt(1), row.getLong(2)));
        return counts;
    }

    private void metric(ResultSet row, Answer answer) throws SQLException {
        String metric = answer.outputs().get(row.getInt(1));
        Measure measure = measures.stream()
                .filter(each -> Answer.outputs(each).contains(metric))
                .findFirst()
                .orElseThrow();
        boolean isExpected = row.getObject(6) != null;
        boolean isFound = row.getObject(8) != null;
        Map<String, String> details = new LinkedHashMap<>();
        if (isFound) {
            details.put("revision", row.getString(10));
            details.put("updated_at", Findings.time(row.getLong(11)));
            if (row.getLong(12) > 0) {
                details.put("corrected_at", Findings.time(row.getLong(12)));
            }
        }
        if (isExpected && isFound && row.getLong(7) != row.getLong(9)) {
            details.put("expected window_end", Findings.time(row.getLong(7)));
            details.put("found window_end", Findings.time(row.getLong(9)));
        }
        String dims = measure.aggregate() == Aggregate.NEW_PROFILES
                        || !measure.variants().isEmpty()
                ? ""
                : " and h.dims = " + row.getInt(13);
        List<RawPlace> places = measure.aggregate() == Aggregate.NEW_PROFILES
                ? findings.places("r.millis >= " + row.getLong(3) + " and r.millis < " + row.getLong(4)
                        + " and r.leaf in (select id from seen where seen.millis = r.millis)")
                : findings.places("r.no in (select h.no from " + measure.hits() + " h where h.millis >= "
                        + row.getLong(3) + " and h.millis < " + row.getLong(4) + dims + ")");
        findings.differs(new Difference(
                "metric " + metric,
                Findings.key(
                        "window_size",
                        answer.sizes().get(row.getInt(2)),
                        "window_start",
                        Findings.time(row.getLong(3)),
                        "dimensions",
                        row.getString(5)),
                isExpected ? number(row.getDouble(6)) : null,
                isFound ? number(row.getDouble(8)) : null,
                details,
                places));
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    /**
     * Where a dimension has more values than it may, those that came last are under {@code (other)}, and cold storage does
     * not know which did: sums over all values are compared there, and what is no sum is left out.
     */
    private void fold(Measure measure, int output, int last) throws SQLException {
        List<String> own = measure.definition().dimensions().stream()
                .map(DimensionDefinition::name)
                .filter(name -> !name.equals(DimensionDefinition.LIFECYCLE))
                .toList();
        int most = measure.definition().maxValues();
        if (own.isEmpty()) {
            return;
        }
        List<String> over = new ArrayList<>();
        List<String> isOther = new ArrayList<>();
        for (String name : own) {
            isOther.add("json_extract_string(d.text, '$.\"" + name + "\"') = '(other)'");
            over.add(
                    "count(distinct coalesce('=' || json_extract_string(d.text, '$.\"" + name + "\"'), '')) > " + most);
        }
        if (own.size() > 1) {
            over.add("count(*) > 10 * " + most);
        }
        warehouse.run("create or replace table folded as select size, start, false as lower from expected join dims d"
                + " on d.id = dims join (select size, start from expected where metric = " + output
                + " group by all having count(*) > " + most + ") crowded using (size, start) where metric = " + output
                + " group by all having " + String.join(" or ", over));
        warehouse.run("insert into folded select distinct size, start, true from found join dims d on d.id = dims"
                + " anti join folded using (size, start) where metric = " + output
                + " and (" + String.join(" or ", isOther) + ")");
        long windows = warehouse.count("folded");
        if (windows == 0) {
            return;
        }
        String of = " where metric between " + output + " and " + last
                + " and (size, start) in (select (size, start) from" + " folded)";
        boolean sums = measure.aggregate() == Aggregate.COUNT || measure.aggregate() == Aggregate.SUM;
        if (sums) {
            // One row stands for all: that of the least number.
            warehouse.run("create or replace table whole as select metric, size, start, min(finish) as finish,"
                    + " sum(value) as value from expected" + of + " group by all");
            warehouse.run("create or replace table found_whole as select metric, size, start, min(finish) as finish,"
                    + " sum(value) as value, max(revision) as revision, max(updated) as updated,"
                    + " max(corrected) as corrected from found" + of + " group by all");
        }
        warehouse.run("create or replace table stand_in as select min(id) as id from dims where id in"
                + " (select dims from expected" + of + " union select dims from found" + of + ")");
        warehouse.run("delete from expected" + of);
        warehouse.run("delete from found" + of);
        if (sums) {
            warehouse.run("insert into expected select metric, size, start, finish, id, value from whole, stand_in");
            warehouse.run(
                    "insert into found select metric, size, start, finish, id, value, revision, updated, corrected"
                            + " from found_whole, stand_in");
        }
        long lower = warehouse.number("select count(*) from folded where lower");
        String how = sums ? "their sums are compared there" : "those are not compared";
        if (windows > lower) {
            findings.note("metric " + measure.definition().name() + " has more than " + most + " values in "
                    + number(windows - lower) + ": " + how);
        }
        if (lower > 0) {
            findings.trust("metric " + measure.definition().name() + " has values under (other) in " + number(lower)
                    + " where there are no more than " + most + ", which is right if max_values was raised since: "
                    + how);
        }
    }

    private static String number(long windows) {
        return windows + (windows == 1 ? " window" : " windows");
    }
}
