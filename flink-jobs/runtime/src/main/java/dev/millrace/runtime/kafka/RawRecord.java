package dev.millrace.runtime.kafka;

import dev.millrace.core.event.Event;
import dev.millrace.core.event.Rejected;
import dev.millrace.core.event.RejectionReason;
import java.util.List;

/**
 * A record of a raw topic: its bytes, and the event they are or why they are none.
 *
 * @param recordMillis the record's Kafka timestamp
 * @param key verbatim; null where the record has none, like {@code value}
 * @param headers in their order
 * @param event null where the record can't be decoded; then {@code reason} and {@code problem} say why
 */
public record RawRecord(
        String topic,
        int partition,
        long offset,
        long recordMillis,
        byte[] key,
        byte[] value,
        List<Header> headers,
        Event event,
        RejectionReason reason,
        String problem) {

    /** A header of a record; its value may be null. */
    public record Header(String key, byte[] value) {}

    /** This record as a dead letter. */
    public Rejected rejected(String stage, RejectionReason why, String message) {
        return new Rejected(topic, partition, offset, recordMillis, key, value, stage, why, message);
    }
}
