package dev.millrace.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.core.catalogue.MetricDefinition;
import dev.millrace.core.oracle.MetricsOracle;
import dev.millrace.core.oracle.OracleEvent;
import dev.millrace.core.oracle.RandomCatalogue;
import dev.millrace.core.oracle.RandomShop;
import dev.millrace.core.oracle.Row;
import dev.millrace.core.oracle.SessionOracleRow;
import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.verify.ColdFiles.Record;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random histories and catalogues: the answer is the one that another from-scratch implementation gives. */
class AnswerOracleTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void theAnswerIsTheOraclesAnswer(long seed) throws Exception {
        Random random = new Random(seed);
        Map<String, String> people = new HashMap<>();
        RandomShop.LEAVES.forEach(leaf -> people.put(leaf, leaf(random)));
        // Who leads a profile belongs to it.
        people.values().stream().distinct().toList().forEach(leader -> people.put(leader, leader));
        List<OracleEvent> events = RandomShop.events(random, 150, people::get);
        ArrayNode metrics = RandomCatalogue.metrics(random, 10);
        ObjectNode sessions = RandomCatalogue.sessions(random);
        ObjectNode measure =
                JSON.createObjectNode().put("default_metrics", false).put("hot_horizon", "60d");
        measure.set("metrics", metrics);
        measure.set("sessions", sessions);
        List<Record> records = new ArrayList<>();
        for (OracleEvent event : events) {
            records.add(new Record(0, records.size(), event.arrivedMillis(), event.event()));
        }
        Path root = directory.resolve("cold");
        ColdFiles.write(root, records);
        MillraceConfig config = Configurations.of(directory, root, measure, "jdbc:postgresql:none");

        try (Warehouse warehouse = Warehouse.open(directory, 200L << 20)) {
            EventReading reading = new EventReading(config.requireIdentity());
            List<Measure> measures = new ArrayList<>();
            for (MetricDefinition definition : config.measure().definitions()) {
                measures.add(new Measure(
                        measures.size(), definition, config.measure().zone(), reading));
            }
            SessionMeasure sessionRows = new SessionMeasure(config.measure().sessions(), reading);
            Dimensions dimensions = new Dimensions(warehouse);
            Recording recording = new Recording(
                    warehouse,
                    reading,
                    config.requireIdentity().types(),
                    3_600_000,
                    measures,
                    sessionRows,
                    null,
                    dimensions,
                    line -> {});
            recording.record(new ColdStorage(config.requireMirror().root()));
            Answer answer = new Answer(warehouse, recording, measures, dimensions, 0);
            new Copies(warehouse, config.stitch(), new Findings(warehouse, VerifyOptions.of(config, directory))).drop();
            answer.people(16);
            attribute(warehouse, people);
            // Whom aliases name besides is nobody to the oracle.
            warehouse.run("delete from person where leader < 1000");
            answer.metrics();
            new Sessions(warehouse).of(sessionRows);

            assertThat(differing(
                            rows(warehouse, answer),
                            MetricsOracle.rows(events, metrics, config.measure().zone())))
                    .as("rows that differ, seed %d", seed)
                    .isEmpty();
            assertThat(sessions(warehouse))
                    .as("sessions, seed %d", seed)
                    .containsExactlyInAnyOrderElementsOf(MetricsOracle.sessions(events, sessions));
        }
    }

    private static String leaf(Random random) {
        return RandomShop.LEAVES.get(random.nextInt(RandomShop.LEAVES.size()));
    }

    /** Whose the events are is up to the oracle here. */
    private static void attribute(Warehouse warehouse, Map<String, String> people) throws SQLException {
        for (Map.Entry<String, String> each : people.entrySet()) {
            // One that had no event may lead: any number will do.
            int leader = 1000 + RandomShop.LEAVES.indexOf(each.getValue());
            warehouse.run("update person set leader = " + leader + " where id = (select id from name where name = '"
                    + each.getKey() + "')");
            warehouse.run("delete from leader_profile where leader = " + leader);
            warehouse.run("insert into leader_profile values (" + leader + ", '" + each.getValue() + "')");
        }
    }

    /** What differs; sums are rounded once they are beyond 2^53 millionths. */
    private static List<String> differing(Map<Row, Double> rows, Map<Row, Double> expected) {
        Set<Row> keys = new HashSet<>(rows.keySet());
        keys.addAll(expected.keySet());
        return keys.stream()
                .filter(key -> Math.abs(rows.getOrDefault(key, 0.0) - expected.getOrDefault(key, 0.0))
                        > 1e-12 * Math.abs(expected.getOrDefault(key, 0.0)))
                .map(key -> key + " is " + rows.get(key) + ", not " + expected.get(key))
                .sorted()
                .toList();
    }

    private static Map<Row, Double> rows(Warehouse warehouse, Answer answer) throws SQLException {
        Map<Row, Double> rows = new HashMap<>();
        warehouse.each(
                "select metric, size, start, finish, text, value from expected join dims on id = dims",
                row -> rows.put(
                        Row.of(
                                answer.outputs().get(row.getInt(1)),
                                answer.sizes().get(row.getInt(2)),
                                row.getLong(3),
                                row.getLong(4),
                                row.getString(5)),
                        row.getDouble(6)));
        return rows;
    }

    private static List<SessionOracleRow> sessions(Warehouse warehouse) throws SQLException {
        List<SessionOracleRow> rows = new ArrayList<>();
        warehouse.each(
                "select profile, start, finish, d.text, e.text, l.text, events, orders, micros from session_hits_runs"
                        + " join leader_profile using (leader) join dims d on d.id = dims"
                        + " left join dims e on e.id = entry_dims left join dims l on l.id = exit_dims",
                row -> rows.add(new SessionOracleRow(
                        row.getString(1),
                        row.getLong(2),
                        row.getLong(3),
                        Json.tree(row.getString(4)).get("source").textValue(),
                        Json.tree(row.getString(4)).get("campaign").textValue(),
                        page(row.getString(5)),
                        page(row.getString(6)),
                        row.getLong(7),
                        row.getLong(8),
                        row.getLong(9))));
        return rows;
    }

    private static String page(String dimensions) {
        return dimensions == null ? null : Json.tree(dimensions).get("page").textValue();
    }
}
