package dev.millrace.runtime.state;

import java.util.Collection;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.Env;
import org.rocksdb.Priority;

/**
 * What RocksDB is told that Flink has no options for, all of it for the sake of checkpoints: a stage stands still until
 * RocksDB has written what it has in memory.
 */
public final class RocksOptions implements RocksDBOptionsFactory {
    /**
     * Threads that write it, as many as stages of one slot that have state, and some. Unless told otherwise it is one in the
     * whole process, for which a dozen instances of several jobs queue, and which gets its turn as any other of their
     * threads does. They are idle but at checkpoints, or when a buffer is full.
     */
    static final int FLUSH_THREADS = 6;

    /** Merged files are handed to the disk by and by, so that small ones need not wait for all of a large one. */
    static final int BYTES_PER_SYNC = 256 << 10;

    /** Buffers are small: their files are merged with the level below when there are twice as many as by default. */
    static final int LEVEL_0_FILES = 8;

    /**
     * While there are so many of them, writes are slowed down, and a checkpoint stands still until enough are merged, which
     * takes seconds: by default 20, which a backlog reaches. For keys that are not there, filters save reading them all.
     */
    static final int LEVEL_0_SLOWDOWN = 60;

    /** Writes stop. */
    static final int LEVEL_0_STOP = 80;

    @Override
    public DBOptions createDBOptions(DBOptions options, Collection<AutoCloseable> closeLater) {
        Env env = Env.getDefault();
        if (env.getBackgroundThreads(Priority.HIGH) < FLUSH_THREADS) {
            env.setBackgroundThreads(FLUSH_THREADS, Priority.HIGH);
        }
        return options.setBytesPerSync(BYTES_PER_SYNC);
    }

    @Override
    public ColumnFamilyOptions createColumnOptions(ColumnFamilyOptions options, Collection<AutoCloseable> closeLater) {
        return options.setLevel0FileNumCompactionTrigger(LEVEL_0_FILES)
                .setLevel0SlowdownWritesTrigger(LEVEL_0_SLOWDOWN)
                .setLevel0StopWritesTrigger(LEVEL_0_STOP);
    }
}
