package dev.millrace.runtime.postgres;

import dev.millrace.runtime.config.MillraceConfig.StoreOptions;
import java.io.Serializable;
import java.time.Duration;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.datastream.DataStream;

/** A table that rows are written to, at least once: a checkpoint completes when all rows before it are written. */
public final class StoreSink<T> implements Serializable {
    private final Table<T> table;
    private final StoreOptions store;
    private final int maxRows;
    private final Duration linger;
    private final Duration patience;

    /**
     * @param linger how long a row waits for others
     * @param patience how long the server may be away before the job fails
     */
    StoreSink(Table<T> table, StoreOptions store, int maxRows, Duration linger, Duration patience) {
        this.table = table;
        this.store = store;
        this.maxRows = maxRows;
        this.linger = linger;
        this.patience = patience;
    }

    /** Writes all rows of a stream, which ends here; savepoints know the writer as {@code uid}. */
    public void drain(DataStream<T> rows, String uid) {
        rows.transform(table.name() + ": Writer", Types.VOID, new StoreOperator<>(this))
                .uid(uid);
    }

    StoreWriter<T> writer(Seat seat, MetricGroup metrics) {
        String name = "%s (%d/%d)".formatted(table.name(), seat.subtask() + 1, seat.parallelism());
        return new StoreWriter<>(table, seat, store, maxRows, linger, patience, metrics, name);
    }
}
