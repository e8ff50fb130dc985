package dev.millrace.runtime.kafka;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;

/**
 * Writes records in the Confluent wire format: a zero byte, the schema's id (4 bytes, big endian), Avro binary.
 *
 * <p>Not for use by several threads.
 */
public final class AvroEncoder<T extends SpecificRecord> {
    static final byte MAGIC = 0;
    static final int HEADER_BYTES = 5;

    private final int schemaId;
    private final DatumWriter<T> writer;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
    private BinaryEncoder encoder;

    public AvroEncoder(Schema schema, int schemaId) {
        this.schemaId = schemaId;
        this.writer = new SpecificDatumWriter<>(schema);
    }

    /** The bytes of a record. */
    public byte[] encode(T message) {
        bytes.reset();
        bytes.write(MAGIC);
        for (int shift = 24; shift >= 0; shift -= 8) {
            bytes.write(schemaId >>> shift);
        }
        try {
            encoder = EncoderFactory.get().binaryEncoder(bytes, encoder);
            writer.write(message, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
