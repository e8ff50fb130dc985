package dev.millrace.runtime.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.core.store.MetricRow;
import dev.millrace.runtime.config.MillraceConfig.StoreOptions;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.memory.MemCheckpointStreamFactory;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a checkpoint waits for, and what does not wait for it. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StoreOperatorITCase {
    /** Longer than any test: nothing is written but by a full batch, or because somebody wants it. */
    private static final Duration LONG = Duration.ofMinutes(5);

    private static final long CHECKPOINT = 1;

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
        postgres.execute("truncate metric_values");
    }

    @Test
    void rowsGoOnWhileACheckpointWaitsForThoseBeforeIt() throws Exception {
        try (OneInputStreamOperatorTestHarness<MetricRow, Void> harness = harness(postgres.store(), LONG);
                Connection holder = postgres.connect();
                Statement statement = holder.createStatement()) {
            harness.open();
            harness.processElement(metric("before", 1), 0);
            holder.setAutoCommit(false);
            statement.execute("lock table metric_values");
            RunnableFuture<?> checkpoint = snapshot(harness);
            CompletableFuture<Void> asynchronous = CompletableFuture.runAsync(checkpoint);
            // The checkpoint has them written, and they can't be.
            await().until(() -> postgres.rows("select count(*) from pg_stat_activity"
                            + " where application_name = 'millrace-measure' and wait_event_type = 'Lock'")
                    .equals(List.of("1")));
            for (int i = 0; i < 5; i++) {
                harness.processElement(metric("after " + i, i), 0);
            }
            assertThat(checkpoint).isNotDone();
            holder.rollback();
            asynchronous.get(1, TimeUnit.MINUTES);
            checkpoint.get();
            assertThat(values()).containsExactly("before");
            harness.getOneInputOperator().finish();
            assertThat(values()).hasSize(6);
        }
    }

    @Test
    void aCheckpointDoesNotWaitForRowsThatThereAreNone() throws Exception {
        try (OneInputStreamOperatorTestHarness<MetricRow, Void> harness = harness(postgres.store(), LONG)) {
            harness.open();
            RunnableFuture<?> first = snapshot(harness);
            first.run();
            first.get();
            harness.processElement(metric("a", 1), 0);
            RunnableFuture<?> second = snapshot(harness);
            second.run();
            second.get();
            assertThat(values()).containsExactly("a");
            RunnableFuture<?> third = snapshot(harness);
            third.run();
            third.get();
        }
    }

    @Test
    void aTaskDoesNotBeginWithoutAStore() throws Exception {
        StoreOptions nowhere = new StoreOptions("jdbc:postgresql://127.0.0.1:1/postgres", "postgres", null);
        OneInputStreamOperatorTestHarness<MetricRow, Void> harness = harness(nowhere, Duration.ofSeconds(3));
        assertThatThrownBy(harness::open)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("metric_values could not be written");
    }

    @Test
    void aCheckpointFailsIfItsRowsCanNotBeWritten() throws Exception {
        OneInputStreamOperatorTestHarness<MetricRow, Void> harness = harness(postgres.store(), LONG);
        harness.open();
        harness.processElement(metric("a", 1), 0);
        postgres.execute("alter table metric_values rename to elsewhere");
        RunnableFuture<?> checkpoint;
        try {
            checkpoint = snapshot(harness);
            checkpoint.run();
            assertThatThrownBy(checkpoint::get)
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("metric_values can't be written");
        } finally {
            postgres.execute("alter table elsewhere rename to metric_values");
        }
        assertThat(harness.wasFailedExternally())
                .as("the task fails, whether a row comes or not")
                .isTrue();
        assertThatThrownBy(() -> snapshot(harness)).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> harness.processElement(metric("b", 1), 0)).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> harness.getOneInputOperator().finish()).isInstanceOf(StoreException.class);
        harness.getOneInputOperator().close();
    }

    @Test
    void aCheckpointThatIsGivenUpDoesNotGoOnWaiting() throws Exception {
        try (OneInputStreamOperatorTestHarness<MetricRow, Void> harness = harness(postgres.store(), LONG);
                Connection holder = postgres.connect();
                Statement statement = holder.createStatement()) {
            harness.open();
            holder.setAutoCommit(false);
            statement.execute("lock table metric_values");
            harness.processElement(metric("a", 1), 0);
            RunnableFuture<?> checkpoint = snapshot(harness);
            Thread asynchronous = new Thread(checkpoint);
            asynchronous.start();
            await().until(() -> asynchronous.getState() == Thread.State.WAITING);
            harness.getOneInputOperator().notifyCheckpointAborted(CHECKPOINT);
            asynchronous.join(); // Or the test's time is over.
            assertThat(checkpoint).isCancelled();
            holder.rollback();
            // The row is written all the same.
            RunnableFuture<?> next = snapshot(harness);
            next.run();
            next.get();
            assertThat(values()).containsExactly("a");
        }
    }

    @Test
    void whoGoesOnFromACheckpointHasTheSeatBeforeTheOperatorsInFrontLookAtTheStore() throws Exception {
        OneInputStreamOperatorTestHarness<MetricRow, Void> before = harness(postgres.store(), LONG);
        before.open();
        before.processElement(metric("a", 1), 0);
        OperatorSubtaskState state = before.snapshot(0, 0);
        assertThat(values()).containsExactly("a");
        try (OneInputStreamOperatorTestHarness<MetricRow, Void> after = harness(postgres.store(), LONG)) {
            after.initializeState(state);
            before.processElement(metric("b", 1), 0);
            RunnableFuture<?> checkpoint = snapshot(before);
            checkpoint.run();
            assertThatThrownBy(checkpoint::get)
                    .cause()
                    .hasMessageContaining("another process writes metric_values since");
            before.getOneInputOperator().close();
        }
        assertThat(values()).containsExactly("a");
    }

    private static OneInputStreamOperatorTestHarness<MetricRow, Void> harness(StoreOptions store, Duration patience)
            throws Exception {
        StoreSink<MetricRow> sink = new StoreSink<>(Tables.METRIC_VALUES, store, 1000, LONG, patience);
        return new OneInputStreamOperatorTestHarness<>(new StoreOperator<>(sink));
    }

    /** Takes the synchronous part of a checkpoint, and gives the asynchronous one. */
    private static RunnableFuture<?> snapshot(OneInputStreamOperatorTestHarness<MetricRow, Void> harness)
            throws Exception {
        return harness.getOneInputOperator()
                .snapshotState(
                        CHECKPOINT,
                        0,
                        CheckpointOptions.forCheckpointWithDefaultLocation(),
                        new MemCheckpointStreamFactory(1 << 20))
                .getOperatorStateManagedFuture();
    }

    private static List<String> values() throws SQLException {
        return postgres.rows("select metric from metric_values order by metric");
    }

    private static MetricRow metric(String name, double value) {
        return new MetricRow(name, "1m", 0, 60_000, "{}", value, 0, 1000, null);
    }
}
