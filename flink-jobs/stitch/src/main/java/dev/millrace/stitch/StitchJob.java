package dev.millrace.stitch;

import dev.millrace.core.identity.Message;
import dev.millrace.runtime.config.ConfigFile;
import dev.millrace.runtime.config.JobEnvironment;
import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.runtime.config.MillraceConfig.StitchOptions;
import dev.millrace.runtime.kafka.EventTimeProgress;
import dev.millrace.runtime.kafka.KafkaSinks;
import dev.millrace.runtime.kafka.KafkaSources;
import dev.millrace.runtime.kafka.RawEvent;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Attributes raw events to people: raw topics to {@code millrace.stitched} and {@code millrace.rejected}. */
public final class StitchJob {
    /** Name in the cluster, Kafka group, directory of its checkpoints. */
    public static final String NAME = "millrace-stitch";

    private StitchJob() {}

    public static void main(String[] arguments) throws Exception {
        MillraceConfig config = ConfigFile.fromArguments(arguments);
        StitchOptions options = config.stitch();
        StreamExecutionEnvironment environment = JobEnvironment.create(config, NAME);

        DataStream<RawEvent> raw = environment
                .fromSource(
                        KafkaSources.raw(config, NAME),
                        EventTimeProgress.ofRaw(options.outOfOrderness(), options.idleAfter()),
                        "raw")
                .uid("raw");
        DataStream<Message> told = environment
                .fromSource(KafkaSources.identityLoop(config, NAME), EventTimeProgress.none(), "identity-loop")
                .uid("identity-loop");

        StitchPipeline pipeline = StitchPipeline.define(raw, told, config);

        pipeline.stitched()
                .sinkTo(KafkaSinks.stitchedAtLeastOnce(config))
                .name("stitched")
                .uid("stitched");
        pipeline.telling()
                .sinkTo(KafkaSinks.identityLoopAtLeastOnce(config))
                .name("telling")
                .uid("telling");
        pipeline.rejected()
                .sinkTo(KafkaSinks.rejectedAtLeastOnce(config))
                .name("rejected")
                .uid("rejected");
        environment.execute(NAME);
    }
}
