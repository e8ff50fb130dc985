package dev.millrace.runtime.kafka;

import dev.millrace.core.identity.Message;
import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.runtime.config.MillraceConfig.RawTopic;
import java.util.List;
import java.util.Properties;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;

/**
 * The topics as sources. Without a checkpoint they start at the earliest record: what has no state has counted
 * nothing. Offsets are committed to the group at checkpoints, for others to watch the lag; they are never read back.
 */
public final class KafkaSources {
    private KafkaSources() {}

    /** All raw topics, decoded and with all there is of each record. */
    public static KafkaSource<RawRecord> raw(MillraceConfig config, String group) {
        List<String> topics = config.topics().raw().stream().map(RawTopic::name).toList();
        return source(
                config, group, topics, new RawRecordDeserializer(config.topics().raw(), config.registry()));
    }

    /** All raw topics, as StitchJob reads them. */
    public static KafkaSource<RawEvent> events(MillraceConfig config, String group) {
        List<String> topics = config.topics().raw().stream().map(RawTopic::name).toList();
        return source(
                config,
                group,
                topics,
                new RawEventDeserializer(
                        config.topics().raw(),
                        config.registry(),
                        config.stitch().maxFuture()));
    }

    /** {@code millrace.identity-loop}. */
    public static KafkaSource<Message> identityLoop(MillraceConfig config, String group) {
        return source(
                config, group, List.of(config.topics().identityLoop()), new MessageDeserializer(config.registry()));
    }

    /** {@code millrace.stitched}. */
    public static KafkaSource<StitchedRead> stitched(MillraceConfig config, String group) {
        return source(
                config,
                group,
                List.of(config.topics().stitched()),
                new StitchedDeserializer(
                        config.registry(),
                        config.measure().catalogue(),
                        config.measure().journeys().enabled()));
    }

    /** {@code millrace.rejected}. */
    public static KafkaSource<DeadLetter> rejected(MillraceConfig config, String group) {
        return source(
                config, group, List.of(config.topics().rejected()), new DeadLetterDeserializer(config.registry()));
    }

    private static <T> KafkaSource<T> source(
            MillraceConfig config,
            String group,
            List<String> topics,
            KafkaRecordDeserializationSchema<T> deserializer) {
        Properties properties = new Properties();
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
