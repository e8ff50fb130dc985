package dev.millrace.runtime.kafka;

import dev.millrace.runtime.config.MillraceConfig.RegistryOptions;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.util.function.SerializableFunction;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Turns what a stream carries into records of a contract, in the Confluent wire format. */
final class AvroSerializer<T, R extends SpecificRecord> implements KafkaRecordSerializationSchema<T> {
    private final String topic;
    private final RegistryOptions registryOptions;
    private final Class<R> contract;
    private final SerializableFunction<T, byte[]> key;
    private final SerializableFunction<T, R> value;
    private transient AvroEncoder<R> encoder;

    AvroSerializer(
            String topic,
            RegistryOptions registryOptions,
            Class<R> contract,
            SerializableFunction<T, byte[]> key,
            SerializableFunction<T, R> value) {
        this.topic = topic;
        this.registryOptions = registryOptions;
        this.contract = contract;
        this.key = key;
        this.value = value;
    }

    @Override
    public void open(SerializationSchema.InitializationContext context, KafkaSinkContext sinkContext) {
        Schema schema = SpecificData.get().getSchema(contract);
        try (SchemaRegistry registry = new SchemaRegistry(registryOptions)) {
            encoder = new AvroEncoder<>(schema, registry.id(topic, schema));
        }
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(T element, KafkaSinkContext context, Long timestamp) {
        return new ProducerRecord<>(topic, key.apply(element), encoder.encode(value.apply(element)));
    }
}
