package dev.millrace.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.runtime.postgres.PostgresServer;
import dev.millrace.verify.ColdFiles.Record;
import dev.millrace.verify.VerifyOptions.RawRange;
import dev.millrace.verify.VerifyReport.Comparison;
import java.io.InputStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Errors are planted into a store that is right: each is found, and named, and nothing else is. */
class MutationITCase {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path directory;

    private static PostgresServer postgres;
    private static ArrayNode catalogue;
    private static List<Record> records;
    private static Path root;
    /** Of the store, what each error is planted into. */
    private static final List<String> TABLES =
            List.of("metric_values", "sessions", "recent_events", "identifiers", "identity_links");

    @BeforeAll
    static void start() throws Exception {
        postgres = PostgresServer.start(directory.resolve("postgres"));
        try (InputStream in = MillraceConfig.class.getResourceAsStream("default-catalogue.yaml")) {
            catalogue = (ArrayNode) new YAMLMapper().readTree(in);
        }
        records = Shop.records(7);
        root = directory.resolve("cold");
        ColdFiles.write(root, records);
        fill(records);
        postgres.execute("create schema kept");
        for (String table : TABLES) {
            postgres.execute("create table kept." + table + " as table " + table);
        }
    }

    @AfterAll
    static void stop() throws Exception {
        postgres.close();
    }

    @BeforeEach
    void fillTheStore() throws Exception {
        postgres.execute("truncate counted_since, " + String.join(", ", TABLES));
        for (String table : TABLES) {
            postgres.execute("insert into " + table + " select * from kept." + table);
        }
    }

    private static void fill(List<Record> ofThese) throws Exception {
        try (Connection store = postgres.connect()) {
            store.setAutoCommit(false);
            Shop.fill(store, ofThese, catalogue);
            store.commit();
        }
    }

    private VerifyReport verify(RawRange... required) {
        return verify(JSON.createObjectNode(), required);
    }

    private VerifyReport verify(ObjectNode measure, RawRange... required) {
        MillraceConfig config =
                Configurations.of(directory, root, measure, postgres.store().url());
        VerifyOptions options = new VerifyOptions(
                config, config.requireMirror().root(), List.of(required), 10_000, 200L << 20, directory);
        VerifyReport report = Verification.run(options, line -> {});
        return report;
    }

    private static Set<String> differing(VerifyReport report) {
        return report.compared().stream()
                .filter(each -> each.differences() > 0)
                .map(Comparison::what)
                .collect(Collectors.toSet());
    }

    @Test
    void theRightAnswerAgrees() {
        VerifyReport report = verify();

        assertThat(report.differences()).isEmpty();
        assertThat(report.agrees()).isTrue();
        assertThat(report.events()).isEqualTo(records.size());
        assertThat(report.people()).isGreaterThan(10);
        assertThat(report.compared()).as("there is something to compare").allSatisfy(each -> assertThat(each.expected())
                .as(each.what())
                .isGreaterThan(each.what().equals("refused_links") ? -1 : 0));
    }

    @Test
    void aLostEventIsFound() throws Exception {
        Record lost = track("Order Completed");
        List<Record> others = new ArrayList<>(records);
        others.removeIf(record -> record.event() != null && record.event().equals(lost.event()));
        fill(others);

        VerifyReport report = verify();

        assertThat(differing(report))
                .contains("metric events", "metric orders", "metric revenue", "recent_events", "sessions");
        assertThat(report.differences())
                .filteredOn(difference -> difference.what().equals("recent_events"))
                .singleElement()
                .satisfies(difference -> {
                    assertThat(difference.found()).isNull();
                    assertThat(difference.records()).singleElement().satisfies(place -> {
                        assertThat(place.partition()).isEqualTo(lost.partition());
                        assertThat(place.offset()).isEqualTo(lost.offset());
                        assertThat(place.file()).endsWith("part-" + lost.partition() + ".parquet");
                    });
                });
        assertThat(report.differences())
                .filteredOn(difference -> difference.what().equals("metric orders"))
                .allSatisfy(difference -> assertThat(Double.parseDouble(difference.expected()))
                        .isEqualTo((difference.found() == null ? 0 : Double.parseDouble(difference.found())) + 1))
                .hasSize(2);
    }

