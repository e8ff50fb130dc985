package dev.millrace.runtime.kafka;

import dev.millrace.core.event.RejectionReason;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;

/**
 * Reads records in the Confluent wire format, whatever compatible schema they were written with.
 *
 * <p>Bad bytes are an {@link UndecodableException}; a registry that can't be reached is an {@link
 * java.io.UncheckedIOException}, for the caller to try again. Not for use by several threads.
 */
public final class AvroDecoder<T extends SpecificRecord> {
    private final Class<T> type;
    private final Schema reader;
    private final SchemaRegistry registry;
    private final Map<Integer, SpecificDatumReader<T>> readers = new HashMap<>();
    private final BoundedDecoder decoder = new BoundedDecoder();

    public AvroDecoder(Class<T> type, SchemaRegistry registry) {
        this.type = type;
        this.reader = SpecificData.get().getSchema(type);
        this.registry = registry;
    }

    /** The record of these bytes. */
    public T decode(byte[] value) throws UndecodableException {
        if (value.length < AvroEncoder.HEADER_BYTES || value[0] != AvroEncoder.MAGIC) {
            throw new UndecodableException(
                    RejectionReason.MALFORMED,
                    "the value does not start with the Confluent wire format's zero byte and schema id; if the topic"
                            + " carries JSON, set its format to json");
        }
        int id = ByteBuffer.wrap(value, 1, 4).getInt();
        SpecificDatumReader<T> datumReader = readers.get(id);
        if (datumReader == null) {
            datumReader = reader(id);
            readers.put(id, datumReader);
        }
        try {
            decoder.over(value, AvroEncoder.HEADER_BYTES, value.length - AvroEncoder.HEADER_BYTES);
            T decoded = datumReader.read(null, decoder);
            if (!decoder.isEnd()) {
                throw new UndecodableException(
                        RejectionReason.MALFORMED, "bytes are left after the record of schema id " + id);
            }
            return decoded;
        } catch (EOFException e) {
            throw new UndecodableException(
                    RejectionReason.MALFORMED, "the value ends before its record does, schema id " + id);
        } catch (IOException
                | AvroRuntimeException
                | IndexOutOfBoundsException
                | ClassCastException
                | UnsupportedOperationException e) {
            // What Avro's decoder throws on bytes that are not of the schema.
            throw new UndecodableException(
                    RejectionReason.MALFORMED, "the value is not Avro of schema id " + id + ": " + e.getMessage());
        }
    }

    private SpecificDatumReader<T> reader(int id) throws UndecodableException {
        Optional<Schema> writer = registry.schema(id);
        if (writer.isEmpty()) {
            throw new UndecodableException(
                    RejectionReason.UNKNOWN_SCHEMA, "the schema registry knows no Avro schema with id " + id);
        }
        var compatibility = SchemaCompatibility.checkReaderWriterCompatibility(reader, writer.get());
        if (compatibility.getType() != SchemaCompatibilityType.COMPATIBLE) {
            throw new UndecodableException(
                    RejectionReason.UNKNOWN_SCHEMA,
                    "schema id " + id + " (" + writer.get().getFullName() + ") can't be read as "
                            + type.getSimpleName());
        }
        return new SpecificDatumReader<>(writer.get(), reader);
    }
}
