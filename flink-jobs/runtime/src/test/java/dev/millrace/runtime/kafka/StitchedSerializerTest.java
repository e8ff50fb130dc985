package dev.millrace.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.AttributedEvent;
import dev.millrace.contract.CustomerEvent;
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
            serializer.open(registry.register("stitched", StitchedRecord.getClassSchema()));
            AttributedEvent body =
                    new AttributedEvent("raw", 3, 1L << 40, Instant.ofEpochMilli(1_700_000_000_000L), event);
            assertThat(written(decoder, new Decision("user_id:ü", "p", null, 0, 1, arrival, null, null)))
                    .isEqualTo(new StitchedRecord("user_id:ü", "p", null, 0, 1, body, null));
            assertThat(written(decoder, new Decision("user_id:ü", "p", 5L, 1, 2, arrival, null, first)))
                    .isEqualTo(new StitchedRecord(
                            "user_id:ü", "p", Instant.ofEpochMilli(5), 1, 2, body, standing(first, null)));
            assertThat(written(decoder, new Decision("user_id:ü", "p", 5L, 1, 2, null, LINK, null)))
                    .isEqualTo(new StitchedRecord(
                            "user_id:ü",
                            "p",
                            Instant.ofEpochMilli(5),
                            1,
                            2,
                            new Link("anonymous_id:ä", Instant.ofEpochMilli(LINK.timeMillis())),
                            null));
            JoiningLink cause = new JoiningLink("anonymous_id:ä", "user_id:ü", Instant.ofEpochMilli(LINK.timeMillis()));
            assertThat(written(decoder, new Decision("anonymous_id:ä", "q", 5L, 1, 2, null, null, moved)))
                    .isEqualTo(new StitchedRecord(
                            "anonymous_id:ä", "q", Instant.ofEpochMilli(5), 1, 2, null, standing(moved, cause)));
        }
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