    @Test
    void aDoubleCountIsFound() throws Exception {
        postgres.execute("update metric_values set value = value + 1, revision = 4 where metric = 'events'"
                + " and window_size = '1h' and dimensions ->> 'event' = 'Product Viewed'"
                + " and window_start = '2024-05-06T09:00Z'");

        VerifyReport report = verify();

        assertThat(report.differences()).singleElement().satisfies(difference -> {
            assertThat(difference.what()).isEqualTo("metric events");
            assertThat(difference.key())
                    .containsEntry("window_size", "1h")
                    .containsEntry("window_start", "2024-05-06T09:00:00Z");
            assertThat(difference.key().get("dimensions")).contains("Product Viewed");
            assertThat(Integer.parseInt(difference.found())).isEqualTo(1 + Integer.parseInt(difference.expected()));
            assertThat(difference.details()).containsEntry("revision", "4").containsKey("updated_at");
            assertThat(difference.records()).isNotEmpty();
        });
    }

    @Test
    void aWrongMergeIsFound() throws Exception {
        List<String> strangers = Shop.companies(records).stream()
                .map(members -> members.stream().sorted().findFirst().orElseThrow())
                .limit(2)
                .toList();
        postgres.execute("update identifiers set profile_id = (select profile_id from identifiers where identifier = '"
                + strangers.get(0) + "') where identifier = '" + strangers.get(1) + "'");

        VerifyReport report = verify();

        assertThat(report.differences())
                .filteredOn(difference -> difference.what().equals("identifiers"))
                .singleElement()
                .satisfies(difference -> {
                    assertThat(difference.key()).containsEntry("identifier", strangers.get(1));
                    assertThat(difference.details().get("found together with")).contains(strangers.get(0));
                    assertThat(difference.records()).isNotEmpty();
                });
        assertThat(differing(report)).isSubsetOf("identifiers", "identity_links", "profiles");
    }

    @Test
    void aMissedLateEventIsFound() throws Exception {
        Record late = Shop.events(records)
                .filter(record -> record.arrivedMillis() - record.event().timestampMillis() > 3_600_000)
                .filter(record -> record.event().type().equals("page"))
                .findFirst()
                .orElseThrow();
        long hour = late.event().timestampMillis() / 3_600_000 * 3_600_000;
        postgres.execute("update metric_values set value = value - 1 where metric = 'events' and window_size = '1h'"
                + " and dimensions ->> 'type' = 'page' and window_start = to_timestamp(" + hour / 1000 + ")");

        VerifyReport report = verify();

        assertThat(report.differences()).singleElement().satisfies(difference -> {
            assertThat(difference.what()).isEqualTo("metric events");
            assertThat(Integer.parseInt(difference.expected()))
                    .isEqualTo(1 + (difference.found() == null ? 0 : Integer.parseInt(difference.found())));
        });
    }

    @Test
    void aShiftedWindowIsFound() throws Exception {
        postgres.execute("update metric_values set window_start = window_start + interval '1 hour',"
                + " window_end = window_end + interval '1 hour' where metric = 'unique_profiles' and window_size = '1d'"
                + " and window_start = '2024-05-06'");

        VerifyReport report = verify();

        assertThat(report.differences())
                .hasSize(2)
                .allMatch(difference -> difference.what().equals("metric unique_profiles"));
        assertThat(report.differences().get(0).found()).isNull();
        assertThat(report.differences().get(0).key()).containsEntry("window_start", "2024-05-06T00:00:00Z");
        assertThat(report.differences().get(1).expected()).isNull();
        assertThat(report.differences().get(1).key()).containsEntry("window_start", "2024-05-06T01:00:00Z");
    }

    @Test
    void aWindowThatEndsElsewhereIsFound() throws Exception {
        postgres.execute("update metric_values set window_end = window_end + interval '1 minute'"
                + " where metric = 'shop_funnel_reached' and dimensions ->> 'step' = '1 Product Viewed'"
                + " and window_start = '2024-05-06'");

        assertThat(verify().differences()).singleElement().satisfies(difference -> {
            assertThat(difference.what()).isEqualTo("metric shop_funnel_reached");
            assertThat(difference.details()).containsEntry("found window_end", "2024-05-07T00:01:00Z");
        });
    }

