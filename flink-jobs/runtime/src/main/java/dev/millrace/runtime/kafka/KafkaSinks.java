package dev.millrace.runtime.kafka;

import dev.millrace.contract.AttributedEvent;
import dev.millrace.contract.RejectedRecord;
import dev.millrace.contract.StitchedRecord;
import dev.millrace.core.event.Rejected;
import dev.millrace.core.identity.Attribution;
import dev.millrace.runtime.config.MillraceConfig;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Properties;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;

/** The topics as sinks: at least once, flushed before a checkpoint completes, acknowledged by all replicas. */
public final class KafkaSinks {
    private KafkaSinks() {}

    /** {@code millrace.stitched}, keyed by identifier. */
    public static KafkaSink<Attribution> stitchedAtLeastOnce(MillraceConfig config) {
        return sink(
                config,
                new AvroSerializer<Attribution, StitchedRecord>(
                        config.topics().stitched(),
                        config.registry(),
                        StitchedRecord.class,
                        attribution -> attribution.identifier().getBytes(StandardCharsets.UTF_8),
                        KafkaSinks::contract));
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
                        KafkaSinks::contract));
    }

    private static StitchedRecord contract(Attribution a) {
        AttributedEvent body = a.event() == null
                ? null
                : new AttributedEvent(
                        a.topic(),
                        a.partition(),
                        a.offset(),
                        Instant.ofEpochMilli(a.eventTimeMillis()),
                        EventContract.toContract(a.event()));
        Instant watermark = a.watermarkMillis() == null ? null : Instant.ofEpochMilli(a.watermarkMillis());
        return new StitchedRecord(a.identifier(), a.profileId(), watermark, a.writer(), a.writers(), body);
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

    private static <T> KafkaSink<T> sink(MillraceConfig config, AvroSerializer<T, ?> serializer) {
        Properties properties = new Properties();
        properties.put("compression.type", "lz4");
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
