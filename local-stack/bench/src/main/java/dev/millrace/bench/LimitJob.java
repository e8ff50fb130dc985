package dev.millrace.bench;

import dev.millrace.contract.CustomerEvent;
import dev.millrace.runtime.config.ConfigFile;
import dev.millrace.runtime.config.JobEnvironment;
import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.runtime.config.MillraceConfig.RegistryOptions;
import java.util.Properties;
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
        StreamExecutionEnvironment environment = JobEnvironment.create(config, NAME);
        environment
                .fromSource(raw(config), WatermarkStrategy.noWatermarks(), "raw")
                .uid("raw")
                .sinkTo(new DiscardingSink<>())
                .name("discard")
                .uid("discard");
        environment.execute(NAME);
    }

    private static KafkaSource<CustomerEvent> raw(MillraceConfig config) {
        Properties properties = new Properties();
        properties.putAll(config.kafka().properties());
        return KafkaSource.<CustomerEvent>builder()
                .setBootstrapServers(config.kafka().bootstrapServers())
                .setTopics(config.topics().produced())
                .setGroupId(NAME)
                .setClientIdPrefix(NAME)
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setValueOnlyDeserializer(reader(config.registry()))
                .setProperties(properties)
                .build();
    }

    static DeserializationSchema<CustomerEvent> reader(RegistryOptions registry) {
        return ConfluentRegistryAvroDeserializationSchema.forSpecific(
                CustomerEvent.class, registry.url(), registry.properties());
    }
}
