package dev.millrace.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.runtime.state.RocksOptions;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;

/** What jobs insist on, whatever a cluster's defaults are. */
class JobEnvironmentTest {
    private static final String LEAST = "kafka: {bootstrap_servers: k:9092}\nregistry: {url: http://r}\n";

    @Test
    void flinkFindsWhatRocksDbIsTold() {
        ReadableConfig ofJob = JobEnvironment.create(ConfigFile.parse(LEAST, "test.yaml", name -> null), "some-job")
                .getConfiguration();

        assertThat(new EmbeddedRocksDBStateBackend()
                        .configure(ofJob, getClass().getClassLoader())
                        .getRocksDBOptions())
                .isInstanceOf(RocksOptions.class);
    }

    @Test
    void recordsOnTheirWayAreInNoCheckpointWhateverTheClusterSays() {
        Configuration cluster = new Configuration();
        cluster.set(CheckpointingOptions.ENABLE_UNALIGNED, true);
        cluster.set(RocksDBOptions.OPTIONS_FACTORY, "some.OtherFactory");

        StreamExecutionEnvironment environment =
                JobEnvironment.create(ConfigFile.parse(LEAST, "test.yaml", name -> null), "some-job");
        ReadableConfig ofJob = environment.getConfiguration();
        cluster.addAll(Configuration.fromMap(ofJob.toMap()));

        assertThat(cluster.get(CheckpointingOptions.ENABLE_UNALIGNED)).isFalse();
        assertThat(cluster.get(RocksDBOptions.OPTIONS_FACTORY)).isEqualTo(RocksOptions.class.getName());
    }
}
