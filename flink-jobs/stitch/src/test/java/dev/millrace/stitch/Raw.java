package dev.millrace.stitch;

import dev.millrace.contract.CustomerEvent;
import dev.millrace.core.event.Event;
import dev.millrace.core.event.EventTime;
import dev.millrace.core.event.MalformedEventException;
import dev.millrace.core.event.RejectionReason;
import dev.millrace.core.event.SegmentJson;
import dev.millrace.runtime.kafka.AvroEncoder;
import dev.millrace.runtime.kafka.EventContract;
import dev.millrace.runtime.kafka.RawEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Raw records for tests. */
public final class Raw {
    /** When the broker took every record. */
    public static final Instant RECEIVED = Instant.parse("2026-03-01T12:00:00Z");

    private static final int HEADER_BYTES = 5;

    private Raw() {}

    /** A record whose value is an event's JSON; apostrophes stand for quotes. */
    public static RawEvent event(int partition, long offset, String json) {
        try {
            Event event = SegmentJson.read(json.replace('\'', '"'), null);
            RawEvent raw = record(partition, offset, json);
            byte[] avro = avro(event);
            raw.envelope().read(avro, 0, avro.length);
            EventTime time = EventTime.of(
                    event, RECEIVED.toEpochMilli(), Duration.ofHours(1).toMillis());
            raw.time(time.millis(), time.corrected(), time.clamped());
            return raw;
        } catch (MalformedEventException e) {
            throw new IllegalArgumentException(json, e);
        }
    }

    /** An event as CustomerEvent in Avro binary. */
    public static byte[] avro(Event event) {
        byte[] framed = new AvroEncoder<CustomerEvent>(CustomerEvent.getClassSchema(), 1)
                .encode(EventContract.toContract(event));
        byte[] avro = new byte[framed.length - HEADER_BYTES];
        System.arraycopy(framed, HEADER_BYTES, avro, 0, avro.length);
        return avro;
    }

    /** A record that could not be decoded. */
    public static RawEvent broken(int partition, long offset, String text) {
        RawEvent raw = record(partition, offset, text);
        raw.problem(RejectionReason.MALFORMED, "not JSON");
        return raw;
    }

    private static RawEvent record(int partition, long offset, String text) {
        RawEvent raw = new RawEvent();
        raw.at("raw", partition, offset, RECEIVED.toEpochMilli());
        raw.bytes("k".getBytes(StandardCharsets.UTF_8), text.getBytes(StandardCharsets.UTF_8), List.of());
        return raw;
    }
}
