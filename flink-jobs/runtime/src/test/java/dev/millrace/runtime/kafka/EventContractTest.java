package dev.millrace.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.CustomerEvent;
import dev.millrace.core.event.Event;
import java.time.Instant;
import org.apache.avro.Schema.Field;
import org.junit.jupiter.api.Test;

class EventContractTest {
    static final Event FULL = new Event(
            "m",
            "track",
            "Order Completed",
            "u",
            "a",
            "p",
            "g",
            "web",
            1_700_000_000_123L,
            1_700_000_000_124L,
            -1L,
            "{\"a\": 1}",
            "{\"ä\":\"😀\"}",
            "{}",
            "{\"integrations\":{}}");
    static final Event EMPTY =
            new Event(null, "", null, null, null, null, null, null, null, null, null, null, null, null, null);

    @Test
    void everythingComesBackAsItWentIn() {
        assertThat(EventContract.fromContract(EventContract.toContract(FULL))).isEqualTo(FULL);
        assertThat(EventContract.fromContract(EventContract.toContract(EMPTY))).isEqualTo(EMPTY);
    }

    @Test
    void eachFieldOfTheContractHoldsItsOwn() {
        CustomerEvent contract = EventContract.toContract(FULL);
        assertThat(contract.getMessageId()).isEqualTo("m");
        assertThat(contract.getType()).isEqualTo("track");
        assertThat(contract.getEvent()).isEqualTo("Order Completed");
        assertThat(contract.getUserId()).isEqualTo("u");
        assertThat(contract.getAnonymousId()).isEqualTo("a");
        assertThat(contract.getPreviousId()).isEqualTo("p");
        assertThat(contract.getGroupId()).isEqualTo("g");
        assertThat(contract.getSource()).isEqualTo("web");
        assertThat(contract.getTimestamp()).isEqualTo(Instant.ofEpochMilli(1_700_000_000_123L));
        assertThat(contract.getSentAt()).isEqualTo(Instant.ofEpochMilli(1_700_000_000_124L));
        assertThat(contract.getReceivedAt()).isEqualTo(Instant.ofEpochMilli(-1));
        assertThat(contract.getProperties()).isEqualTo("{\"a\": 1}");
        assertThat(contract.getTraits()).isEqualTo("{\"ä\":\"😀\"}");
        assertThat(contract.getContext()).isEqualTo("{}");
        assertThat(contract.getExtras()).isEqualTo("{\"integrations\":{}}");
    }

    @Test
    void noFieldOfTheContractIsForgotten() {
        CustomerEvent contract = EventContract.toContract(FULL);
        for (Field field : CustomerEvent.getClassSchema().getFields()) {
            assertThat(contract.get(field.pos())).as(field.name()).isNotNull();
        }
        assertThat(Event.class.getRecordComponents())
                .hasSameSizeAs(CustomerEvent.getClassSchema().getFields());
    }
}
