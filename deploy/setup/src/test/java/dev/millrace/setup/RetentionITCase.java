package dev.millrace.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.runtime.config.MillraceConfig.StoreOptions;
import dev.millrace.runtime.postgres.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes from a real PostgreSQL and what stays, and what becomes of the keeper when the store is away. */
class RetentionITCase {
    private static final Retention.Limits LIMITS =
            new Retention.Limits(Duration.ofDays(400), Duration.ofDays(7), Duration.ofDays(7), 3);

    @TempDir
    private static Path directory;

    private static PostgresServer server;

    private StoreDatabase store;
    private final List<String> said = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void startServer() throws Exception {
        server = PostgresServer.start(directory);
    }

    @AfterAll
    static void stopServer() throws Exception {
        server.close();
    }

    @BeforeEach
    void migrate() throws SQLException {
        store = StoreDatabase.migrated(server);
    }

    @AfterEach
    void close() throws SQLException {
        store.close();
    }

    private Retention retention() {
        return new Retention(store.store(), LIMITS, said::add);
    }

    @Test
    void anEmptyStoreHasNothingToLose() {
        assertThat(retention().once()).isFalse();
        assertThat(said).isEmpty();
    }

    @Test
    void historyThatWasLoadedStaysHoweverOldItIs() throws SQLException {
        store.metric("events", "1d", "2008-04-01T00:00:00Z", "2008-04-02T00:00:00Z", "{}", 1);
        store.metric("events", "1d", "2008-08-13T00:00:00Z", "2008-08-14T00:00:00Z", "{}", 1);
        // Counted by arrival: of today, whenever the history was.
        store.metric("data_health", "1h", "2026-11-21T09:00:00Z", "2026-11-21T10:00:00Z", "{}", 1);
        store.session("p", "2008-08-06T00:00:00Z");
        store.session("p", "2008-08-13T10:00:00Z");
        store.event("user_id:1", "2008-08-13T10:00:00Z", 1);
        store.progress("a", "2008-08-13T10:00:00Z", "2008-08-06T10:00:00Z");

        assertThat(retention().once()).isFalse();
        assertThat(store.value("select count(*) from metric_values")).isEqualTo("3");
        assertThat(store.value("select count(*) from sessions")).isEqualTo("2");
        assertThat(store.value("select count(*) from recent_events")).isEqualTo("1");
    }

    @Test
    void whatIsOlderThanTheNewestRowByMoreThanTheLimitGoes() throws SQLException {
        store.metric("events", "1h", "2026-11-21T09:00:00Z", "2026-11-21T10:00:00Z", "{}", 1);
        store.metric("events", "1h", "2025-10-31T23:00:00Z", "2025-11-01T00:00:00Z", "{}", 1);
        store.metric("events", "1h", "2025-09-30T23:00:00Z", "2025-10-01T00:00:00Z", "{}", 1);
        for (int day = 10; day <= 21; day++) {
            store.session("p", "2026-11-" + day + "T10:00:00Z");
            store.event("user_id:" + day, "2026-11-" + day + "T23:59:59Z", day);
        }
        // Made in advance, and empty: it is not what time is counted from.
        store.run("select ensure_partition('recent_events', ?)", Instant.parse("2026-12-24T00:00:00Z"));

        assertThat(retention().once()).isTrue();
        assertThat(said)
                .containsExactly(
                        "dropped metric_values_y2025m09",
                        "dropped sessions_y2026m11d10",
                        "dropped sessions_y2026m11d11",
                        "dropped sessions_y2026m11d12",
                        "dropped sessions_y2026m11d13",
                        "dropped recent_events_y2026m11d10",
                        "dropped recent_events_y2026m11d11",
                        "dropped recent_events_y2026m11d12",
                        "dropped recent_events_y2026m11d13");
        assertThat(store.value("select min(started_at) from sessions")).isEqualTo("2026-11-14T10:00:00Z");
        said.clear();
        assertThat(retention().once()).isFalse();

        store.session("p", "2026-11-13T10:00:00Z");
        assertThat(store.value("select count(*) from sessions")).isEqualTo("9");
    }

    @Test
    void whatTheMeasureJobMayStillChangeStays() throws SQLException {
        store.session("p", "2026-11-01T10:00:00Z");
        store.session("p", "2026-11-02T10:00:00Z");
        store.session("p", "2026-11-21T10:00:00Z");
        store.progress("ahead", "2026-11-21T10:00:00Z", "2026-11-14T10:00:00Z");
        store.progress("behind", "2026-11-10T10:00:00Z", "2026-11-03T10:00:00Z");

        assertThat(retention().once()).isTrue();
        assertThat(said).containsExactly("dropped sessions_y2026m11d01");
    }

    @Test
    void yearsOfHistoryGoWholeThoughNotAtOnce() throws SQLException {
        store.run(
                "select ensure_partition('sessions', t) from generate_series('2026-01-01 12:00Z'::timestamptz, '2026-10-01Z', '1 day') t");
        store.session("p", "2026-11-21T10:00:00Z");

        assertThat(retention().once()).isTrue();
        assertThat(said).hasSize(273).doesNotHaveDuplicates();
        assertThat(store.column("select name from partitions_of('sessions')")).containsExactly("sessions_y2026m11d21");
    }

