package dev.millrace.runtime.kafka;

import dev.millrace.contract.CustomerEvent;
import dev.millrace.core.event.Event;
import dev.millrace.runtime.config.MillraceConfig.KafkaOptions;
import dev.millrace.runtime.config.MillraceConfig.RegistryOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes events to the raw topic as Millrace's own producers do: Avro in the Confluent wire format, keyed by user id,
 * else anonymous id, idempotent, acknowledged by all replicas. Safe for use by several threads.
 */
public final class RawEventProducer implements AutoCloseable {
    private final String topic;
    private final KafkaProducer<byte[], byte[]> producer;
    private final ThreadLocal<AvroEncoder<CustomerEvent>> encoder;

    /**
     * Connects, and registers the schema.
     *
     * @param overrides of the producer's configuration, such as {@code delivery.timeout.ms}
     */
    public RawEventProducer(KafkaOptions kafka, RegistryOptions registry, String topic, Map<String, String> overrides) {
        this.topic = topic;
        int schemaId;
        try (SchemaRegistry client = new SchemaRegistry(registry)) {
            schemaId = client.id(topic, CustomerEvent.getClassSchema());
        }
        this.encoder = ThreadLocal.withInitial(() -> new AvroEncoder<>(CustomerEvent.getClassSchema(), schemaId));
        Map<String, Object> config = new HashMap<>();
        config.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        config.put(ProducerConfig.LINGER_MS_CONFIG, "5");
        config.put(ProducerConfig.BATCH_SIZE_CONFIG, "131072");
        config.putAll(kafka.properties());
        config.putAll(overrides);
        config.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        this.producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Sends an event; the callback is told, on another thread, when it is acknowledged or given up. */
    public void send(Event event, Callback callback) {
        byte[] value = encoder.get().encode(EventContract.toContract(event));
        send(key(event), value, callback);
    }

    /** Sends bytes as they are, which need not be an event at all. */
    public void send(byte[] key, byte[] value, Callback callback) {
        producer.send(new ProducerRecord<>(topic, key, value), callback);
    }

    /** Waits until all that was sent is acknowledged or given up. */
    public void flush() {
        producer.flush();
    }

    @Override
    public void close() {
        close(Duration.ofSeconds(30));
    }

    /** Waits for what is under way, at most that long. */
    public void close(Duration timeout) {
        producer.close(timeout);
    }

    private static byte[] key(Event event) {
        String id = event.userId() != null ? event.userId() : event.anonymousId();
        return id == null ? null : id.getBytes(StandardCharsets.UTF_8);
    }
}
