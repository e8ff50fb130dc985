package dev.millrace.stack.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.AttributedEvent;
import dev.millrace.contract.CustomerEvent;
import dev.millrace.contract.Duplicate;
import dev.millrace.contract.Link;
import dev.millrace.contract.Standing;
import dev.millrace.contract.StitchedRecord;
import dev.millrace.core.event.Event;
import dev.millrace.runtime.kafka.AvroEncoder;
import dev.millrace.runtime.kafka.EventContract;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class LiveLatencyTest {
    private static final long BEGUN = 1_000_000;
    private static final long COUNTS = BEGUN + LiveLatency.LEAD_IN.toMillis();
    private static final TopicPartition RAW = new TopicPartition("raw", 3);

    private final LiveLatency latency = new LiveLatency(Map.of(RAW, 100L), Map.of(RAW, 110L));

    @Test
    void anEventWaitsFromItsRawRecordToItsAttribution() {
        raw(100, BEGUN, "track", "a");
        raw(101, COUNTS, "track", "a");
        raw(102, COUNTS + 10, "track", "a");

        stitched(BEGUN + 900, event(100), null);
        stitched(COUNTS + 5, event(101), null);
        stitched(COUNTS + 18, event(102), null);

        assertThat(latency.events()).isEqualTo(new Latencies.Summary(2, 5, 8, 8, 8));
        assertThat(latency.logins().count()).isZero();
    }

    @Test
    void whatWasReadBeforeIsLeftOut() {
        raw(100, BEGUN, "track", "a");

        stitched(COUNTS + 5, event(99), null);

        assertThat(latency.events().count()).isZero();
    }

    @Test
    void aLoginWaitsUntilTheDeviceBelongsToAnotherProfile() {
        raw(100, BEGUN, "track", "other");
        raw(101, COUNTS, "identify", "a");
        raw(102, COUNTS + 1_000, "identify", "a");

        stitched(COUNTS + 20, null, standing(null));
        stitched(COUNTS + 30, null, standing("before"));
        stitched(COUNTS + 40, link(), null);
        stitched(COUNTS + 1_070, null, standing("then"));

        assertThat(latency.logins()).isEqualTo(new Latencies.Summary(2, 30, 70, 70, 70));
        assertThat(latency.events().count()).isZero();
    }

    @Test
    void aChangeOfProfileWithoutALoginIsNone() {
        raw(100, BEGUN, "track", "a");
        raw(101, COUNTS, "track", "a");

        stitched(COUNTS + 30, null, standing("before"));

        assertThat(latency.logins().count()).isZero();
    }

    @Test
    void aCopyThatIsNotPassedOnIsNoAttribution() {
        raw(100, BEGUN, "track", "a");
        raw(101, COUNTS, "identify", "a");

        stitched(COUNTS + 5, new Duplicate("raw", RAW.partition(), 101L, Instant.ofEpochMilli(7)), null);

        assertThat(latency.events().count()).isZero();
        assertThat(latency.logins().count()).isZero();
    }

    private void raw(long offset, long millis, String type, String anonymousId) {
        Event event = new Event(
                "m-" + offset,
                type,
                null,
                null,
                anonymousId,
                null,
                null,
                null,
                null,
                null,
                null,
                "{}",
                null,
                null,
                null);
        byte[] value = bytes(EventContract.toContract(event), CustomerEvent.getClassSchema());
        Projection fields = new Projection(Projection.RAW, id -> Optional.of(CustomerEvent.getClassSchema()));
        latency.raw(RAW.partition(), offset, millis, fields.read(value));
    }

    private void stitched(long millis, Object body, Standing standing) {
        Instant time = Instant.ofEpochMilli(7);
        StitchedRecord record = new StitchedRecord("anonymous_id:a", "profile", time, 1, 2, body, standing, time, time);
        byte[] value = bytes(record, StitchedRecord.getClassSchema());
        Projection fields = new Projection(Projection.STITCHED, id -> Optional.of(StitchedRecord.getClassSchema()));
        latency.stitched(millis, fields.read(value));
    }

    private static <T extends SpecificRecord> byte[] bytes(T record, Schema schema) {
        return new AvroEncoder<T>(schema, 1).encode(record);
    }

    private static AttributedEvent event(long offset) {
        CustomerEvent event = new CustomerEvent();
        event.setType("track");
        return new AttributedEvent("raw", RAW.partition(), offset, Instant.ofEpochMilli(7), event);
    }

    private static Link link() {
        return new Link("user_id:u", Instant.ofEpochMilli(7));
    }

    private static Standing standing(String previousProfileId) {
        return new Standing(Instant.ofEpochMilli(7), Instant.ofEpochMilli(7), previousProfileId, null, false);
    }
}
