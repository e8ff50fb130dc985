package dev.millrace.runtime.kafka;

import dev.millrace.contract.StitchedRecord;
import dev.millrace.core.identity.Arrival;
import dev.millrace.core.identity.Decision;
import dev.millrace.core.identity.LinkKey;
import dev.millrace.core.identity.Standing;
import dev.millrace.runtime.config.MillraceConfig.RegistryOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Writes {@code StitchedRecord}s field by field, in the contract's order, so that an event's bytes go in as they are: they
 * are the Avro of the nested record already.
 */
final class StitchedSerializer implements KafkaRecordSerializationSchema<Decision> {
    /** Branches of the body's union. */
    static final int NOTHING = 0;

    static final int EVENT = 1;
    static final int LINK = 2;
    static final int DUPLICATE = 3;

    private final String topic;
    private final RegistryOptions registryOptions;
    private transient int schemaId;
    private transient long term;
    private transient ByteArrayOutputStream bytes;
    private transient BinaryEncoder encoder;

    StitchedSerializer(String topic, RegistryOptions registryOptions) {
        this.topic = topic;
        this.registryOptions = registryOptions;
    }

    @Override
    public void open(SerializationSchema.InitializationContext context, KafkaSinkContext sinkContext) {
        // Before anything that may take its time: who takes this one's place must have begun later.
        long begunMillis = System.currentTimeMillis();
        Schema schema = StitchedRecord.getClassSchema();
        try (SchemaRegistry registry = new SchemaRegistry(registryOptions)) {
            open(registry.id(topic, schema), begunMillis);
        }
    }

    /** @param begunMillis when this attempt of the job began */
    void open(int id, long begunMillis) {
        schemaId = id;
        term = begunMillis;
        bytes = new ByteArrayOutputStream(1024);
        encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(Decision decision, KafkaSinkContext context, Long timestamp) {
        byte[] identifier = decision.identifier().getBytes(StandardCharsets.UTF_8);
        return new ProducerRecord<>(topic, identifier, value(decision, identifier));
    }

    byte[] value(Decision decision, byte[] identifier) {
        bytes.reset();
        bytes.write(AvroEncoder.MAGIC);
        for (int shift = 24; shift >= 0; shift -= 8) {
            bytes.write(schemaId >>> shift);
        }
        try {
            encoder.writeBytes(identifier, 0, identifier.length);
            encoder.writeString(decision.profileId());
            if (decision.watermarkMillis() == null) {
                encoder.writeIndex(0);
            } else {
                encoder.writeIndex(1);
                encoder.writeLong(decision.watermarkMillis());
            }
            encoder.writeInt(decision.writer());
            encoder.writeInt(decision.writers());
            writeBody(decision);
            writeStanding(decision.standing());
            encoder.writeIndex(1);
            encoder.writeLong(decision.firstSeenMillis());
            encoder.writeLong(term);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private void writeBody(Decision decision) throws IOException {
        Arrival arrival = decision.arrival();
        LinkKey link = decision.link();
        if (arrival != null) {
            encoder.writeIndex(decision.duplicate() ? DUPLICATE : EVENT);
            encoder.writeString(arrival.topic());
            encoder.writeInt(arrival.partition());
            encoder.writeLong(arrival.offset());
            encoder.writeLong(arrival.eventTimeMillis());
            if (!decision.duplicate()) {
                encoder.writeFixed(arrival.avro(), arrival.from(), arrival.to() - arrival.from());
            }
        } else if (link != null) {
            encoder.writeIndex(LINK);
            encoder.writeString(link.other(decision.identifier()));
            encoder.writeLong(link.timeMillis());
        } else {
            encoder.writeIndex(NOTHING);
        }
    }

    private void writeStanding(Standing standing) throws IOException {
        if (standing == null) {
            encoder.writeIndex(0);
            return;
        }
        encoder.writeIndex(1);
        encoder.writeLong(standing.firstSeenMillis());
        encoder.writeLong(standing.sinceMillis());
        if (standing.previousProfileId() == null) {
            encoder.writeIndex(0);
        } else {
            encoder.writeIndex(1);
            encoder.writeString(standing.previousProfileId());
        }
        LinkKey cause = standing.cause();
        if (cause == null) {
            encoder.writeIndex(0);
        } else {
            encoder.writeIndex(1);
            encoder.writeString(cause.lesser());
            encoder.writeString(cause.greater());
            encoder.writeLong(cause.timeMillis());
        }
        encoder.writeBoolean(standing.linksLimited());
    }
}
