package dev.millrace.stitch.refine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.event.Envelope;
import dev.millrace.core.event.Envelope.Field;
import dev.millrace.core.event.Event;
import dev.millrace.core.event.Rejected;
import dev.millrace.core.event.RejectionReason;
import dev.millrace.core.identity.Arrival;
import dev.millrace.core.identity.Identifier;
import dev.millrace.core.identity.IdentifierType;
import dev.millrace.core.identity.IdentityRules;
import dev.millrace.runtime.kafka.RawEvent;
import dev.millrace.stitch.Raw;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.ProcessFunctionTestHarnesses;
import org.junit.jupiter.api.Test;

class RefineFunctionTest {
    private static final IdentityRules RULES =
            IdentityRules.of(IdentifierType.DEFAULT_TYPES, "a key for tests, and for nothing else");

    private final List<Arrival> refined = new ArrayList<>();
    private final List<Rejected> rejected = new ArrayList<>();

    @Test
    void theUserIdIsTheLeafAndTheOthersAreNamed() throws Exception {
        refine(Raw.event(0, 1, "{'type':'track','userId':'u','anonymousId':'a','messageId':'m'}"));
        assertThat(refined).singleElement().satisfies(arrival -> {
            assertThat(arrival.leaf()).isEqualTo("user_id:u");
            assertThat(arrival.others()).containsExactly("anonymous_id:a");
            assertThat(arrival.alias()).isNull();
            assertThat(event(arrival).messageId()).isEqualTo("m");
            assertThat(arrival.offset()).isEqualTo(1);
            assertThat(arrival.eventTimeMillis()).isEqualTo(Raw.RECEIVED.toEpochMilli());
        });
    }

    @Test
    void anAliasNamesTheOtherAccount() throws Exception {
        refine(Raw.event(0, 1, "{'type':'alias','userId':'new','previousId':'old','anonymousId':'a'}"));
        assertThat(refined).singleElement().satisfies(arrival -> {
            assertThat(arrival.leaf()).isEqualTo("user_id:new");
            assertThat(arrival.alias()).isEqualTo("user_id:old");
            assertThat(arrival.others()).containsExactlyInAnyOrder("user_id:old", "anonymous_id:a");
        });
    }

    @Test
    void aMissingMessageIdIsDerivedTheSameAtEveryReading() throws Exception {
        RawEvent record = Raw.event(2, 7, "{'type':'track','userId':'u','timestamp':'2026-03-01T12:00:00Z'}");
        refine(record);
        refine(record);
        refine(Raw.event(2, 8, "{'type':'track','userId':'u','timestamp':'2026-03-01T12:00:00Z','messageId':''}"));
        assertThat(refined).hasSize(3);
        assertThat(event(refined.get(0)).messageId())
                .startsWith("derived-")
                .isEqualTo(event(refined.get(1)).messageId());
        assertThat(refined).extracting(Arrival::messageHash).doesNotContain(0L);
        assertThat(refined.get(0).messageHash()).isEqualTo(refined.get(1).messageHash());
        assertThat(event(refined.get(2)).messageId()).startsWith("derived-");
    }

    @Test
    void noRawAddressIsPassedOnAndAllElseIs() throws Exception {
        refine(Raw.event(
                0,
                1,
                "{'type':'identify','messageId':'m','userId':'u','traits':{'name':'Zoë','email':' Jane@Example.com ',"
                        + "'phone':'+1 650 253 0000','plan':'free'},'properties':{'email':'not an address'}}"));
        assertThat(refined).singleElement().satisfies(arrival -> {
            Event event = event(arrival);
            assertThat(event.traits() + event.properties())
                    .doesNotContainIgnoringCase("jane")
                    .doesNotContain("650")
                    .doesNotContain("not an address");
            assertThat(event.traits()).contains("Zoë").contains("'plan':'free'".replace('\'', '"'));
            assertThat(arrival.others()).hasSize(2).allSatisfy(other -> assertThat(event.traits())
                    .contains(other));
        });
    }

