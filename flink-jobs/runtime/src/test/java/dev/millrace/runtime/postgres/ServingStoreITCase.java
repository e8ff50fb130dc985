package dev.millrace.runtime.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.identity.LinkKey;
import dev.millrace.core.people.IdentifierRow;
import dev.millrace.core.people.ProfileMerge;
import dev.millrace.core.people.Trait;
import dev.millrace.core.store.MetricRow;
import dev.millrace.core.store.ProgressRow;
import dev.millrace.core.store.RecentEventRow;
import dev.millrace.core.store.SessionRow;
import dev.millrace.runtime.config.MillraceConfig.MeasureOptions;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every sink in a job, and what it leaves in a real PostgreSQL. */
class ServingStoreITCase {
    private static final MeasureOptions MEASURE =
            new MeasureOptions(null, null, null, null, null, null, null, null, null, null);
    private static final long FIRST = Instant.parse("0001-01-01T00:00:00Z").toEpochMilli();
    private static final long LAST = Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();

    @TempDir
    private static Path directory;

    private static PostgresServer postgres;

    @BeforeAll
    static void start() throws Exception {
        postgres = PostgresServer.start(directory);
    }

    @AfterAll
    static void stop() throws Exception {
        postgres.close();
    }

    @BeforeEach
    void empty() throws SQLException {
        postgres.execute("truncate metric_values, event_time_progress, sessions, recent_events,"
                + " identifiers, identity_links, profile_merges, identifier_traits");
    }

    @Test
    void metricValuesAreReadAsTheyWereWritten() throws Exception {
        List<MetricRow> rows = List.of(
                new MetricRow("m", "1m", FIRST, FIRST + 60_000, "{}", 0.1, 0, FIRST, null),
                new MetricRow(
                        "m",
                        "1m",
                        LAST - 59_999,
                        LAST,
                        "{\"a\": \"\\\"{é, 😀}\\\\\", \"b\": null}",
                        -1e300,
                        7,
                        LAST,
                        LAST),
                new MetricRow("m", "1m", -1, 1, "{}", 1, 0, 1, -1L),
                new MetricRow("m", "1m", -1, 1, "{}", 2, 1, 1_700_000_000_123L, null));
        for (int time = 0; time < 2; time++) {
            write(rows, MetricRow.class, ServingStore.metricValuesAtLeastOnce(postgres.store(), MEASURE));
            assertThat(postgres.rows("select * from metric_values order by window_start"))
                    .containsExactly(
                            "m|1m|0001-01-01 00:00:00+00|0001-01-01 00:01:00+00|{}|0.1|0|0001-01-01 00:00:00+00|null",
                            "m|1m|1969-12-31 23:59:59.999+00|1970-01-01 00:00:00.001+00|{}|2|1|2023-11-14 22:13:20.123+00|null",
                            "m|1m|9999-12-31 23:59:00+00|9999-12-31 23:59:59.999+00|"
                                    + "{\"a\": \"\\\"{é, 😀}\\\\\", \"b\": null}|-1e+300|7|"
                                    + "9999-12-31 23:59:59.999+00|9999-12-31 23:59:59.999+00");
        }
    }

    @Test
    void progressIsTheLast() throws Exception {
        write(
                List.of(new ProgressRow("a", 1000, 500L, 3000), new ProgressRow("b", 5, null, 6)),
                ProgressRow.class,
                ServingStore.eventTimeProgressAtLeastOnce(postgres.store(), MEASURE));
        write(
                List.of(new ProgressRow("a", 900, null, 4000)),
                ProgressRow.class,
                ServingStore.eventTimeProgressAtLeastOnce(postgres.store(), MEASURE));
        assertThat(postgres.rows("select * from event_time_progress order by writer"))
                .containsExactly("a|" + at(900) + "|null|" + at(4000), "b|" + at(5) + "|null|" + at(6));
    }

