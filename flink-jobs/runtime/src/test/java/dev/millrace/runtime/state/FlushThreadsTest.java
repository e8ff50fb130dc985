package dev.millrace.runtime.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.rocksdb.DBOptions;
import org.rocksdb.Env;
import org.rocksdb.Priority;
import org.rocksdb.RocksDB;

/** How many threads RocksDB has for what checkpoints wait for. */
class FlushThreadsTest {
    static {
        RocksDB.loadLibrary();
    }

    @AfterEach
    void asItWas() {
        Env.getDefault().setBackgroundThreads(1, Priority.HIGH);
    }

    @Test
    void thereAreSeveralAndTheyStay() {
        try (DBOptions options = new DBOptions()) {
            assertThat(new FlushThreads().createDBOptions(options, List.of())).isSameAs(options);
            assertThat(flushThreads()).isEqualTo(FlushThreads.THREADS);

            Env.getDefault().setBackgroundThreads(FlushThreads.THREADS + 2, Priority.HIGH);
            new FlushThreads().createDBOptions(options, List.of());
            assertThat(flushThreads()).isEqualTo(FlushThreads.THREADS + 2);
        }
    }

    private static int flushThreads() {
        return Env.getDefault().getBackgroundThreads(Priority.HIGH);
    }
}