    @Test
    void aRowTooMuchIsFound() throws Exception {
        postgres.execute("insert into metric_values values ('orders', '1h', '2024-05-06T10:00Z', '2024-05-06T11:00Z',"
                + " '{\"currency\": \"XXX\"}', 2, 0, now())");
        postgres.execute("insert into metric_values values ('orders', '1h', '2024-05-06T11:00Z', '2024-05-06T12:00Z',"
                + " '{\"currency\": \"XXX\"}', 0, 0, now())");

        assertThat(verify().differences()).singleElement().satisfies(difference -> {
            assertThat(difference.expected()).isNull();
            assertThat(difference.found()).isEqualTo("2");
            assertThat(difference.key().get("dimensions")).contains("XXX");
        });
    }

    @Test
    void rowsOfAMetricThatIsNotConfiguredAreTold() throws Exception {
        postgres.execute("insert into metric_values values"
                + " ('ordes', '1h', '2024-05-06T10:00Z', '2024-05-06T11:00Z', '{}', 2, 0, now()),"
                + " ('ordes', '1h', '2024-05-06T11:00Z', '2024-05-06T12:00Z', '{}', 0, 0, now())");

        VerifyReport report = verify();
        assertThat(report.differences()).isEmpty();
        assertThat(report.notes())
                .anySatisfy(note -> assertThat(note).startsWith("1 rows are of metrics that the configuration"));
    }

    @Test
    void aRowWithOtherDimensionsIsFound() throws Exception {
        postgres.execute("insert into metric_values values ('orders', '1h', '2024-05-06T10:00Z', '2024-05-06T11:00Z',"
                + " '{\"country\": \"AT\"}', 2, 0, now())");

        assertThat(verify().differences()).singleElement().satisfies(difference -> {
            assertThat(difference.expected()).isNull();
            assertThat(difference.key().get("dimensions")).contains("country").contains("AT");
        });
    }

    @Test
    void aRecordThatIsNotInColdStorageIsFound() {
        long end = records.stream()
                .filter(record -> record.partition() == 1)
                .map(Record::offset)
                .max(Comparator.naturalOrder())
                .orElseThrow();

        VerifyReport report =
                verify(new RawRange("millrace.raw", 1, 0, end + 3), new RawRange("millrace.raw", 2, 5, 6));

        assertThat(report.compared()).contains(new Comparison("cold storage", records.size() + 3, records.size(), 3));
        assertThat(report.differences().get(0).key())
                .containsEntry("partition", "1")
                .containsEntry("offset", Long.toString(end + 1));
    }

    @Test
    void aSessionAndARejectedRecordThatAreNotThereAreFound() throws Exception {
        postgres.execute("delete from sessions where started_at = (select min(started_at) from sessions)");
        postgres.execute(
                "delete from metric_values where metric = 'data_health' and dimensions ->> 'signal' = 'rejected'");

        assertThat(differing(verify()))
                .containsExactlyInAnyOrder("sessions", "data_health of all records", "data_health of rejected records");
    }

    @Test
    void whatAnEventOfAJourneySaysIsCompared() throws Exception {
        postgres.execute("update recent_events set page = '/elsewhere' where (raw_partition, raw_offset) in"
                + " (select raw_partition, raw_offset from recent_events order by event_time limit 1)");
        postgres.execute("update recent_events set source = null, campaign = null where (raw_partition, raw_offset) in"
                + " (select raw_partition, raw_offset from recent_events order by event_time desc limit 1)");

        assertThat(verify().differences())
                .hasSize(2)
                .allSatisfy(difference -> {
                    assertThat(difference.what()).isEqualTo("recent_events");
                    assertThat(difference.expected()).contains("\"campaign\":\"spring\"");
                    assertThat(difference.records()).hasSize(1);
                })
                .anySatisfy(difference -> assertThat(difference.found()).contains("\"page\":\"/elsewhere\""))
                .anySatisfy(difference -> assertThat(difference.found()).contains("\"source\":null"));
    }

    @Test
    void whatMeasureJobHasLetGoOfIsNotComparedWhereTheHorizonWasRaised() throws Exception {
        postgres.execute("delete from metric_values where window_start < '2024-05-06T12:00Z'");
        postgres.execute("delete from sessions where started_at < '2024-05-06T12:00Z'");
        postgres.execute("delete from recent_events where event_time < '2024-05-06T12:00Z'");
        assertThat(differing(verify())).contains("metric events", "sessions", "recent_events");

        postgres.execute("insert into event_time_progress values"
                + " ('measure', '2024-05-07T00:00Z', '2024-05-06T12:00Z', now())");
        try {
            VerifyReport report = verify();
            assertThat(differing(report)).isSubsetOf("data_health of all records", "data_health of rejected records");
            assertThat(report.notes())
                    .anySatisfy(note -> assertThat(note).contains("2024-05-06T12:00:00Z", "raised since"));
        } finally {
            postgres.execute("delete from event_time_progress");
        }
    }

