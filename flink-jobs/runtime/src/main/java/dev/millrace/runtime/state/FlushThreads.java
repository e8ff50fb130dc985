package dev.millrace.runtime.state;

import java.util.Collection;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.Env;
import org.rocksdb.Priority;

/**
 * Threads for what a checkpoint waits for: that RocksDB has written what it has in memory. For that it has one thread in
 * the whole process unless told otherwise, for which a dozen instances of several jobs queue, and which gets its turn as
 * any other of their threads does. Who waits for it stands still.
 */
public final class FlushThreads implements RocksDBOptionsFactory {
    /** As many as stages of one slot that have state, and some; idle but at checkpoints, or when a buffer is full. */
    static final int THREADS = 6;

    @Override
    public DBOptions createDBOptions(DBOptions options, Collection<AutoCloseable> closeLater) {
        Env env = Env.getDefault();
        if (env.getBackgroundThreads(Priority.HIGH) < THREADS) {
            env.setBackgroundThreads(THREADS, Priority.HIGH);
        }
        return options;
    }

    @Override
    public ColumnFamilyOptions createColumnOptions(ColumnFamilyOptions options, Collection<AutoCloseable> closeLater) {
        return options;
    }
}
