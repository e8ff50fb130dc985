package dev.millrace.bench;

import dev.millrace.contract.CustomerEvent;
import dev.millrace.runtime.config.ConfigFile;
import dev.millrace.runtime.config.JobEnvironment;
import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.runtime.config.MillraceConfig.RegistryOptions;
import java.util.Properties;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.formats.avro.registry.confluent.ConfluentRegistryAvroDeserializationSchema;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * Decodes raw events as anyone would, with Flink's own reader, and discards them: as fast as a job on the raw topic can
 * be that does nothing. A record that is no {@code CustomerEvent} fails it.
 */
public final class LimitJob {
    /** Name in the cluster, Kafka group, directory of its checkpoints. */
    public static final String NAME = "bench-limit";

    private LimitJob() {}

    public static void main(String[] arguments) throws Exception {
        MillraceConfig config = ConfigFile.fromArguments(arguments);
        run(config, NAME, "raw", config.topics().produced(), CustomerEvent.class);
    }

    /**
     * Runs until it is cancelled.
     *
     * @param source what its source is called
     * @param type of the topic's records
     */
    static <T extends SpecificRecord> void run(
            MillraceConfig config, String name, String source, String topic, Class<T> type) throws Exception {
        StreamExecutionEnvironment environment = JobEnvironment.create(config, name);
        environment
                .fromSource(records(config, name, topic, type), WatermarkStrategy.noWatermarks(), source)
                .uid(source)
                .sinkTo(new DiscardingSink<>())
                .name("discard")
                .uid("discard");
        environment.execute(name);
    }

    private static <T extends SpecificRecord> KafkaSource<T> records(
            MillraceConfig config, String name, String topic, Class<T> type) {
        Properties properties = new Properties();
        properties.putAll(config.kafka().properties());
        return KafkaSource.<T>builder()
                .setBootstrapServers(config.kafka().bootstrapServers())
                .setTopics(topic)
                .setGroupId(name)
                .setClientIdPrefix(name)
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setValueOnlyDeserializer(reader(config.registry(), type))
                .setProperties(properties)
                .build();
    }

    static <T extends SpecificRecord> DeserializationSchema<T> reader(RegistryOptions registry, Class<T> type) {
        return ConfluentRegistryAvroDeserializationSchema.forSpecific(type, registry.url(), registry.properties());
    }
}