    @Test
    void sessionsComeChangeAndGo() throws Exception {
        SessionRow kept = new SessionRow("p", 0, 9000, "web", "c", "/", "/out", 3, 1, Long.MAX_VALUE, 100, false);
        SessionRow gone = new SessionRow("p", 5000, 5000, null, null, null, null, 1, 0, -1, 100, false);
        write(
                List.of(
                        gone,
                        new SessionRow("p", FIRST, FIRST, null, null, null, null, 1, 0, 0, 100, false),
                        new SessionRow("p", LAST, LAST, null, null, null, null, 1, 0, 0, 100, false),
                        new SessionRow("p", 0, 1, "x", "x", "x", "x", 1, 0, 0, 99, false),
                        kept),
                SessionRow.class,
                ServingStore.sessionsAtLeastOnce(postgres.store(), MEASURE));
        assertThat(postgres.rows("select started_at, revenue from sessions order by started_at"))
                .containsExactly(
                        "0001-01-01 00:00:00+00|0.000000",
                        at(0) + "|9223372036854.775807",
                        at(5000) + "|-0.000001",
                        "9999-12-31 23:59:59.999+00|0.000000");
        write(
                List.of(deleted(FIRST), deleted(LAST), deleted(0), deleted(5000), deleted(86_400_000), kept),
                SessionRow.class,
                ServingStore.sessionsAtLeastOnce(postgres.store(), MEASURE));
        assertThat(postgres.rows("select * from sessions"))
                .containsExactly("p|" + at(0) + "|" + at(9000) + "|web|c|/|/out|3|1|9223372036854.775807|" + at(100));
    }

    @Test
    void ofAnEventTheFirstRowHolds() throws Exception {
        List<RecentEventRow> rows = List.of(
                new RecentEventRow("i", 7, "raw", 2, Long.MAX_VALUE, "track", "Bought", "web", "spring", "/a"),
                new RecentEventRow("i", 7, "raw", 2, Long.MAX_VALUE, "track", "Other", "web", "spring", "/a"),
                new RecentEventRow("i", FIRST, "raw", 0, 0, "page", null, null, null, null),
                new RecentEventRow("i", LAST, "raw", 0, 0, "page", null, null, null, null));
        for (int time = 0; time < 2; time++) {
            write(rows, RecentEventRow.class, ServingStore.recentEventsAtLeastOnce(postgres.store(), MEASURE));
            assertThat(postgres.rows("select * from recent_events order by event_time"))
                    .containsExactly(
                            "i|0001-01-01 00:00:00+00|raw|0|0|page|null|null|null|null",
                            "i|" + at(7) + "|raw|2|9223372036854775807|track|Bought|web|spring|/a",
                            "i|9999-12-31 23:59:59.999+00|raw|0|0|page|null|null|null|null");
        }
    }

    @Test
    void timesOfAnIdentifierOnlyWidenAndItsProfileIsTheLast() throws Exception {
        write(
                List.of(
                        new IdentifierRow("i", "p", 500, 600, null, false, true),
                        new IdentifierRow("i", "q", 400, 550, 450L, true, false),
                        new IdentifierRow("i", "q", 700, 900, null, false, true),
                        new IdentifierRow("i", "r", 450, 500, null, false, false),
                        new IdentifierRow("j", "p", 500, 600, null, true, true),
                        new IdentifierRow("j", "p", 400, 600, null, false, false)),
                IdentifierRow.class,
                ServingStore.identifiersAtLeastOnce(postgres.store(), MEASURE));
        assertThat(postgres.rows("select * from identifiers order by identifier"))
                .containsExactly(
                        "i|r|" + at(400) + "|" + at(900) + "|" + at(450) + "|t",
                        "j|p|" + at(400) + "|" + at(600) + "|" + at(500) + "|t");
    }

