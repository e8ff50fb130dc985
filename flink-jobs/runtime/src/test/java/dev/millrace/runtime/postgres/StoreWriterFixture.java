package dev.millrace.runtime.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.runtime.config.MillraceConfig.StoreOptions;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real PostgreSQL, its tables empty before each test, and writers of them. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class StoreWriterFixture {
    static final Duration LONG = Duration.ofMinutes(5);
    static final Duration SHORT = Duration.ofMillis(20);
    static final int ROWS = 1000;

    @TempDir
    private static Path directory;

    static PostgresServer postgres;

    final RecordedMetrics metrics = new RecordedMetrics();
    private final AtomicInteger seats = new AtomicInteger();

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
        postgres.execute("truncate metric_values, sessions, identifiers, identifier_traits, identity_links");
    }

    static <T> CompletableFuture<Void> flushLater(StoreWriter<T> writer, T row) {
        return CompletableFuture.runAsync(() -> {
            try {
                writer.write(row);
                writer.flush();
            } catch (Exception e) {
                throw new CompletionException(e);
            }
        });
    }

    static void awaitBlockedWriters(int writers) {
        await().untilAsserted(() -> assertThat(postgres.rows("select count(*) from pg_stat_activity"
                        + " where application_name = 'millrace-measure' and wait_event_type = 'Lock'"))
                .containsExactly(Integer.toString(writers)));
    }

    final <T> void writeAll(Table<T> table, List<T> rows, int maxRows) throws Exception {
        try (StoreWriter<T> writer = writer(table, maxRows, LONG)) {
            for (T row : rows) {
                writer.write(row);
            }
            writer.flush();
        }
    }

    final <T> StoreWriter<T> writer(Table<T> table, int maxRows, Duration linger) {
        return writer(table, postgres.store(), maxRows, linger, Duration.ofMinutes(1));
    }

    final <T> StoreWriter<T> writer(
            Table<T> table, StoreOptions store, int maxRows, Duration linger, Duration patience) {
        Seat seat = new Seat(seats.getAndIncrement(), 100);
        return new StoreWriter<>(table, seat, store, maxRows, linger, patience, metrics, table.name());
    }
}
