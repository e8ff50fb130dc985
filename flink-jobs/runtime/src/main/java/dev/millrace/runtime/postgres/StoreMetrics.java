package dev.millrace.runtime.postgres;

import dev.millrace.runtime.metric.Delay;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/** What a writer tells of itself, in the group {@code millrace}. Written by one thread, read by any. */
final class StoreMetrics {
    private final Counter rowsWritten;
    private final Counter batches;
    private final Counter rowsRefused;
    private final Counter copiesFailed;
    private volatile long lastBatchMillis;
    private final Delay rowToStore;
    private volatile boolean away;

    StoreMetrics(MetricGroup parent) {
        MetricGroup group = parent.addGroup("millrace");
        rowsWritten = group.counter("rows_written");
        batches = group.counter("batches");
        rowsRefused = group.counter("rows_refused");
        copiesFailed = group.counter("copies_failed");
        group.gauge("last_batch_millis", () -> lastBatchMillis);
        rowToStore = Delay.ofBatchesIn(group, "row_to_store_millis");
        group.gauge("store_away", () -> away ? 1 : 0);
    }

    void written(int rows) {
        rowsWritten.inc(rows);
    }

    void batch(long millis) {
        batches.inc();
        lastBatchMillis = millis;
    }

    /** Counts a row that PostgreSQL does not take, and says how many there were. */
    long refused() {
        rowsRefused.inc();
        return rowsRefused.getCount();
    }

    /** Rows that were taken for new could not be copied, mostly since not all were, and are written another way. */
    void copyFailed() {
        copiesFailed.inc();
    }

    /** How many rows PostgreSQL did not take. */
    long refusals() {
        return rowsRefused.getCount();
    }

    /** A batch is in the store so long after its first row came. */
    void stored(long millis) {
        rowToStore.took(millis);
    }

    void away(boolean now) {
        away = now;
    }
}
