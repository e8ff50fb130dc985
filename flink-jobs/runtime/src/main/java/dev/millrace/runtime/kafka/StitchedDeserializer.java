package dev.millrace.runtime.kafka;

import dev.millrace.contract.AttributedEvent;
import dev.millrace.contract.JoiningLink;
import dev.millrace.contract.Link;
import dev.millrace.contract.StitchedRecord;
import dev.millrace.core.event.Rejected;
import dev.millrace.core.event.RejectionReason;
import dev.millrace.core.identity.Attribution;
import dev.millrace.core.identity.LinkKey;
import dev.millrace.core.identity.Standing;
import dev.millrace.runtime.config.MillraceConfig.RegistryOptions;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Reads {@code millrace.stitched}: every record comes out, decodable or not. */
final class StitchedDeserializer implements KafkaRecordDeserializationSchema<StitchedRead> {
    private static final String STAGE = "measure";
    /** Flink's own limit of parallelism. */
    private static final int MAX_WRITERS = 1 << 15;

    private final RegistryOptions registryOptions;
    private transient AvroDecoder<StitchedRecord> avro;

    StitchedDeserializer(RegistryOptions registryOptions) {
        this.registryOptions = registryOptions;
    }

    @Override
    public void open(DeserializationSchema.InitializationContext context) {
        avro = new AvroDecoder<>(StitchedRecord.class, new SchemaRegistry(registryOptions));
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<StitchedRead> out) {
        if (record.value() == null) {
            out.collect(rejected(record, RejectionReason.EMPTY, "the record has no value"));
            return;
        }
        try {
            StitchedRecord stitched = avro.decode(record.value());
            if (stitched.getWriter() < 0
                    || stitched.getWriter() >= stitched.getWriters()
                    || stitched.getWriters() > MAX_WRITERS) {
                String why = "there can't be a writer " + stitched.getWriter() + " of " + stitched.getWriters();
                out.collect(rejected(record, RejectionReason.MALFORMED, why));
                return;
            }
            out.collect(new StitchedRead(record.timestamp(), attribution(stitched), null));
        } catch (UndecodableException e) {
            out.collect(rejected(record, e.reason(), e.getMessage()));
        }
    }

    private static StitchedRead rejected(ConsumerRecord<byte[], byte[]> record, RejectionReason reason, String why) {
        return new StitchedRead(
                record.timestamp(),
                null,
                new Rejected(
                        record.topic(),
                        record.partition(),
                        record.offset(),
                        record.timestamp(),
                        record.key(),
                        record.value(),
                        STAGE,
                        reason,
                        why));
    }

    private static Attribution attribution(StitchedRecord record) {
        AttributedEvent body = record.getBody() instanceof AttributedEvent event ? event : null;
        return new Attribution(
                record.getIdentifier(),
                record.getProfileId(),
                record.getWatermark() == null ? null : record.getWatermark().toEpochMilli(),
                record.getWriter(),
                record.getWriters(),
                body == null ? "" : body.getTopic(),
                body == null ? 0 : body.getPartition(),
                body == null ? 0 : body.getOffset(),
                body == null ? 0 : body.getEventTime().toEpochMilli(),
                body == null ? null : EventContract.fromContract(body.getEvent()),
                record.getBody() instanceof Link link
                        ? LinkKey.of(link.getFirstSeen().toEpochMilli(), record.getIdentifier(), link.getOther())
                        : null,
                record.getStanding() == null ? null : standing(record.getStanding()));
    }

    private static Standing standing(dev.millrace.contract.Standing standing) {
        JoiningLink cause = standing.getCause();
        return new Standing(
                standing.getFirstSeen().toEpochMilli(),
                standing.getSince().toEpochMilli(),
                standing.getPreviousProfileId(),
                cause == null ? null : LinkKey.of(cause.getFirstSeen().toEpochMilli(), cause.getA(), cause.getB()),
                standing.getLinksLimited());
    }

    @Override
    public TypeInformation<StitchedRead> getProducedType() {
        return TypeInformation.of(StitchedRead.class);
    }
}