    @Test
    void linksMergesAndTraitsEndAlikeInAnyOrderAndThoughTheyRepeat() throws Exception {
        List<LinkKey> links = new ArrayList<>();
        List<Trait> traits = new ArrayList<>();
        Random random = new Random(7);
        for (int i = 0; i < 300; i++) {
            links.add(LinkKey.of(random.nextInt(1000), "a:" + random.nextInt(5), "b:" + random.nextInt(5)));
            // Few times, so that many are equal; texts that a database's collation might not order by code point.
            String value = List.of("\"b\"", "\"B\"", "\"a\"", "\"é\"", "1", "1.0", "[]", "null")
                    .get(random.nextInt(8));
            traits.add(new Trait(
                    "a:" + random.nextInt(3), "t" + random.nextInt(3), value, random.nextInt(4), random.nextBoolean()));
        }
        List<List<String>> ends = new ArrayList<>();
        for (int order = 0; order < 3; order++) {
            empty();
            Collections.shuffle(links, random);
            Collections.shuffle(traits, random);
            StreamExecutionEnvironment environment = environment();
            for (int time = 0; time < 2; time++) {
                drain(
                        environment,
                        links,
                        LinkKey.class,
                        ServingStore.identityLinksAtLeastOnce(postgres.store(), MEASURE));
                drain(
                        environment,
                        traits,
                        Trait.class,
                        ServingStore.identifierTraitsAtLeastOnce(postgres.store(), MEASURE));
            }
            environment.execute();
            List<String> end = new ArrayList<>(postgres.rows("select * from identity_links order by a, b"));
            end.addAll(postgres.rows("select * from identifier_traits order by identifier, trait"));
            ends.add(end);
        }
        assertThat(ends.get(0)).isNotEmpty().isEqualTo(ends.get(1)).isEqualTo(ends.get(2));
        for (LinkKey link : links) {
            assertThat(postgres.rows("select first_seen <= '" + Instant.ofEpochMilli(link.timeMillis())
                            + "' from identity_links where a = '" + link.lesser() + "' and b = '" + link.greater()
                            + "'"))
                    .containsExactly("t");
        }
        List<ProfileMerge> merges = List.of(
                new ProfileMerge("p", "q", LinkKey.of(2000, "a", "b"), 100),
                new ProfileMerge("p", "q", LinkKey.of(2000, "a", "b"), 200),
                new ProfileMerge("p", "r", LinkKey.of(5000, "a", "c"), 300));
        for (int time = 0; time < 2; time++) {
            write(merges, ProfileMerge.class, ServingStore.profileMergesAtLeastOnce(postgres.store(), MEASURE));
        }
        assertThat(postgres.rows("select * from profile_merges order by 2"))
                .containsExactly("p|q|a|b|" + at(2000) + "|" + at(100), "p|r|a|c|" + at(5000) + "|" + at(300));
    }

    private static SessionRow deleted(long startedAtMillis) {
        return new SessionRow("p", startedAtMillis, 0, null, null, null, null, 0, 0, 0, 0, true);
    }

    private static <T> void drain(
            StreamExecutionEnvironment environment, List<T> rows, Class<T> type, StoreSink<T> sink) {
        sink.drain(
                environment.fromData(rows, TypeInformation.of(type)),
                UUID.randomUUID().toString());
    }

    private static <T> void write(List<T> rows, Class<T> type, StoreSink<T> sink) throws Exception {
        StreamExecutionEnvironment environment = environment();
        drain(environment, rows, type, sink);
        environment.execute();
    }

    private static StreamExecutionEnvironment environment() {
        Configuration configuration = new Configuration();
        configuration.set(PipelineOptions.GENERIC_TYPES, false);
        return StreamExecutionEnvironment.createLocalEnvironment(1, configuration);
    }

    private static String at(long millis) {
        String text = Instant.ofEpochMilli(millis).toString().replace('T', ' ').replace("Z", "");
        return (text.contains(".") ? text.replaceAll("0+$", "") : text) + "+00";
    }
}
