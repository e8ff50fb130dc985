package dev.millrace.stitch;

import dev.millrace.core.event.Event;
import dev.millrace.core.event.MalformedEventException;
import dev.millrace.core.event.RejectionReason;
import dev.millrace.core.event.SegmentJson;
import dev.millrace.runtime.kafka.RawRecord;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/** Raw records for tests. */
public final class Raw {
    /** When the broker took every record. */
    public static final Instant RECEIVED = Instant.parse("2026-03-01T12:00:00Z");

    private Raw() {}

    /** A record whose value is an event's JSON. */
    public static RawRecord event(int partition, long offset, String json) {
        try {
            Event event = SegmentJson.read(json, null);
            return record(partition, offset, json, event, null, null);
        } catch (MalformedEventException e) {
            throw new IllegalArgumentException(json, e);
        }
    }

    /** A record that could not be decoded. */
    public static RawRecord broken(int partition, long offset, String text) {
        return record(partition, offset, text, null, RejectionReason.MALFORMED, "not JSON");
    }

    private static RawRecord record(
            int partition, long offset, String text, Event event, RejectionReason reason, String problem) {
        return new RawRecord(
                "raw",
                partition,
                offset,
                RECEIVED.toEpochMilli(),
                "k".getBytes(StandardCharsets.UTF_8),
                text.getBytes(StandardCharsets.UTF_8),
                List.of(),
                event,
                reason,
                problem);
    }
}
