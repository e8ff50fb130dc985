package dev.millrace.runtime.kafka;

import dev.millrace.core.event.Envelope;
import dev.millrace.core.event.EventTime;
import dev.millrace.core.event.Rejected;
import dev.millrace.core.event.RejectionReason;
import java.util.List;

/**
 * A record of a raw topic: its bytes, and the event that is found in them, not decoded; or why it is none.
 *
 * <p>The source fills one and the same object again for each record: what is to be kept has to be taken out.
 */
public final class RawEvent {
    /** A header of a record; its value may be null. */
    public record Header(String key, byte[] value) {}

    private final Envelope envelope = new Envelope();
    private String topic;
    private int partition;
    private long offset;
    private long recordMillis;
    private byte[] key;
    private byte[] value;
    private List<Header> headers = List.of();
    private RejectionReason reason;
    private String problem;
    private long eventTimeMillis;
    private boolean clockCorrected;
    private boolean timeClamped;

    /** Begins a new record. */
    public void at(String itsTopic, int itsPartition, long itsOffset, long appendedMillis) {
        topic = itsTopic;
        partition = itsPartition;
        offset = itsOffset;
        recordMillis = appendedMillis;
        reason = null;
        problem = null;
    }

    /** The record's key, value and headers, verbatim. */
    public void bytes(byte[] itsKey, byte[] itsValue, List<Header> itsHeaders) {
        key = itsKey;
        value = itsValue;
        headers = itsHeaders;
    }

    /** When the event happened: as {@link EventTime} has it. */
    public void time(long millis, boolean corrected, boolean clamped) {
        eventTimeMillis = millis;
        clockCorrected = corrected;
        timeClamped = clamped;
    }

    /** Why the record is no event. */
    public void problem(RejectionReason why, String sentence) {
        reason = why;
        problem = sentence;
    }

    public String topic() {
        return topic;
    }

    public int partition() {
        return partition;
    }

    public long offset() {
        return offset;
    }

    /** The record's Kafka timestamp. */
    public long recordMillis() {
        return recordMillis;
    }

    /** Verbatim; null where the record has none, like {@link #value}. */
    public byte[] key() {
        return key;
    }

    public byte[] value() {
        return value;
    }

    /** In their order. */
    public List<Header> headers() {
        return headers;
    }

    /** Whether it is an event; if not, there are a reason and a problem. */
    public boolean isEvent() {
        return reason == null;
    }

    public RejectionReason reason() {
        return reason;
    }

    /** A sentence. */
    public String problem() {
        return problem;
    }

    /** The event; meaningless where it is none. */
    public Envelope envelope() {
        return envelope;
    }

    /** When the event happened, by the collector's clock. */
    public long eventTimeMillis() {
        return eventTimeMillis;
    }

    /** Whether the client's clock was corrected. */
    public boolean clockCorrected() {
        return clockCorrected;
    }

    /** Whether a time was out of bounds and replaced. */
    public boolean timeClamped() {
        return timeClamped;
    }

    /** This record as a dead letter. */
    public Rejected rejected(String stage, RejectionReason why, String message) {
        return new Rejected(topic, partition, offset, recordMillis, key, value, stage, why, message);
    }
}