    @Test
    void whatRetentionMayHaveDroppedIsNotCompared() throws Exception {
        postgres.execute(
                "delete from metric_values where metric = 'data_health' and dimensions ->> 'signal' = 'rejected'");
        ObjectNode measure = JSON.createObjectNode();
        measure.putObject("retention").put("metrics", "400d");
        assertThat(differing(verify(measure))).isNotEmpty();

        measure.putObject("retention").put("metrics", "23h");
        VerifyReport report = verify(measure);
        assertThat(report.differences()).isEmpty();
        assertThat(report.notes()).anySatisfy(note -> assertThat(note)
                .startsWith("metric data_health is not compared: records have come"));
    }

    @Test
    void whatIsBeyondTheCapOfADimensionIsComparedAsASum() throws Exception {
        ObjectNode paths = JSON.createObjectNode();
        paths.put("name", "paths").put("aggregate", "count").put("max_values", 2);
        paths.putObject("match").putArray("types").add("page");
        paths.putArray("windows").add("1d");
        paths.putArray("dimensions").addObject().put("name", "path").put("from", "context.page.path");
        ObjectNode measure = JSON.createObjectNode();
        measure.putArray("metrics").add(paths);
        try (Connection store = postgres.connect()) {
            Shop.fill(store, records, catalogue.deepCopy().add(paths));
        }
        // As the job would have it that has seen /2 and /0 before the others.
        postgres.execute("with beyond as (delete from metric_values where metric = 'paths'"
                + " and dimensions ->> 'path' in ('/1', '/3') returning *)"
                + " insert into metric_values select metric, window_size, window_start, window_end,"
                + " '{\"path\": \"(other)\"}', sum(value), 0, now() from beyond group by 1, 2, 3, 4");

        VerifyReport right = verify(measure);
        assertThat(right.differences()).isEmpty();
        assertThat(right.notes()).anySatisfy(note -> assertThat(note)
                .contains("metric paths has more than 2 values in 1 window:")
                .contains("their sums are compared there"));
        assertThat(right.compared()).contains(new Comparison("metric paths", 1, 1, 0));
        paths.put("max_values", 30);
        VerifyReport raised = verify(measure);
        assertThat(raised.differences()).as("raised since").isEmpty();
        assertThat(raised.notes()).anySatisfy(note -> assertThat(note).contains("if max_values was raised since"));
        paths.put("max_values", 2);

        postgres.execute("update metric_values set value = value - 1 where metric = 'paths'"
                + " and dimensions ->> 'path' = '(other)'");
        assertThat(verify(measure).differences()).singleElement().satisfies(difference -> {
            assertThat(difference.what()).isEqualTo("metric paths");
            assertThat(Integer.parseInt(difference.found())).isEqualTo(Integer.parseInt(difference.expected()) - 1);
        });
    }

    @Test
    void whatWasBegunLaterThanAnEventArrivedIsComparedFromThereOn() throws Exception {
        postgres.execute(
                "update metric_values set value = value + 1 where metric in ('orders', 'sessions', 'data_health')");
        postgres.execute("update sessions set events = events + 1");
        postgres.execute("update recent_events set page = '/elsewhere'");
        List<String> begun = List.of("metric orders", "metric sessions", "metric data_health", "table sessions");
        for (String rows : begun) {
            postgres.execute("insert into counted_since values ('" + rows + "', '2000-01-01Z')");
        }
        assertThat(differing(verify()))
                .as("there was nothing then")
                .contains("metric orders", "metric sessions", "sessions", "recent_events");

        postgres.execute("update counted_since set since = '2100-01-01Z'");
        VerifyReport report = verify();
        assertThat(report.differences()).isEmpty();
        for (String rows : begun) {
            assertThat(report.notes())
                    .anySatisfy(note -> assertThat(note).contains(rows, "catalogue that had changed"));
        }
    }

    private static Record track(String name) {
        return Shop.events(records)
                .filter(record -> name.equals(record.event().name()))
                .findFirst()
                .orElseThrow();
    }
}
