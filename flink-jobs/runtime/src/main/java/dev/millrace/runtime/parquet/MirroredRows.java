package dev.millrace.runtime.parquet;

import dev.millrace.contract.MirroredRecord;
import dev.millrace.core.event.Envelope;
import dev.millrace.core.event.Envelope.Field;
import dev.millrace.core.event.EventTime;
import dev.millrace.runtime.kafka.RawEvent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.avro.AvroSchemaConverter;
import org.apache.parquet.avro.AvroWriteSupport;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;

/**
 * Rows of cold storage, as {@link MirroredRecord} has them: a record's bytes, and its envelope where it has one, whose
 * texts go from the record's bytes to the columns without being decoded.
 */
final class MirroredRows extends WriteSupport<RawEvent> {
    private static final Schema CONTRACT = MirroredRecord.getClassSchema();
    private static final Field[] FIELDS = Field.values();

    /** Where Avro's readers of Parquet find the schema. */
    private static final String AVRO_SCHEMA = "parquet.avro.schema";

    private static final Column TOPIC = new Column("topic");
    private static final Column PARTITION = new Column("partition");
    private static final Column OFFSET = new Column("offset");
    private static final Column RECORD_TIMESTAMP = new Column("record_timestamp");
    private static final Column KEY = new Column("key");
    private static final Column VALUE = new Column("value");
    private static final Column HEADERS = new Column("headers");
    private static final Column FORMAT = new Column("format");
    private static final Column DECODE_ERROR = new Column("decode_error");
    /** Of the envelope's fields, in their order. */
    private static final Column[] ENVELOPE = new Column[FIELDS.length];

    static {
        for (Field field : FIELDS) {
            ENVELOPE[field.ordinal()] = new Column(field.name().toLowerCase(Locale.ROOT));
        }
    }

    private final Map<String, String> formats;
    private RecordConsumer to;
    private String topic;
    private Binary topicText;
    private Binary formatText;

    /** @param formats by topic, as its column is to say */
    MirroredRows(Map<String, String> formats) {
        this.formats = formats;
    }

    /** Where a column is in a row. */
    private record Column(String name, int index) {
        Column(String name) {
            this(name, CONTRACT.getField(name).pos());
        }
    }

    @Override
    @SuppressWarnings("deprecation") // Its successor is not abstract, and calls it.
    public WriteContext init(Configuration hadoop) {
        // Lists as the Parquet specification has them.
        hadoop.setBoolean(AvroWriteSupport.WRITE_OLD_LIST_STRUCTURE, false);
        MessageType schema = new AvroSchemaConverter(hadoop).convert(CONTRACT);
        return new WriteContext(schema, Map.of(AVRO_SCHEMA, CONTRACT.toString()));
    }

    @Override
    public void prepareForWrite(RecordConsumer consumer) {
        to = consumer;
    }

    @Override
    public void write(RawEvent record) {
        if (!record.topic().equals(topic)) {
            topic = record.topic();
            topicText = Binary.fromString(topic);
            formatText = Binary.fromString(formats.get(topic));
        }
        to.startMessage();
        text(TOPIC, topicText);
        begin(PARTITION);
        to.addInteger(record.partition());
        end(PARTITION);
        number(OFFSET, record.offset());
        number(RECORD_TIMESTAMP, record.recordMillis());
        bytes(KEY, record.key());
        bytes(VALUE, record.value());
        headers(record.headers());
        text(FORMAT, formatText);
        if (record.isEvent()) {
            for (Field field : FIELDS) {
                envelope(record.envelope(), field);
            }
        } else {
            text(DECODE_ERROR, Binary.fromString(record.problem()));
        }
        to.endMessage();
    }

    private void envelope(Envelope event, Field field) {
        if (!event.has(field)) {
            return;
        }
        Column column = ENVELOPE[field.ordinal()];
        switch (field) {
            case TIMESTAMP, SENT_AT, RECEIVED_AT -> number(column, EventTime.bounded(event.time(field)));
            default -> text(column, utf8(event, field));
        }
    }

    /** As it is, unless it is not ASCII: what is no UTF-8 would make the whole file unreadable. */
    private static Binary utf8(Envelope event, Field field) {
        byte[] bytes = event.bytes();
        int start = event.start(field);
        int end = event.end(field);
        for (int i = start; i < end; i++) {
            if (bytes[i] < 0) {
                return Binary.fromConstantByteArray(event.text(field).getBytes(StandardCharsets.UTF_8));
            }
        }
        return Binary.fromReusedByteArray(bytes, start, end - start);
    }

    /** The column of a list is a group of one that is repeated. */
    private void headers(List<RawEvent.Header> headers) {
        begin(HEADERS);
        to.startGroup();
        if (!headers.isEmpty()) {
            to.startField("list", 0);
            for (RawEvent.Header header : headers) {
                to.startGroup();
                to.startField("element", 0);
                to.startGroup();
                to.startField("key", 0);
                to.addBinary(Binary.fromString(header.key()));
                to.endField("key", 0);
                if (header.value() != null) {
                    to.startField("value", 1);
                    to.addBinary(Binary.fromConstantByteArray(header.value()));
                    to.endField("value", 1);
                }
                to.endGroup();
                to.endField("element", 0);
                to.endGroup();
            }
            to.endField("list", 0);
        }
        to.endGroup();
        end(HEADERS);
    }

    private void bytes(Column column, byte[] bytes) {
        if (bytes != null) {
            text(column, Binary.fromReusedByteArray(bytes));
        }
    }

    private void text(Column column, Binary text) {
        begin(column);
        to.addBinary(text);
        end(column);
    }

    private void number(Column column, long number) {
        begin(column);
        to.addLong(number);
        end(column);
    }

    private void begin(Column column) {
        to.startField(column.name(), column.index());
    }

    private void end(Column column) {
        to.endField(column.name(), column.index());
    }
}
