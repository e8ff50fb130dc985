package dev.millrace.runtime.kafka;

import dev.millrace.core.identity.Message;
import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.runtime.config.MillraceConfig.MeasureOptions;
import dev.millrace.runtime.config.MillraceConfig.RawTopic;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;

/**
 * The topics as sources. Without a checkpoint they start at the earliest record: what has no state has counted
 * nothing. Offsets are committed to the group at checkpoints, for others to watch the lag; they are never read back.
 */
public final class KafkaSources {
    /** Rows are written twice a second: a few large answers of the broker cost less than one for each batch. */
    private static final Map<String, String> GATHERED = Map.of("fetch.min.bytes", "65536", "fetch.max.wait.ms", "40");
    /** The same, for what other jobs wait for. */
    private static final Map<String, String> SOON = Map.of("fetch.min.bytes", "65536", "fetch.max.wait.ms", "20");
    /** The same, for what nobody waits for. */
    private static final Map<String, String> LATER = Map.of("fetch.min.bytes", "65536", "fetch.max.wait.ms", "250");
    /** A message is waited for, and maybe another one after it; and yet they come in dozens. */
    private static final Map<String, String> MESSAGES = Map.of("fetch.min.bytes", "4096", "fetch.max.wait.ms", "20");

    private KafkaSources() {}

    /** All raw topics, every record of them, soon. */
    public static KafkaSource<RawEvent> raw(MillraceConfig config, String group) {
        return raw(config, group, SOON);
    }

    /** All raw topics, every record of them, at the broker's leisure. */
    public static KafkaSource<RawEvent> rawLater(MillraceConfig config, String group) {
        return raw(config, group, LATER);
    }

    private static KafkaSource<RawEvent> raw(MillraceConfig config, String group, Map<String, String> defaults) {
        List<String> topics = config.topics().raw().stream().map(RawTopic::name).toList();
        return source(
                config,
                group,
                topics,
                new RawEventDeserializer(
                        config.topics().raw(),
                        config.registry(),
                        config.stitch().maxFuture()),
                defaults);
    }

    /** {@code millrace.identity-loop}. */
    public static KafkaSource<Message> identityLoop(MillraceConfig config, String group) {
        return source(
                config,
                group,
                List.of(config.topics().identityLoop()),
                new MessageDeserializer(config.registry()),
                MESSAGES);
    }

    /** {@code millrace.stitched}. */
    public static KafkaSource<StitchedRead> stitched(MillraceConfig config, String group) {
        MeasureOptions measure = config.measure();
        return source(
                config,
                group,
                List.of(config.topics().stitched()),
                new StitchedDeserializer(
                        config.registry(),
                        measure.catalogue(),
                        measure.journeys().enabled() ? measure.sessions() : null),
                GATHERED);
    }

    /** {@code millrace.rejected}. */
    public static KafkaSource<DeadLetter> rejected(MillraceConfig config, String group) {
        return source(
                config,
                group,
                List.of(config.topics().rejected()),
                new DeadLetterDeserializer(config.registry()),
                Map.of());
    }

    private static <T> KafkaSource<T> source(
            MillraceConfig config,
            String group,
            List<String> topics,
            KafkaRecordDeserializationSchema<T> deserializer,
            Map<String, String> defaults) {
        Properties properties = new Properties();
        properties.putAll(defaults);
        properties.putAll(config.kafka().properties());
        return KafkaSource.<T>builder()
                .setBootstrapServers(config.kafka().bootstrapServers())
                .setTopics(topics)
                .setGroupId(group)
                .setClientIdPrefix(group)
                .setStartingOffsets(new EarliestOrFail())
                .setDeserializer(deserializer)
                .setProperties(properties)
                .build();
    }
}
