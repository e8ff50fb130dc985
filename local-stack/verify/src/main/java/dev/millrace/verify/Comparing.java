package dev.millrace.verify;

import dev.millrace.core.catalogue.Aggregate;
import dev.millrace.core.catalogue.DimensionDefinition;
import dev.millrace.core.catalogue.MetricDefinition;
import dev.millrace.core.catalogue.Signal;
import dev.millrace.verify.Difference.RawPlace;
import dev.millrace.verify.VerifyOptions.RawRange;
import dev.millrace.verify.VerifyReport.Comparison;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Compares what must be there with what is, table by table, and tells the first differences. */
final class Comparing {
    private static final String COLD_STORAGE = "cold storage";
    /** Raw records that are told of one difference. */
    private static final int PLACES = 5;
    /** Bytes of a key that the store can hold. */
    private static final int MAX_KEY_BYTES = 2500;

    private final Warehouse warehouse;
    private final VerifyOptions options;
    private final Recording recording;
    private final List<Measure> measures;
    private final List<Comparison> compared = new ArrayList<>();
    private final List<Difference> differences = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    Comparing(Warehouse warehouse, VerifyOptions options, Recording recording, List<Measure> measures) {
        this.warehouse = warehouse;
        this.options = options;
        this.recording = recording;
        this.measures = measures;
    }

    /** How many differences of one kind are looked into; the report takes the first of all kinds. */
    private int room() {
        return Math.max(0, options.differences());
    }

    private void each(String query, Warehouse.Each each) throws SQLException {
        warehouse.each(query, each);
    }

    // Cold storage itself

    /** Each record once, and none missing. */
    void records() throws SQLException {
        warehouse.run(
                "create table partition as select topic, part, min(off) as first, max(off) as last, count(*) as rows,"
                        + " count(distinct off) as offsets from raw group by all");
        warehouse.run("create table gap (topic varchar, part integer, first bigint, last bigint)");
        warehouse.run("insert into gap select t.name, part, before + 1, off - 1 from (select topic, part, off,"
                + " lag(off) over (partition by topic, part order by off) as before from raw semi join"
                + " (select topic, part from partition where offsets < last - first + 1) using (topic, part)) g"
                + " join topic t on t.id = g.topic where off > before + 1");
        for (RawRange range : options.required()) {
            String partition = " from partition p join topic t on t.id = p.topic where t.name = '"
                    + Warehouse.quoted(range.topic()) + "' and part = " + range.partition();
            String begins = "'" + Warehouse.quoted(range.topic()) + "', " + range.partition() + ", ";
            if (range.from() >= range.to()) {
                continue;
            }
            if (warehouse.number("select count(*)" + partition) == 0) {
                warehouse.run("insert into gap values (" + begins + range.from() + ", " + (range.to() - 1) + ")");
                continue;
            }
            warehouse.run("insert into gap select " + begins + range.from() + ", first - 1" + partition
                    + " and first > " + range.from());
            warehouse.run("insert into gap select " + begins + "last + 1, " + (range.to() - 1) + partition
                    + " and last < " + (range.to() - 1));
        }
        long missing = warehouse.number("select coalesce(sum(last - first + 1), 0)::bigint from gap");
        long twice = warehouse.number("select coalesce(sum(rows - offsets), 0)::bigint from partition");
        long offsets = warehouse.number("select coalesce(sum(offsets), 0)::bigint from partition");
        compared.add(new Comparison(COLD_STORAGE, offsets + missing, recording.count(), missing + twice));
        each("select * from gap order by 1, 2, 3 limit " + room(), row -> {
            long records = row.getLong(4) - row.getLong(3) + 1;
            differences.add(new Difference(
                    COLD_STORAGE,
                    key("topic", row.getString(1), "partition", row.getString(2), "offset", row.getString(3)),
                    records == 1 ? "a record" : records + " records, up to offset " + row.getLong(4),
                    null,
                    Map.of(),
                    List.of()));
        });
        each(
                "select t.name, part, off, count(*) from raw join topic t on t.id = topic where (topic, part) in (select"
                        + " (topic, part) from partition where rows > offsets) group by all having count(*) > 1"
                        + " order by 1, 2, 3 limit " + room(),
                row -> differences.add(new Difference(
                        COLD_STORAGE,
                        key("topic", row.getString(1), "partition", row.getString(2), "offset", row.getString(3)),
                        "a record",
                        row.getLong(4) + " times the record",
                        Map.of(),
                        places("r.part = " + row.getInt(2) + " and r.off = " + row.getLong(3)))));
    }

    // People

