package dev.millrace.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.AttributedEvent;
import dev.millrace.contract.CustomerEvent;
import dev.millrace.contract.Duplicate;
import dev.millrace.contract.JoiningLink;
import dev.millrace.contract.Link;
import dev.millrace.contract.StitchedRecord;
import dev.millrace.core.identity.Arrival;
import dev.millrace.core.identity.Decision;
import dev.millrace.core.identity.LinkKey;
import dev.millrace.core.identity.Standing;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class StitchedSerializerTest {
    private static final LinkKey LINK = new LinkKey(1_700_000_000_001L, "anonymous_id:ä", "user_id:ü");
    /** Before 1970. */
    private static final long FIRST_SEEN = -1_600_000_000_007L;

    private static final long BEGUN = 1_700_000_123_456L;

    private final StitchedSerializer serializer = new StitchedSerializer("stitched", null);

    @Test
    void whatIsWrittenByHandIsWhatTheContractSays() throws Exception {
        CustomerEvent event = EventContract.toContract(EventContractTest.FULL);
        byte[] framed = new AvroEncoder<CustomerEvent>(CustomerEvent.getClassSchema(), 9).encode(event);
        Arrival arrival = new Arrival(
                "user_id:ü", List.of(), null, 1, 1_700_000_000_000L, "raw", 3, 1L << 40, framed, 5, framed.length);
        Standing first = new Standing(1_700_000_000_000L, 1_700_000_000_000L, null, null, false);
        Standing moved = new Standing(1_700_000_000_000L, 1_700_000_000_001L, "before", LINK, true);

        try (FakeRegistry fake = new FakeRegistry();
                SchemaRegistry registry = fake.client(true)) {
            AvroDecoder<StitchedRecord> decoder = new AvroDecoder<>(StitchedRecord.class, registry);
            serializer.open(registry.register("stitched", StitchedRecord.getClassSchema()), BEGUN);
            Instant time = Instant.ofEpochMilli(1_700_000_000_000L);
            AttributedEvent body = new AttributedEvent("raw", 3, 1L << 40, time, event);
            Duplicate trace = new Duplicate("raw", 3, 1L << 40, time);
            Link link = new Link("anonymous_id:ä", Instant.ofEpochMilli(LINK.timeMillis()));
            JoiningLink cause = new JoiningLink("anonymous_id:ä", "user_id:ü", Instant.ofEpochMilli(LINK.timeMillis()));
            assertThat(written(decoder, decision("user_id:ü", null, arrival, false, null, null)))
                    .isEqualTo(record("user_id:ü", null, body, null));
            assertThat(written(decoder, decision("user_id:ü", 5L, arrival, false, null, first)))
                    .isEqualTo(record("user_id:ü", 5L, body, standing(first, null)));
            assertThat(written(decoder, decision("user_id:ü", 5L, null, false, LINK, null)))
                    .isEqualTo(record("user_id:ü", 5L, link, null));
            assertThat(written(decoder, decision("anonymous_id:ä", 5L, null, false, null, moved)))
                    .isEqualTo(record("anonymous_id:ä", 5L, null, standing(moved, cause)));
            assertThat(written(decoder, decision("user_id:ü", 5L, arrival, true, null, null)))
                    .isEqualTo(record("user_id:ü", 5L, trace, null));
            assertThat(written(decoder, decision("user_id:ü", 5L, arrival, true, null, first)))
                    .as("a copy may tell that the identifier was seen earlier")
                    .isEqualTo(record("user_id:ü", 5L, trace, standing(first, null)));
        }
    }

    private static Decision decision(
            String identifier, Long watermark, Arrival arrival, boolean duplicate, LinkKey link, Standing standing) {
        return new Decision(identifier, "p", FIRST_SEEN, watermark, 1, 2, arrival, duplicate, link, standing);
    }

    private static StitchedRecord record(
            String identifier, Long watermark, Object body, dev.millrace.contract.Standing standing) {
        Instant time = watermark == null ? null : Instant.ofEpochMilli(watermark);
        return new StitchedRecord(
                identifier,
                "p",
                time,
                1,
                2,
                body,
                standing,
                Instant.ofEpochMilli(FIRST_SEEN),
                Instant.ofEpochMilli(BEGUN));
    }

    private static dev.millrace.contract.Standing standing(Standing standing, JoiningLink cause) {
        return new dev.millrace.contract.Standing(
                Instant.ofEpochMilli(standing.firstSeenMillis()),
                Instant.ofEpochMilli(standing.sinceMillis()),
                standing.previousProfileId(),
                cause,
                standing.linksLimited());
    }

    private StitchedRecord written(AvroDecoder<StitchedRecord> decoder, Decision decision) throws Exception {
        var record = serializer.serialize(decision, null, null);
        assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo(decision.identifier());
        assertThat(record.topic()).isEqualTo("stitched");
        assertThat(Arrays.copyOf(record.value(), 1)).containsExactly(0);
        return decoder.decode(record.value());
    }
}
