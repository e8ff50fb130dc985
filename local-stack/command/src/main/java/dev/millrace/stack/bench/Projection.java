package dev.millrace.stack.bench;

import dev.millrace.stack.StackException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

/** Reads a few fields of a topic's records and skips the others. Not for use by several threads. */
final class Projection {
    private static final int HEADER_BYTES = 5;

    /** Of {@code millrace.stitched}. */
    static final Schema STITCHED = new Schema.Parser()
            .parse(
                    """
                    {"type": "record", "name": "StitchedRecord", "namespace": "dev.millrace.contract", "fields": [
                      {"name": "identifier", "type": "string"},
                      {"name": "body", "default": null, "type": ["null",
                        {"type": "record", "name": "AttributedEvent", "fields": [
                          {"name": "partition", "type": "int"},
                          {"name": "offset", "type": "long"}]},
                        {"type": "record", "name": "Link", "fields": []},
                        {"type": "record", "name": "Duplicate", "fields": []}]},
                      {"name": "standing", "default": null, "type": ["null",
                        {"type": "record", "name": "Standing", "fields": [
                          {"name": "previous_profile_id", "type": ["null", "string"], "default": null}]}]}
                    ]}
                    """);

    /** Of the raw topic. */
    static final Schema RAW = new Schema.Parser()
            .parse(
                    """
                    {"type": "record", "name": "CustomerEvent", "namespace": "dev.millrace.contract", "fields": [
                      {"name": "type", "type": "string"},
                      {"name": "anonymous_id", "type": ["null", "string"], "default": null}
                    ]}
                    """);

    /** Of the raw topic: what hops are measured by. */
    static final Schema RAW_HOPS = new Schema.Parser()
            .parse(
                    """
                    {"type": "record", "name": "CustomerEvent", "namespace": "dev.millrace.contract", "fields": [
                      {"name": "event", "type": ["null", "string"], "default": null},
                      {"name": "received_at", "type": ["null", "long"], "default": null}
                    ]}
                    """);

    /** Of {@code millrace.stitched}: what hops are measured by. */
    static final Schema STITCHED_HOPS = new Schema.Parser()
            .parse(
                    """
                    {"type": "record", "name": "StitchedRecord", "namespace": "dev.millrace.contract", "fields": [
                      {"name": "body", "default": null, "type": ["null",
                        {"type": "record", "name": "AttributedEvent", "fields": [
                          {"name": "event", "type": {"type": "record", "name": "CustomerEvent", "fields": [
                            {"name": "event", "type": ["null", "string"], "default": null}]}}]},
                        {"type": "record", "name": "Link", "fields": []},
                        {"type": "record", "name": "Duplicate", "fields": []}]}
                    ]}
                    """);

    private final Schema fields;
    private final IntFunction<Optional<Schema>> registry;
    private final Map<Integer, GenericDatumReader<GenericRecord>> readers = new HashMap<>();
    private GenericRecord record;
    private BinaryDecoder decoder;

    /**
     * @param fields the topic's schema, without what is not wanted
     * @param registry the schema of an id
     */
    Projection(Schema fields, IntFunction<Optional<Schema>> registry) {
        this.fields = fields;
        this.registry = registry;
    }

    /** The fields of a record in the Confluent wire format; good until the next call. */
    GenericRecord read(byte[] value) {
        GenericDatumReader<GenericRecord> reader =
                readers.computeIfAbsent(ByteBuffer.wrap(value, 1, 4).getInt(), this::reader);
        decoder = DecoderFactory.get().binaryDecoder(value, HEADER_BYTES, value.length - HEADER_BYTES, decoder);
        try {
            record = reader.read(record, decoder);
        } catch (IOException e) {
            throw new StackException("a record is not " + fields.getFullName() + ": " + e.getMessage(), e);
        }
        return record;
    }

    private GenericDatumReader<GenericRecord> reader(int schemaId) {
        Schema writer = registry.apply(schemaId)
                .orElseThrow(() -> new StackException("the registry does not know schema " + schemaId));
        return new GenericDatumReader<>(writer, fields);
    }
}