    /** Identifiers, profiles, links. */
    void people(Answer answer) throws SQLException {
        // What PostgreSQL has no room for is not there, by contract.
        String storable = "instr(%s.name, chr(0)) = 0";
        warehouse.run(
                "create table expected_identifier as select p.id, lp.profile, s.millis as first_seen from person p"
                        + " join seen s using (id) join leader_profile lp using (leader) join name n on n.id = p.id where "
                        + storable.formatted("n") + " and strlen(n.name) <= " + MAX_KEY_BYTES);
        warehouse.run("create table differing as select coalesce(e.id, f.id) as id, e.profile as profile,"
                + " e.first_seen as seen, f.profile as found_profile, f.first_seen as found_seen"
                + " from expected_identifier e full join found_identifier f on e.id = f.id"
                + " where e.profile is distinct from f.profile or e.first_seen is distinct from f.first_seen");
        long differing = warehouse.number("select count(*) from differing");
        compared.add(new Comparison("identifiers", count("expected_identifier"), count("found_identifier"), differing));
        each(
                "select id, name, profile, seen, found_profile, found_seen from differing join name using (id)"
                        + " order by name limit " + room(),
                this::identifier);
        profiles();
        links(storable);
        if (!answer.doubtful().isEmpty()) {
            notes.add(
                    answer.doubtful().cardinality() + " identifiers are near a bound of identity (max_links, max_path,"
                            + " aliases), where the order of arrival decides: their profiles are taken from the store");
        }
    }

    private void identifier(ResultSet row) throws SQLException {
        int id = row.getInt(1);
        Map<String, String> details = new LinkedHashMap<>();
        String profile = row.getString(3);
        String foundProfile = row.getString(5);
        if (profile != null) {
            details.put("expected together with", others("expected_identifier", profile, id));
        }
        if (foundProfile != null) {
            details.put("found together with", others("found_identifier", foundProfile, id));
        }
        details.put("linked with", linked(id));
        differences.add(new Difference(
                "identifiers",
                key("identifier", row.getString(2)),
                profile == null ? null : "profile " + profile + ", first seen " + time(row.getLong(4)),
                foundProfile == null ? null : "profile " + foundProfile + ", first seen " + time(row.getLong(6)),
                details,
                places("r.leaf = " + id)));
    }

    private String others(String table, String profile, int id) throws SQLException {
        List<String> names = new ArrayList<>();
        each(
                "select name from " + table + " join name using (id) where profile = '" + Warehouse.quoted(profile)
                        + "' and id <> " + id + " order by name limit " + (PLACES + 1),
                row -> names.add(row.getString(1)));
        return listed(names);
    }

    private String linked(int id) throws SQLException {
        List<String> links = new ArrayList<>();
        each(
                "select name, millis from (select b as id, millis from links where a = " + id
                        + " union all select a, millis from links where b = " + id
                        + ") join name using (id) order by millis, name limit " + (PLACES + 1),
                row -> links.add(row.getString(1) + " since " + time(row.getLong(2))));
        return listed(links);
    }

    private static String listed(List<String> some) {
        if (some.isEmpty()) {
            return "none";
        }
        return some.size() <= PLACES ? String.join(", ", some) : String.join(", ", some.subList(0, PLACES)) + ", …";
    }

    private void profiles() throws SQLException {
        long expected = warehouse.number("select count(distinct profile) from expected_identifier");
        long found = warehouse.number("select count(distinct profile) from found_identifier");
        long missing = warehouse.number("select count(*) from ((select profile from expected_identifier) except"
                + " (select profile from found_identifier))");
        long unexpected = warehouse.number("select count(*) from ((select profile from found_identifier) except"
                + " (select profile from expected_identifier))");
        compared.add(new Comparison("profiles", expected, found, missing + unexpected));
        String query = "select profile, min(name) from ((select profile from %s) except (select profile from %s))"
                + " join %s using (profile) join name using (id) group by profile order by profile limit " + room();
        each(
                query.formatted("expected_identifier", "found_identifier", "expected_identifier"),
                row -> differences.add(profile(row, "a profile", null)));
        each(
                query.formatted("found_identifier", "expected_identifier", "found_identifier"),
                row -> differences.add(profile(row, null, "a profile")));
    }

    private static Difference profile(ResultSet row, String expected, String found) throws SQLException {
        return new Difference(
                "profiles",
                key("profile_id", row.getString(1)),
                expected,
                found,
                Map.of("identifier", row.getString(2)),
                List.of());
    }

