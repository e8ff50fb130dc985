package dev.millrace.measure;

import dev.millrace.runtime.config.ConfigFile;
import dev.millrace.runtime.config.JobEnvironment;
import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.runtime.config.MillraceConfig.MeasureOptions;
import dev.millrace.runtime.config.MillraceConfig.StoreOptions;
import dev.millrace.runtime.kafka.DeadLetter;
import dev.millrace.runtime.kafka.EventTimeProgress;
import dev.millrace.runtime.kafka.KafkaSinks;
import dev.millrace.runtime.kafka.KafkaSources;
import dev.millrace.runtime.kafka.StitchedRead;
import dev.millrace.runtime.postgres.PostgresHistory;
import dev.millrace.runtime.postgres.ServingStore;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Keeps the metrics of the catalogue, and who the people are: {@code millrace.stitched} to PostgreSQL. */
public final class MeasureJob {
    /** Name in the cluster, Kafka group, directory of its checkpoints. */
    public static final String NAME = "millrace-measure";

    /** Each has the stages pass on what they gather; all that waits for it is that a window is called closed. */
    private static final long WATERMARK_MILLIS = 500;

    private MeasureJob() {}

    public static void main(String[] arguments) throws Exception {
        MillraceConfig config = ConfigFile.fromArguments(arguments);
        StreamExecutionEnvironment environment = JobEnvironment.create(config, NAME);
        environment.getConfig().setAutoWatermarkInterval(WATERMARK_MILLIS);

        DataStream<StitchedRead> stitched = environment
                .fromSource(
                        KafkaSources.stitched(config, NAME),
                        EventTimeProgress.ofStitched(config.measure().idleAfter()),
                        "stitched")
                .uid("stitched");

        DataStream<DeadLetter> deadLetters = environment
                .fromSource(KafkaSources.rejected(config, NAME), EventTimeProgress.none(), "dead letters")
                .uid("dead-letters");

        StoreOptions store = config.requireStore();
        MeasurePipeline pipeline = MeasurePipeline.define(
                stitched, deadLetters, config, new PostgresHistory(store, System.currentTimeMillis()));

        MeasureOptions measure = config.measure();
        ServingStore.metricValuesAtLeastOnce(store, measure).drain(pipeline.rows(), "metric-values");
        ServingStore.eventTimeProgressAtLeastOnce(store, measure).drain(pipeline.progress(), "event-time-progress");
        ServingStore.sessionsAtLeastOnce(store, measure).drain(pipeline.sessions(), "sessions");
        ServingStore.recentEventsAtLeastOnce(store, measure).drain(pipeline.recentEvents(), "recent-events");
        ServingStore.identifiersAtLeastOnce(store, measure).drain(pipeline.identifiers(), "identifiers");
        ServingStore.identityLinksAtLeastOnce(store, measure).drain(pipeline.links(), "identity-links");
        ServingStore.profileMergesAtLeastOnce(store, measure).drain(pipeline.merges(), "profile-merges");
        ServingStore.identifierTraitsAtLeastOnce(store, measure).drain(pipeline.traits(), "identifier-traits");
        pipeline.rejected()
                .sinkTo(KafkaSinks.rejectedAtLeastOnce(config))
                .name("rejected")
                .uid("rejected");
        environment.execute(NAME);
    }
}
