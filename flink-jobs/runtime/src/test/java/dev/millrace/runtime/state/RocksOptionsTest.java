package dev.millrace.runtime.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.Checkpoint;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.Env;
import org.rocksdb.FlushOptions;
import org.rocksdb.Options;
import org.rocksdb.Priority;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/** What RocksDB does for what checkpoints wait for. */
class RocksOptionsTest {
    static {
        RocksDB.loadLibrary();
    }

    @TempDir
    Path directory;

    @AfterEach
    void asItWas() {
        Env.getDefault().setBackgroundThreads(1, Priority.HIGH);
        Env.getDefault().setBackgroundThreads(1, Priority.LOW);
    }

    @Test
    void severalThreadsFlushAndTheyStay() {
        try (DBOptions options = new DBOptions()) {
            assertThat(new RocksOptions().createDBOptions(options, List.of())).isSameAs(options);
            assertThat(flushThreads()).isEqualTo(RocksOptions.FLUSH_THREADS);
            Env.getDefault().setBackgroundThreads(RocksOptions.FLUSH_THREADS + 2, Priority.HIGH);
            new RocksOptions().createDBOptions(options, List.of());
            assertThat(flushThreads()).isEqualTo(RocksOptions.FLUSH_THREADS + 2);
        }
    }

    /** By default a checkpoint would wait for ever here, since nothing merges the files. */
    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aCheckpointDoesNotWaitForFilesToBeMerged() throws RocksDBException {
        try (DBOptions ofDatabase = new RocksOptions().createDBOptions(new DBOptions(), List.of());
                ColumnFamilyOptions ofFamily =
                        new RocksOptions().createColumnOptions(new ColumnFamilyOptions(), List.of());
                Options options = new Options(ofDatabase, ofFamily).setCreateIfMissing(true);
                RocksDB database =
                        RocksDB.open(options, directory.resolve("database").toString());
                FlushOptions flush = new FlushOptions().setAllowWriteStall(true)) {
            Env.getDefault().setBackgroundThreads(0, Priority.LOW);
            for (int i = 0; i < 25; i++) {
                database.put(new byte[] {(byte) i}, new byte[1]);
                database.flush(flush);
            }
            database.put(new byte[] {25}, new byte[1]);
            assertThat(database.getProperty("rocksdb.num-files-at-level0")).isEqualTo("25");
            try (Checkpoint checkpoint = Checkpoint.create(database)) {
                checkpoint.createCheckpoint(directory.resolve("checkpoint").toString());
            }
            assertThat(directory.resolve("checkpoint")).isDirectoryContaining("glob:**.sst");
        }
    }

    private static int flushThreads() {
        return Env.getDefault().getBackgroundThreads(Priority.HIGH);
    }
}