    private void links(String storable) throws SQLException {
        warehouse.run("create table expected_link as select a, b, millis, x.leader = y.leader as accepted from links"
                + " join person x on x.id = a join person y on y.id = b join name n on n.id = a join name m on m.id = b"
                + " where " + storable.formatted("n") + " and " + storable.formatted("m")
                + " and strlen(n.name) + strlen(m.name) <= " + MAX_KEY_BYTES
                + " and a not in (from doubtful) and b not in (from doubtful)");
        warehouse.run("delete from found_link where a in (from doubtful) or b in (from doubtful)");
        warehouse.run("create table differing_link as select coalesce(e.a, f.a) as a, coalesce(e.b, f.b) as b,"
                + " e.millis as millis, e.accepted as accepted, f.millis as found_millis, f.accepted as found_accepted"
                + " from expected_link e full join found_link f on e.a = f.a and e.b = f.b"
                + " where e.millis is distinct from f.millis or e.accepted is distinct from f.accepted");
        compared.add(new Comparison(
                "identity_links",
                count("expected_link"),
                count("found_link"),
                warehouse.number("select count(*) from differing_link")));
        // What differs here differs above.
        compared.add(new Comparison(
                "refused_links",
                warehouse.number("select count(*) from expected_link where not accepted"),
                warehouse.number("select count(*) from found_link where not accepted"),
                0));
        each(
                "select x.name, y.name, millis, accepted, found_millis, found_accepted, a, b from differing_link"
                        + " join name x on x.id = a join name y on y.id = b order by 1, 2 limit " + room(),
                row -> {
                    String expected = row.getObject(3) == null ? null : link(row.getLong(3), row.getBoolean(4));
                    String found = row.getObject(5) == null ? null : link(row.getLong(5), row.getBoolean(6));
                    differences.add(new Difference(
                            "identity_links",
                            key("a", row.getString(1), "b", row.getString(2)),
                            expected,
                            found,
                            Map.of(),
                            places("r.leaf in (" + row.getInt(7) + ", " + row.getInt(8) + ") and r.millis = "
                                    + (expected == null ? row.getLong(5) : row.getLong(3)))));
                });
    }

    private static String link(long millis, boolean accepted) {
        return (accepted ? "accepted" : "refused") + ", first seen " + time(millis);
    }

    // Metrics

    /** Every row of windows that begin at the bound or later. */
    void metrics(Answer answer, long boundMillis) throws SQLException {
        for (Measure measure : measures) {
            int output = answer.outputs().indexOf(Answer.outputs(measure).get(0));
            if (measure.aggregate() == Aggregate.SESSIONS) {
                // Whether a run of events began there is known once a gap has passed.
                long gap = measure.definition().gap().toMillis();
                for (String table : List.of("expected", "found")) {
                    warehouse.run("delete from " + table + " where metric between " + output + " and " + (output + 2)
                            + " and start < " + (boundMillis + gap));
                }
            }
            fold(measure, output);
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
            compared.add(new Comparison(
                    "metric " + answer.outputs().get(i),
                    expected.getOrDefault(i, 0L),
                    found.getOrDefault(i, 0L),
                    differing.getOrDefault(i, 0L)));
        }
        each(
                "select metric, size, start, finish, d.text, value, expected_finish, found, found_finish, revision,"
                        + " updated, corrected, dims from differing_row join dims d on d.id = dims"
                        + " order by start, finish, metric, d.text limit " + room(),
                row -> metric(row, answer));
        long strangers = warehouse.number("select count(*) from found where metric < 0");
        if (strangers > 0) {
            notes.add(strangers + " rows are of metrics that the configuration does not have");
        }
    }

