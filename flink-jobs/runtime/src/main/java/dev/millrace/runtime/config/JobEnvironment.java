package dev.millrace.runtime.config;

import dev.millrace.runtime.config.MillraceConfig.FlinkOptions;
import dev.millrace.runtime.state.RocksOptions;
import java.time.Duration;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Flink's environment as every job wants it, whatever the cluster's defaults are. */
public final class JobEnvironment {
    /** Keys can be spread over at most this many subtasks. Fixed: state is laid out by it. */
    public static final int MAX_PARALLELISM = 128;

    private static final int CHECKPOINT_BUFFER_BYTES = 256 << 10;

    private JobEnvironment() {}

    /**
     * The environment of a job.
     *
     * @param job its name; also the directory of its checkpoints below {@code flink.checkpoint_dir}
     */
    public static StreamExecutionEnvironment create(MillraceConfig config, String job) {
        FlinkOptions options = config.flink();
        Configuration flink = new Configuration();
        flink.set(PipelineOptions.NAME, job);
        flink.set(PipelineOptions.MAX_PARALLELISM, MAX_PARALLELISM);
        flink.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
        flink.set(PipelineOptions.GENERIC_TYPES, false);
        flink.set(PipelineOptions.OBJECT_REUSE, true);
        // An event waits at most this long for others to share a network buffer. Each task has a thread that wakes as
        // often, and of live traffic takes more than what it sends.
        flink.set(ExecutionOptions.BUFFER_TIMEOUT, Duration.ofMillis(20));
        flink.set(
                StateBackendOptions.STATE_BACKEND,
                switch (options.stateBackend()) {
                    case ROCKSDB -> "rocksdb";
                    case HASHMAP -> "hashmap";
                });
        // Most keys are looked up once and then not for long, or never were there: a filter saves reading for them.
        flink.setString("state.backend.rocksdb.use-bloom-filter", "true");
        // What is not on disk yet is written while a checkpoint holds up the job: little, so that no event waits long.
        flink.setString("state.backend.rocksdb.writebuffer.size", "2mb");
        flink.setString("state.backend.rocksdb.writebuffer.count", "16");
        // The uppermost levels are soon written again: to compress them costs more than it saves.
        flink.setString("state.backend.rocksdb.compression.per.level", "NO_COMPRESSION;NO_COMPRESSION;LZ4_COMPRESSION");
        // What comes down from the small buffers is merged with all of the first of these levels each time.
        flink.setString("state.backend.rocksdb.compaction.level.max-size-level-base", "32mb");
        flink.setString("state.backend.rocksdb.compaction.level.target-file-size-base", "16mb");
        flink.set(RocksDBOptions.OPTIONS_FACTORY, RocksOptions.class.getName());
        flink.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, options.checkpointInterval());
        flink.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
        // What is on its way between two stages is in a form of this version and this catalogue: in no checkpoint.
        flink.set(CheckpointingOptions.ENABLE_UNALIGNED, false);
        flink.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        // State on the heap is written in small pieces, each of which would be a call of the system.
        flink.set(CheckpointingOptions.FS_WRITE_BUFFER_SIZE, CHECKPOINT_BUFFER_BYTES);
        if (options.checkpointDir() != null) {
            String root = options.checkpointDir().replaceAll("/+$", "");
            flink.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, root + "/" + job);
        }
        flink.set(
                RestartStrategyOptions.RESTART_STRATEGY,
                RestartStrategyOptions.RestartStrategyType.EXPONENTIAL_DELAY.getMainValue());
        flink.set(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF, Duration.ofSeconds(1));
        flink.set(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF, options.restartMaxDelay());
        flink.set(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_BACKOFF_MULTIPLIER, 2.0);
        flink.set(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_ATTEMPTS, Integer.MAX_VALUE);
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment(flink);
        if (options.parallelism() > 0) {
            environment.setParallelism(options.parallelism());
        }
        return environment;
    }
}
