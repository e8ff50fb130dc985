package dev.millrace.runtime.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.store.MetricDescription;
import dev.millrace.runtime.postgres.StoreHistory.WrittenMetric;
import dev.millrace.runtime.postgres.StoreHistory.WrittenSession;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresHistoryITCase {
    private static final long NOON = Instant.parse("2026-11-21T12:00:00Z").toEpochMilli();
    private static final long HOUR = 3_600_000;
    private static final String NOTES =
            "select rows_of || ' ' || (since at time zone 'UTC')::time from counted_since order by 1";

    @TempDir
    private static Path directory;

    private static PostgresServer postgres;
    private static PostgresHistory history;

    @BeforeAll
    static void start() throws Exception {
        postgres = PostgresServer.start(directory);
        history = new PostgresHistory(postgres.store(), NOON);
        postgres.execute("select ensure_partition('metric_values', '2026-11-21Z')");
        postgres.execute("select ensure_partition('sessions', '2026-11-21Z')");
    }

    @AfterAll
    static void stop() throws Exception {
        postgres.close();
    }

    @BeforeEach
    void empty() throws SQLException {
        postgres.execute("truncate metric_values, sessions, metric_definitions, counted_since");
    }

    @Test
    void rowsAreToldThatWereWrittenSinceATime() throws Exception {
        postgres.execute(
                """
                insert into metric_values values
                    ('a', '1h', '2026-11-21 10:00Z', '2026-11-21 11:00Z', '{"x": null}', 1, 0, '2026-11-21 12:00Z'),
                    ('b', '1h', '2026-11-21 11:00Z', '2026-11-21 12:00Z', '{}', 1, 0, '2026-11-21 12:00Z'),
                    ('c', '1h', '2026-11-21 11:00Z', '2026-11-21 12:00Z', '{}', 1, 0, '2026-11-21 11:59:59.999Z')""");
        assertThat(metrics(NOON, Long.MIN_VALUE))
                .containsExactlyInAnyOrder(
                        new WrittenMetric("a", "1h", NOON - 2 * HOUR, NOON - HOUR, "{\"x\": null}"),
                        new WrittenMetric("b", "1h", NOON - HOUR, NOON, "{}"));
        assertThat(metrics(NOON, NOON - HOUR)).extracting(WrittenMetric::metric).containsExactly("b");
        assertThat(metrics(NOON + 1, Long.MIN_VALUE)).isEmpty();

        postgres.execute("insert into sessions (profile_id, started_at, ended_at, events, updated_at) values"
                + " ('p', '2026-11-21 10:00Z', '2026-11-21 10:00Z', 1, '2026-11-21 12:00Z'),"
                + " ('q', '2026-11-21 10:00Z', '2026-11-21 10:00Z', 1, '2026-11-21 11:00Z')");
        List<WrittenSession> sessions = new ArrayList<>();
        history.sessionsSince(NOON, Long.MIN_VALUE, sessions::add);
        assertThat(sessions).containsExactly(new WrittenSession("p", NOON - 2 * HOUR));
        history.sessionsSince(NOON, NOON - 2 * HOUR + 1, sessions::add);
        assertThat(sessions).as("nothing that began later").hasSize(1);
    }

    @Test
    void beforeTheFirstAttemptThereWasNone() {
        assertThat(history.attemptsSinceMillis(0)).isEqualTo(Long.MAX_VALUE);
        assertThat(history.attemptsSinceMillis(1)).isEqualTo(NOON);
    }

    @Test
    void aStoreOfAnotherVersionIsRefusedWithTheWayOut() throws Exception {
        PostgresHistory elsewhere = new PostgresHistory(postgres.database(), NOON);
        assertThatThrownBy(() -> elsewhere.metricsSince(NOON, NOON, row -> {}))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("\"metric_values\" does not exist")
                .hasMessageContaining("millrace-setup store");
        assertThatThrownBy(() -> elsewhere.describe(List.of())).hasMessageContaining("millrace-setup store");
        assertThatThrownBy(() -> elsewhere.begin(List.of(), List.of(), null))
                .hasMessageContaining("millrace-setup store");
    }

    private static List<WrittenMetric> metrics(long since, long hotSince) throws Exception {
        List<WrittenMetric> rows = new ArrayList<>();
        history.metricsSince(since, hotSince, rows::add);
        return rows;
    }

    @Test
    void definitionsAreThoseOfTheLatestCatalogue() throws Exception {
        history.describe(List.of(definition("funnel", 86_400_000, false), definition("old", 0, false)));
        history.describe(List.of(definition("funnel", 60_000, false), definition("health", 0, true)));
        assertThat(postgres.rows(
                        "select concat_ws(' ', metric, windows, dimensions, time_zone, settles_after, arrivals)"
                                + " from metric_definitions order by 1"))
                .containsExactly(
                        "funnel {1h,1d} {step} Europe/Vienna 00:01:00 f",
                        "health {1h,1d} {step} Europe/Vienna 00:00:00 t");
    }

    private static MetricDescription definition(String name, long settlesMillis, boolean arrivals) {
        return new MetricDescription(
                name,
                null,
                null,
                "count",
                List.of("1h", "1d"),
                List.of("step"),
                "Europe/Vienna",
                settlesMillis,
                arrivals);
    }

    @Test
    void whatBeginsLaterIsNotedUntilThatIsGivenUp() throws Exception {
        List<String> rows = List.of("metric a", "metric b", "table sessions");
        history.begin(rows, List.of(), null);
        assertThat(postgres.rows(NOTES)).isEmpty();
        history.begin(rows, List.of("metric b", "table sessions"), NOON);
        assertThat(postgres.rows(NOTES)).containsExactly("metric b 12:00:00", "table sessions 12:00:00");

        history.begin(rows, List.of(), NOON + HOUR);
        assertThat(postgres.rows(NOTES)).as("restored from a later checkpoint").hasSize(2);
        history.begin(List.of("metric a", "metric b"), List.of("metric a"), NOON + HOUR);
        assertThat(postgres.rows(NOTES)).containsExactly("metric a 13:00:00", "metric b 12:00:00");
        history.begin(List.of("metric a", "metric b"), List.of(), NOON + HOUR);
        assertThat(postgres.rows(NOTES))
                .as("back to a savepoint of before, with the catalogue of before")
                .containsExactly("metric b 12:00:00");
        history.begin(List.of("metric a", "metric b"), List.of(), null);
        assertThat(postgres.rows(NOTES)).as("all anew").isEmpty();
    }
}
