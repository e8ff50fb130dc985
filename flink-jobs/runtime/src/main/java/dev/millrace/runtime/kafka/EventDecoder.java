package dev.millrace.runtime.kafka;

import dev.millrace.contract.CustomerEvent;
import dev.millrace.core.event.Envelope;
import dev.millrace.core.event.Event;
import dev.millrace.core.event.MalformedEventException;
import dev.millrace.core.event.SegmentJson;
import dev.millrace.runtime.config.MillraceConfig.RawFormat;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;

/**
 * Finds the event in a raw record's value. Bytes that were written under today's contract are taken as they are; those of
 * another version of it, and JSON, are brought to it first.
 *
 * <p>Not for use by several threads.
 */
final class EventDecoder {
    private static final long CONTRACT = SchemaNormalization.parsingFingerprint64(CustomerEvent.getClassSchema());

    private final SchemaRegistry registry;
    private final AvroDecoder<CustomerEvent> decoder;
    private final AvroEncoder<CustomerEvent> encoder = new AvroEncoder<>(CustomerEvent.getClassSchema(), 0);
    /** By schema id: whether its binary form is that of the contract. */
    private final Map<Integer, Boolean> isContract = new HashMap<>();

    private int lastId = -1;
    private boolean lastIsContract;

    EventDecoder(SchemaRegistry registry) {
        this.registry = registry;
        this.decoder = new AvroDecoder<>(CustomerEvent.class, registry);
    }

    /** Makes the envelope that of the event in a value. */
    void decode(byte[] value, RawFormat format, Envelope envelope)
            throws UndecodableException, MalformedEventException {
        if (format == RawFormat.AVRO) {
            if (hasContract(value) && envelope.read(value, AvroEncoder.HEADER_BYTES, value.length)) {
                return;
            }
            encoded(EventContract.fromContract(decoder.decode(value)), envelope);
        } else {
            encoded(SegmentJson.read(value), envelope);
        }
    }

    private void encoded(Event event, Envelope envelope) {
        byte[] avro = encoder.encode(EventContract.toContract(event));
        if (!envelope.read(avro, AvroEncoder.HEADER_BYTES, avro.length)) {
            throw new IllegalStateException("the envelope does not know the contract's fields");
        }
    }

    private boolean hasContract(byte[] value) {
        if (value.length < AvroEncoder.HEADER_BYTES || value[0] != AvroEncoder.MAGIC) {
            return false;
        }
        int id = ByteBuffer.wrap(value, 1, 4).getInt();
        if (id != lastId) {
            Boolean known = isContract.get(id);
            if (known == null) {
                Schema writer = registry.schema(id).orElse(null);
                if (writer == null) {
                    return false; // Perhaps it is registered by the time of the next record.
                }
                known = SchemaNormalization.parsingFingerprint64(writer) == CONTRACT;
                isContract.put(id, known);
            }
            lastIsContract = known;
            lastId = id;
        }
        return lastIsContract;
    }
}
