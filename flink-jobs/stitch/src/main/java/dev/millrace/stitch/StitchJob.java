package dev.millrace.stitch;

import dev.millrace.runtime.config.ConfigFile;
import dev.millrace.runtime.config.JobEnvironment;
import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.runtime.config.MillraceConfig.StitchOptions;
import dev.millrace.runtime.kafka.EventTimeProgress;
import dev.millrace.runtime.kafka.KafkaSinks;
import dev.millrace.runtime.kafka.KafkaSources;
import dev.millrace.runtime.kafka.RawRecord;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Attributes raw events to profiles: raw topics to {@code millrace.stitched} and {@code millrace.rejected}. */
public final class StitchJob {
    /** Name in the cluster, Kafka group, directory of its checkpoints. */
    public static final String NAME = "millrace-stitch";

    private StitchJob() {}

    public static void main(String[] arguments) throws Exception {
        MillraceConfig config = ConfigFile.fromArguments(arguments);
        StitchOptions options = config.stitch();
        StreamExecutionEnvironment environment = JobEnvironment.create(config, NAME);

        DataStream<RawRecord> raw = environment
                .fromSource(
                        KafkaSources.raw(config, NAME),
                        EventTimeProgress.ofRaw(options.outOfOrderness(), options.maxFuture(), options.idleAfter()),
                        "raw")
                .uid("raw");

        StitchPipeline pipeline = StitchPipeline.define(raw, options);

        pipeline.stitched()
                .sinkTo(KafkaSinks.stitchedAtLeastOnce(config))
                .name("stitched")
                .uid("stitched");
        pipeline.rejected()
                .sinkTo(KafkaSinks.rejectedAtLeastOnce(config))
                .name("rejected")
                .uid("rejected");
        environment.execute(NAME);
    }
}
