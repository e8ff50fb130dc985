package dev.millrace.measure;

import dev.millrace.core.event.Event;
import dev.millrace.core.identity.Attribution;
import dev.millrace.core.metric.Observation;
import dev.millrace.core.metric.Observation.SeenEvent;
import dev.millrace.runtime.binary.BinaryType;
import dev.millrace.runtime.config.ConfigFile;
import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.runtime.config.MillraceConfig.MeasureOptions;
import dev.millrace.runtime.config.MillraceConfig.StitchOptions;
import dev.millrace.runtime.kafka.DeadLetter;
import dev.millrace.runtime.kafka.StitchedRead;
import dev.millrace.runtime.postgres.StoreHistory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** All of the job but Kafka and the store: two subtasks, each identifier's records in order. */
final class Pipelines {
    static final MillraceConfig DEFAULTS = ConfigFile.load(Path.of("src/test/resources/millrace.yaml"));

    private Pipelines() {}

    /** With these options; message ids are remembered for a week. */
    static MillraceConfig with(MeasureOptions measure) {
        return new MillraceConfig(
                DEFAULTS.kafka(),
                DEFAULTS.registry(),
                DEFAULTS.topics(),
                DEFAULTS.flink(),
                DEFAULTS.mirror(),
                DEFAULTS.identity(),
                new StitchOptions(Duration.ofDays(7), 0, null, null, null),
                measure,
                DEFAULTS.store());
    }

    static StreamExecutionEnvironment environment() {
        Configuration configuration = new Configuration();
        configuration.set(PipelineOptions.GENERIC_TYPES, false);
        return StreamExecutionEnvironment.createLocalEnvironment(2, configuration);
    }

    static MeasurePipeline define(
            StreamExecutionEnvironment environment,
            List<StitchedRead> input,
            DeadLetter letter,
            MillraceConfig config) {
        return MeasurePipeline.define(
                environment
                        .fromData(
                                input,
                                BinaryType.stitchedRead(
                                        config.measure().catalogue().catalogue()))
                        // As in the topic: the records of one identifier stay in their order.
                        .partitionCustom(
                                (identifier, partitions) -> Math.floorMod(identifier.hashCode(), partitions),
                                read -> read.observation() == null
                                        ? ""
                                        : read.observation().identifier()),
                environment.fromData(List.of(letter), TypeInformation.of(DeadLetter.class)),
                config,
                StoreHistory.none());
    }

    /** What is read of what an actor decided that was first seen then, but for what its event is to metrics. */
    static StitchedRead read(Attribution decided, long firstSeenMillis) {
        Event event = decided.event();
        SeenEvent seen = event == null
                ? null
                : new SeenEvent(
                        decided.topic() + '/' + decided.partition(),
                        decided.offset(),
                        decided.eventTimeMillis(),
                        decided.offset(),
                        false,
                        decided.eventTimeMillis(),
                        List.of(),
                        event.type(),
                        event.name());
        boolean traits = event != null && event.traits() != null;
        Attribution people = decided.link() == null && decided.standing() == null && !traits
                ? null
                : new Attribution(
                        decided.identifier(),
                        decided.profileId(),
                        null,
                        0,
                        1,
                        "",
                        0,
                        0,
                        decided.eventTimeMillis(),
                        traits ? event : null,
                        decided.link(),
                        decided.standing());
        return new StitchedRead(
                0,
                null,
                0,
                1,
                new Observation(
                        decided.identifier(),
                        decided.profileId(),
                        decided.standing() == null ? null : decided.standing().previousProfileId(),
                        firstSeenMillis,
                        0,
                        seen,
                        people),
                null);
    }
}
