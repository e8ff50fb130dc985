package dev.millrace.runtime.kafka;

import dev.millrace.contract.IdentityMessage;
import dev.millrace.contract.RejectedRecord;
import dev.millrace.core.event.Rejected;
import dev.millrace.core.identity.Decision;
import dev.millrace.core.identity.Message;
import dev.millrace.runtime.config.MillraceConfig;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Properties;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;

/** The topics as sinks: at least once, flushed before a checkpoint completes, acknowledged by all replicas. */
public final class KafkaSinks {
    /** How long a record waits for others of its partition: each batch costs its reader a fetch, and the broker two. */
    private static final int GATHER_MILLIS = 20;
    /** A message is waited for, and maybe another one after it. */
    private static final int MESSAGE_MILLIS = 10;

    private KafkaSinks() {}

    /** {@code millrace.stitched}, keyed by identifier. */
    public static KafkaSink<Decision> stitchedAtLeastOnce(MillraceConfig config) {
        return sink(config, new StitchedSerializer(config.topics().stitched(), config.registry()), GATHER_MILLIS);
    }

    /** {@code millrace.identity-loop}, keyed by the identifier told. */
    public static KafkaSink<Message> identityLoopAtLeastOnce(MillraceConfig config) {
        return sink(
                config,
                new AvroSerializer<Message, IdentityMessage>(
                        config.topics().identityLoop(),
                        config.registry(),
                        IdentityMessage.class,
                        message -> message.to().getBytes(StandardCharsets.UTF_8),
                        MessageContract::toContract),
                MESSAGE_MILLIS);
    }

    /** {@code millrace.rejected}, keyed by the record's coordinates. */
    public static KafkaSink<Rejected> rejectedAtLeastOnce(MillraceConfig config) {
        return sink(
                config,
                new AvroSerializer<Rejected, RejectedRecord>(
                        config.topics().rejected(),
                        config.registry(),
                        RejectedRecord.class,
                        r -> (r.topic() + '-' + r.partition() + '-' + r.offset()).getBytes(StandardCharsets.UTF_8),
                        KafkaSinks::contract),
                GATHER_MILLIS);
    }

    private static RejectedRecord contract(Rejected r) {
        return new RejectedRecord(
                r.topic(),
                r.partition(),
                r.offset(),
                Instant.ofEpochMilli(r.recordMillis()),
                r.key() == null ? null : ByteBuffer.wrap(r.key()),
                r.value() == null ? null : ByteBuffer.wrap(r.value()),
                r.stage(),
                r.reason().code(),
                r.message());
    }

    private static <T> KafkaSink<T> sink(
            MillraceConfig config, KafkaRecordSerializationSchema<T> serializer, int lingerMillis) {
        Properties properties = new Properties();
        // Not Zstandard: it sets itself up for each of the many small batches, here, at the broker and at the reader.
        properties.put("compression.type", "lz4");
        // Under load a batch fills long before it is sent; without load it is sent when it is small.
        properties.put("batch.size", "131072");
        properties.put("linger.ms", String.valueOf(lingerMillis));
        // Flink shows the producer's metrics; in JMX, producers of one process would stand in each other's way.
        properties.put("metric.reporters", "");
        properties.putAll(config.kafka().properties());
        properties.put("acks", "all");
        // What came in as one record must go out as one, with what is added to it.
        properties.put("max.request.size", String.valueOf(RecordLimits.MAX_RECORD_BYTES));
        // Never give a record up while later ones get through: a checkpoint that times out fails the job instead.
        properties.put("delivery.timeout.ms", String.valueOf(Integer.MAX_VALUE));
        return KafkaSink.<T>builder()
                .setBootstrapServers(config.kafka().bootstrapServers())
                .setKafkaProducerConfig(properties)
                .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
                .setRecordSerializer(serializer)
                .build();
    }
}
