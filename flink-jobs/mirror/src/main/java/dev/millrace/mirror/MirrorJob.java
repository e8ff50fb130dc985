package dev.millrace.mirror;

import dev.millrace.runtime.config.ConfigFile;
import dev.millrace.runtime.config.JobEnvironment;
import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.runtime.kafka.KafkaSources;
import dev.millrace.runtime.kafka.RawEvent;
import dev.millrace.runtime.parquet.ColdStorage;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Mirrors every raw record, exactly once and byte for byte, to Parquet in cold storage.
 *
 * <pre>
 *   raw topics ──▶ mirror ──▶ &lt;root&gt;/raw/date=…/hour=…/*.parquet
 * </pre>
 *
 * <p>There is no stage between source and sink: what can't be decoded is mirrored like all else.
 */
public final class MirrorJob {
    /** Name in the cluster, Kafka group, directory of its checkpoints. */
    public static final String NAME = "millrace-mirror";

    private MirrorJob() {}

    public static void main(String[] arguments) throws Exception {
        MillraceConfig config = ConfigFile.fromArguments(arguments);
        StreamExecutionEnvironment environment = JobEnvironment.create(config, NAME);

        DataStream<RawEvent> raw = environment
                .fromSource(KafkaSources.rawLater(config, NAME), WatermarkStrategy.noWatermarks(), "raw")
                .uid("raw");
        mirror(raw, config);

        environment.execute(NAME);
    }

    /** Writes a stream of raw records to cold storage. */
    static void mirror(DataStream<RawEvent> raw, MillraceConfig config) {
        raw.sinkTo(ColdStorage.exactlyOnceSink(config)).name("cold storage").uid("cold-storage");
    }
}