    private Map<Integer, Long> counts(String table) throws SQLException {
        Map<Integer, Long> counts = new HashMap<>();
        each("select metric, count(*) from " + table + " group by 1", row -> counts.put(row.getInt(1), row.getLong(2)));
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
            details.put("updated_at", time(row.getLong(11)));
            if (row.getLong(12) > 0) {
                details.put("corrected_at", time(row.getLong(12)));
            }
        }
        if (isExpected && isFound && row.getLong(7) != row.getLong(9)) {
            details.put("expected window_end", time(row.getLong(7)));
            details.put("found window_end", time(row.getLong(9)));
        }
        String dims = measure.aggregate() == Aggregate.NEW_PROFILES
                        || !measure.variants().isEmpty()
                ? ""
                : " and h.dims = " + row.getInt(13);
        List<RawPlace> places = measure.aggregate() == Aggregate.NEW_PROFILES
                ? places("r.millis >= " + row.getLong(3) + " and r.millis < " + row.getLong(4)
                        + " and r.leaf in (select id from seen where seen.millis = r.millis)")
                : places("r.no in (select h.no from " + measure.hits() + " h where h.millis >= " + row.getLong(3)
                        + " and h.millis < " + row.getLong(4) + dims + ")");
        differences.add(new Difference(
                "metric " + metric,
                key(
                        "window_size",
                        answer.sizes().get(row.getInt(2)),
                        "window_start",
                        time(row.getLong(3)),
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
    private void fold(Measure measure, int output) throws SQLException {
        List<String> own = measure.definition().dimensions().stream()
                .map(DimensionDefinition::name)
                .filter(name -> !name.equals(DimensionDefinition.LIFECYCLE))
                .toList();
        int most = measure.definition().maxValues();
        if (own.isEmpty()) {
            return;
        }
        List<String> over = new ArrayList<>();
        for (String name : own) {
            over.add(
                    "count(distinct coalesce('=' || json_extract_string(d.text, '$.\"" + name + "\"'), '')) > " + most);
        }
        if (own.size() > 1) {
            over.add("count(*) > 10 * " + most);
        }
        int last = output + Answer.outputs(measure).size() - 1;
        warehouse.run("create or replace table folded as select size, start from expected join dims d on d.id = dims"
                + " join (select size, start from expected where metric = " + output
                + " group by all having count(*) > " + most + ") crowded using (size, start) where metric = " + output
                + " group by all having " + String.join(" or ", over));
        long windows = count("folded");
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
                + " (select dims from expected" + of + ")");
        warehouse.run("delete from expected" + of);
        warehouse.run("delete from found" + of);
        if (sums) {
            warehouse.run("insert into expected select metric, size, start, finish, id, value from whole, stand_in");
            warehouse.run(
                    "insert into found select metric, size, start, finish, id, value, revision, updated, corrected"
                            + " from found_whole, stand_in");
        }
        notes.add("metric " + measure.definition().name() + " has more than " + most + " values in " + windows
                + " windows: " + (sums ? "their sums are compared there" : "those are not compared"));
    }

    // Sessions and recent events

    /** Sessions that began at the bound or later. */
    void sessions(long boundMillis) throws SQLException {
        String run = SessionMeasure.HITS + "_runs";
        warehouse.run("create table expected_session as select profile, start, finish,"
                + " json_extract_string(d.text, '$.source') as source,"
                + " json_extract_string(d.text, '$.campaign') as campaign,"
                + " json_extract_string(d.text, '$.page') as landing,"
                + " json_extract_string(l.text, '$.page') as exit, events, orders, micros from " + run
                + " join leader_profile using (leader) join dims d on d.id = dims join dims l on l.id = last_dims"
                + " where start >= " + boundMillis);
        String columns = "%1$s.finish, %1$s.source, %1$s.campaign, %1$s.landing, %1$s.exit, %1$s.events, %1$s.orders,"
                + " %1$s.micros";
        String text = "case when %1$s.profile is not null then concat_ws(', ', %1$s.events || ' events', %1$s.orders ||"
                + " ' orders', %1$s.micros / 1e6 || ' revenue', 'source ' || %1$s.source, 'campaign ' || %1$s.campaign,"
                + " 'landing ' || %1$s.landing, 'exit ' || %1$s.exit) end";
        warehouse.run("create table differing_session as select coalesce(e.profile, f.profile) as profile,"
                + " coalesce(e.start, f.start) as start, " + text.formatted("e") + " as expected, e.finish as finish, "
                + text.formatted("f") + " as found, f.finish as found_finish, f.updated as updated"
                + " from expected_session e full join found_session f on e.profile = f.profile and e.start = f.start"
                + " where (" + columns.formatted("e") + ") is distinct from (" + columns.formatted("f")
                + ") or e.profile is null or f.profile is null");
        compared.add(new Comparison(
                "sessions",
                count("expected_session"),
                count("found_session"),
                warehouse.number("select count(*) from differing_session")));
        each("select * from differing_session order by start, profile limit " + room(), row -> {
            long finish = row.getObject(4) != null ? row.getLong(4) : row.getLong(6);
            differences.add(new Difference(
                    "sessions",
                    key("profile_id", row.getString(1), "started_at", time(row.getLong(2))),
                    row.getString(3) == null ? null : row.getString(3) + ", until " + time(row.getLong(4)),
                    row.getString(5) == null ? null : row.getString(5) + ", until " + time(row.getLong(6)),
                    row.getString(5) == null ? Map.of() : Map.of("updated_at", time(row.getLong(7))),
                    places("r.millis between " + row.getLong(2) + " and " + finish
                            + " and r.leaf in (select id from person join leader_profile using (leader)"
                            + " where profile = '" + Warehouse.quoted(row.getString(1)) + "')")));
        });
    }

    /**
     * Events that happened at the bound or later, each of which is there unless its identifier has as many later ones.
     *
     * @param kept events that are kept of each identifier
     */
    void recentEvents(long boundMillis, int kept) throws SQLException {
        warehouse.run("create table expected_recent as select leaf, millis, topic, part, off from raw"
                + " where leaf >= 0 and millis >= " + boundMillis + " and no not in (select no from dup)");
        warehouse.run("create table unexpected_recent as select * from found_recent f where not exists (select 1 from"
                + " expected_recent e where e.topic = f.topic and e.part = f.part and e.off = f.off"
                + " and e.leaf = f.leaf and e.millis = f.millis)");
        warehouse.run("create table missing_recent as select * from expected_recent e where not exists (select 1 from"
                + " found_recent f where e.topic = f.topic and e.part = f.part and e.off = f.off)");
        // Of those who miss some: only what is among their latest is missed.
        warehouse.run("create table missed_recent as select m.* from missing_recent m join (select topic, part, off,"
                + " row_number() over (partition by leaf order by millis desc, t.name desc, part desc, off desc) as number"
                + " from expected_recent join topic t on t.id = topic where leaf in (select leaf from missing_recent)) n"
                + " on m.topic = n.topic and m.part = n.part and m.off = n.off where number <= " + kept);
        long missed = count("missed_recent");
        compared.add(new Comparison(
                "recent_events",
                count("expected_recent") - count("missing_recent") + missed,
                count("found_recent"),
                missed + count("unexpected_recent")));
        recent("missed_recent", "an event", null);
        recent("unexpected_recent", null, "an event");
    }

    private void recent(String table, String expected, String found) throws SQLException {
        each(
                "select name.name, millis, part, off from " + table + " join name on name.id = leaf"
                        + " order by millis, part, off limit " + room(),
                row -> differences.add(new Difference(
                        "recent_events",
                        key("identifier", row.getString(1), "event_time", time(row.getLong(2))),
                        expected,
                        found,
                        Map.of("raw", row.getInt(3) + "/" + row.getLong(4)),
                        places("r.part = " + row.getInt(3) + " and r.off = " + row.getLong(4)))));
    }

    /**
     * Each record came to one thing: was counted, a copy, rejected or too old. By when they arrived at MeasureJob, which
     * cold storage does not know, so that only sums are compared.
     */
    void health(StoreReading store) throws SQLException {
        List<Signal> all = List.of(Signal.ACCEPTED, Signal.BEYOND_HORIZON, Signal.DUPLICATE, Signal.REJECTED);
        for (MetricDefinition metric : options.config().measure().definitions()) {
            boolean tells = Measure.isOfSignals(metric)
                    && metric.match().signals().containsAll(all)
                    && metric.dimensions().stream().anyMatch(each -> each.name().equals(DimensionDefinition.SIGNAL));
            if (!tells) {
                continue;
            }
            long rejected = warehouse.number("select count(*) from raw where leaf = " + Recording.REJECTED);
            String size = metric.windows().get(metric.windows().size() - 1);
            long[] found = store.signals(metric.name(), size);
            health(metric.name() + " of all records", recording.count(), found[0], "");
            health(metric.name() + " of rejected records", rejected, found[1], " and r.leaf = " + Recording.REJECTED);
        }
    }

    private void health(String what, long expected, long found, String which) throws SQLException {
        long differing = Math.abs(expected - found);
        compared.add(new Comparison(what, expected, found, differing));
        if (differing > 0) {
            differences.add(new Difference(
                    what,
                    Collections.emptyMap(),
                    Long.toString(expected),
                    Long.toString(found),
                    Map.of(),
                    which.isEmpty() ? List.of() : places("true" + which)));
        }
    }

    // What is told

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
                differences.subList(0, Math.min(room(), differences.size())),
                notes,
                0);
    }

    private long count(String table) throws SQLException {
        return warehouse.number("select count(*) from " + table);
    }

    /** Some of the raw records that a condition holds for. */
    private List<RawPlace> places(String condition) throws SQLException {
        List<RawPlace> places = new ArrayList<>();
        each(
                "select t.name, r.part, r.off, f.name from raw r join topic t on t.id = r.topic join file f on f.id ="
                        + " r.file where " + condition + " order by r.arrived, r.part, r.off limit " + PLACES,
                row -> places.add(new RawPlace(row.getString(1), row.getInt(2), row.getLong(3), row.getString(4))));
        return places;
    }

    private static Map<String, String> key(String... namesAndValues) {
        Map<String, String> key = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            key.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return key;
    }

    private static String time(long millis) {
        return Instant.ofEpochMilli(millis).toString();
    }
}
