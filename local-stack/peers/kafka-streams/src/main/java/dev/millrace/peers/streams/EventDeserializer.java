package dev.millrace.peers.streams;

import dev.millrace.contract.CustomerEvent;
import dev.millrace.runtime.config.MillraceConfig.RegistryOptions;
import dev.millrace.runtime.kafka.AvroDecoder;
import dev.millrace.runtime.kafka.SchemaRegistry;
import dev.millrace.runtime.kafka.UndecodableException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Reads the raw topic's values: Avro in the Confluent wire format, as Confluent's own deserializer does, which is not on
 * Maven Central. Safe for use by several threads.
 */
final class EventDeserializer implements Deserializer<CustomerEvent> {
    private final SchemaRegistry registry;
    private final ThreadLocal<AvroDecoder<CustomerEvent>> decoder;

    EventDeserializer(RegistryOptions options) {
        this.registry = new SchemaRegistry(options);
        this.decoder = ThreadLocal.withInitial(() -> new AvroDecoder<>(CustomerEvent.class, registry));
    }

    @Override
    public CustomerEvent deserialize(String topic, byte[] value) {
        try {
            return value == null ? null : decoder.get().decode(value);
        } catch (UndecodableException e) {
            throw new SerializationException(e);
        }
    }
}