    @Test
    void onlyTheLatestEventsOfAnIdentifierStay() throws SQLException {
        for (int offset = 1; offset <= 5; offset++) {
            store.event("user_id:1", "2026-11-" + (15 + offset) + "T10:00:00Z", offset);
            store.event("user_id:2", "2026-11-20T10:00:00Z", 10 + offset);
        }
        store.event("user_id:3", "2026-11-20T10:00:00Z", 20);

        assertThat(retention().once()).isTrue();
        assertThat(said).containsExactly("trimmed recent_events: 4 gone, of identifiers with more than 3");
        assertThat(store.column("select raw_offset from recent_events order by 1"))
                .containsExactly("3", "4", "5", "13", "14", "15", "20");
        assertThat(store.value("select trim_journeys(2)")).isEqualTo("2");
    }

    @Test
    void whereNothingWasWrittenSinceNoEventIsReadToTrim() throws SQLException {
        store.event("user_id:1", "2026-11-20T10:00:00Z", 1);
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            store.run("select trim_journeys(3)");
            return store.value("select sum(inserted) from trimmed_partitions").equals("1");
        });
        String scans = "select sum(seq_scan + idx_scan) from pg_stat_user_tables where relname like 'recent_events_y%'";
        // Statistics come late: of this session's own work, it can ask at once.
        store.run("select pg_stat_force_next_flush()");
        String before = store.value(scans);
        store.run("select trim_journeys(3)");
        store.run("select pg_stat_force_next_flush()");
        assertThat(store.value(scans)).isEqualTo(before);

        store.event("user_id:1", "2026-11-20T11:00:00Z", 2);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> store.value("select trim_journeys(1)").equals("1")
                        || store.value("select count(*) from recent_events").equals("1"));
    }

    @Test
    void aTableThatSomebodyHoldsIsLeftForTheNextTimeAndTheOthersAreNot() throws SQLException {
        for (String start : List.of("2026-11-01T10:00:00Z", "2026-11-21T10:00:00Z")) {
            store.session("p", start);
            store.event("user_id:1", start, 1);
        }
        try (Connection reader = PostgresServer.connect(store.store());
                Statement reading = reader.createStatement()) {
            reader.setAutoCommit(false);
            reading.execute("select * from sessions");

            assertThatThrownBy(() -> retention().once())
                    .isInstanceOf(SetupException.class)
                    .hasMessageContaining("a table that it uses was left as it is");
            assertThat(said).containsExactly("dropped recent_events_y2026m11d01");
        }
        said.clear();
        assertThat(retention().once()).isTrue();
        assertThat(said).containsExactly("dropped sessions_y2026m11d01");
    }

    @Test
    void aStoreOfAnOlderVersionIsNamed() throws SQLException {
        StoreOptions empty = server.database();
        assertThatThrownBy(() -> new Retention(empty, LIMITS, said::add).once())
                .isInstanceOf(SetupException.class)
                .hasMessageEndingWith("has older tables than this command knows; run millrace-setup store");
    }

    @Test
    void theKeeperOutlivesAStoreThatIsAwayAndEndsWhenItIsTold() throws Exception {
        store.session("p", "2026-11-01T10:00:00Z");
        store.session("p", "2026-11-21T10:00:00Z");
        Keeper keeper = new Keeper(retention(), Duration.ofMillis(100), said::add);
        Thread thread = new Thread(() -> {
            try {
                keeper.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        thread.start();
        await().untilAsserted(() -> assertThat(said).containsExactly("dropped sessions_y2026m11d01"));
        said.clear();

        server.stop();
        await().untilAsserted(() -> assertThat(said).anyMatch(line -> line.contains("is PostgreSQL up")));
        assertThat(new ArrayList<>(said)).doesNotHaveDuplicates();
        server.start();
        await().untilAsserted(() -> assertThat(said).endsWith("all is well again"));

        try (StoreDatabase again = StoreDatabase.of(store.store())) {
            again.session("p", "2026-11-02T10:00:00Z");
        }
        await().untilAsserted(() -> assertThat(said).endsWith("dropped sessions_y2026m11d02"));
        keeper.end(Duration.ofSeconds(10));
        thread.join(10_000);
        assertThat(thread.isAlive()).isFalse();
        assertThat(said).noneMatch(line -> line.startsWith("did not end"));
    }

    @Test
    void aKeeperThatIsBusyInTheStoreIsEndedThereToo() throws Exception {
        for (String start : List.of("2026-11-01T10:00:00Z", "2026-11-21T10:00:00Z")) {
            store.event("user_id:1", start, 1);
        }
        try (Connection other = PostgresServer.connect(store.store());
                Statement holding = other.createStatement()) {
            other.setAutoCommit(false);
            // What the trimming waits for, without a limit.
            holding.execute("select pg_advisory_xact_lock(hashtextextended('millrace: trim_journeys', 0))");
            Keeper keeper = new Keeper(retention(), Duration.ofHours(1), said::add);
            Thread thread = new Thread(() -> {
                try {
                    keeper.run();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            thread.start();
            await().until(() -> store.value(
                            "select count(*) from pg_stat_activity where application_name = 'millrace-setup' and wait_event_type = 'Lock'")
                    .equals("1"));
            keeper.end(Duration.ofSeconds(10));
            thread.join(10_000);
            assertThat(thread.isAlive()).isFalse();
        }
        assertThat(said).containsExactly("dropped recent_events_y2026m11d01");
    }
}