    @Test
    void noRawAddressIsPassedOnWhereItsFieldIsNoJson() throws Exception {
        RawEvent record =
                Raw.event(0, 1, "{'type':'identify','userId':'u','traits':{'email':'jane@example.com','plan':'free'}}");
        Envelope raw = record.envelope();
        raw.bytes()[raw.end(Field.TRAITS) - 1] = ']';
        refine(record);
        assertThat(refined).singleElement().satisfies(arrival -> {
            assertThat(event(arrival).traits()).isEqualTo("{}");
            assertThat(arrival.leaf()).isEqualTo("user_id:u");
            assertThat(arrival.others()).isEmpty();
        });
    }

    @Test
    void aListInPlaceOfAnAddressDoesNotBlowTheEventUp() throws Exception {
        String list = "1,".repeat(450_000) + "1";
        refine(Raw.event(0, 1, "{'type':'identify','userId':'u','traits':{'email':[" + list + "]}}"));
        assertThat(refined)
                .singleElement()
                .satisfies(arrival -> assertThat(event(arrival).traits()).isEqualTo("{\"email\":\"email:unusable\"}"));
    }

    @Test
    void anIdThatIsNoTextPointsAtNobody() throws Exception {
        for (String ids : List.of("'userId':'M_ller','anonymousId':'a'", "'userId':'M_ller'")) {
            RawEvent record = Raw.event(0, 1, "{'type':'track'," + ids + "}");
            Envelope raw = record.envelope();
            raw.bytes()[raw.start(Field.USER_ID) + 1] = (byte) 0xFC;
            refine(record);
        }
        assertThat(refined).extracting(Arrival::leaf).containsExactly("anonymous_id:a");
        assertThat(refined.get(0).others()).isEmpty();
        assertThat(rejected).extracting(Rejected::reason).containsExactly(RejectionReason.NO_IDENTIFIER);
    }

    @Test
    void whatCanNotBeUsedIsRejectedVerbatimWithReasonAndCoordinates() throws Exception {
        RawEvent broken = Raw.broken(1, 5, "{oops");
        RawEvent nameless = Raw.event(1, 6, "{'type':'track','event':'x','userId':''}");
        refine(broken);
        refine(nameless);
        refine(Raw.event(1, 7, "{'type':'trak','userId':'u'}"));
        refine(Raw.event(1, 8, "{'type':'track','userId':'" + "x".repeat(Identifier.MAX_CHARS + 1) + "'}"));
        assertThat(refined).isEmpty();
        assertThat(rejected)
                .extracting(Rejected::reason)
                .containsExactly(
                        RejectionReason.MALFORMED,
                        RejectionReason.NO_IDENTIFIER,
                        RejectionReason.UNKNOWN_TYPE,
                        RejectionReason.OVERSIZED_IDENTIFIER);
        assertThat(rejected).extracting(Rejected::offset).containsExactly(5L, 6L, 7L, 8L);
        assertThat(rejected).extracting(Rejected::stage).containsExactly("decode", "refine", "refine", "refine");
        assertThat(rejected.get(0).value()).isEqualTo(broken.value());
        assertThat(rejected.get(1).value()).isEqualTo(nameless.value());
        assertThat(rejected.get(2).message()).contains("trak");
    }

    private static Event event(Arrival arrival) {
        Envelope envelope = new Envelope();
        assertThat(envelope.read(arrival.avro(), arrival.from(), arrival.to())).isTrue();
        return envelope.event();
    }

    private void refine(RawEvent record) throws Exception {
        try (OneInputStreamOperatorTestHarness<RawEvent, Arrival> harness =
                ProcessFunctionTestHarnesses.forProcessFunction(new RefineFunction(RULES))) {
            harness.processElement(record, 0);
            refined.addAll(harness.extractOutputValues());
            var side = harness.getSideOutput(RefineFunction.REJECTED);
            if (side != null) {
                side.stream().map(StreamRecord::getValue).forEach(rejected::add);
            }
        }
    }
}
