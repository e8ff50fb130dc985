package dev.millrace.stitch.refine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.event.Rejected;
import dev.millrace.core.event.RejectionReason;
import dev.millrace.core.identity.Identifier;
import dev.millrace.runtime.config.MillraceConfig.StitchOptions;
import dev.millrace.runtime.kafka.RawRecord;
import dev.millrace.stitch.Raw;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.ProcessFunctionTestHarnesses;
import org.junit.jupiter.api.Test;

class RefineFunctionTest {
    private static final StitchOptions OPTIONS = new StitchOptions(null, 0, null, null, null, List.of("nobody"));

    private final List<Refined> refined = new ArrayList<>();
    private final List<Rejected> rejected = new ArrayList<>();

    @Test
    void userIdGoesBeforeAnonymousId() throws Exception {
        refine(Raw.event(0, 1, "{'type':'track','userId':'u','anonymousId':'a','messageId':'m'}".replace('\'', '"')));
        assertThat(refined).singleElement().satisfies(r -> {
            assertThat(r.leaf()).isEqualTo("user_id:u");
            assertThat(r.event().messageId()).isEqualTo("m");
            assertThat(r.offset()).isEqualTo(1);
        });
    }

    @Test
    void aBlockedUserIdLeavesTheAnonymousIdAsLeaf() throws Exception {
        refine(Raw.event(0, 1, "{'type':'track','userId':' Null ','anonymousId':'a'}".replace('\'', '"')));
        refine(Raw.event(0, 2, "{'type':'track','userId':'NOBODY','anonymousId':'b'}".replace('\'', '"')));
        assertThat(refined).extracting(Refined::leaf).containsExactly("anonymous_id:a", "anonymous_id:b");
    }

    @Test
    void theClientsClockIsCorrectedByWhenItSentTheEvent() throws Exception {
        // Sent two hours ago by a clock that is an hour slow: it happened one minute before it was received.
        refine(Raw.event(
                0,
                1,
                ("{'type':'track','userId':'u','timestamp':'2026-03-01T10:59:00Z',"
                                + "'sentAt':'2026-03-01T11:00:00Z'}")
                        .replace('\'', '"')));
        assertThat(refined)
                .extracting(Refined::eventTimeMillis)
                .containsExactly(Instant.parse("2026-03-01T11:59:00Z").toEpochMilli());
    }

    @Test
    void aTimeFarInTheFutureBecomesTheTimeOfReceipt() throws Exception {
        refine(Raw.event(0, 1, "{'type':'track','userId':'u','timestamp':'2036-03-01T12:00:00Z'}".replace('\'', '"')));
        assertThat(refined).extracting(Refined::eventTimeMillis).containsExactly(Raw.RECEIVED.toEpochMilli());
    }

    @Test
    void aMissingMessageIdIsDerivedTheSameAtEveryReading() throws Exception {
        RawRecord record =
                Raw.event(2, 7, "{'type':'track','userId':'u','timestamp':'2026-03-01T12:00:00Z'}".replace('\'', '"'));
        refine(record);
        refine(record);
        assertThat(refined).hasSize(2);
        assertThat(refined.get(0).event().messageId())
                .isNotBlank()
                .isEqualTo(refined.get(1).event().messageId());
    }

    @Test
    void whatCanNotBeUsedIsRejectedVerbatimWithReasonAndCoordinates() throws Exception {
        RawRecord broken = Raw.broken(1, 5, "{oops");
        RawRecord nameless = Raw.event(1, 6, "{'type':'track','event':'x','userId':''}".replace('\'', '"'));
        RawRecord typeless = Raw.event(1, 7, "{'type':'trak','userId':'u'}".replace('\'', '"'));
        refine(broken);
        refine(nameless);
        refine(typeless);
        String longId = "x".repeat(Identifier.MAX_CHARS);
        refine(Raw.event(1, 8, ("{'type':'track','userId':'" + longId + "'}").replace('\'', '"')));
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

    private void refine(RawRecord record) throws Exception {
        try (OneInputStreamOperatorTestHarness<RawRecord, Refined> harness =
                ProcessFunctionTestHarnesses.forProcessFunction(new RefineFunction(OPTIONS))) {
            harness.processElement(record, 0);
            refined.addAll(harness.extractOutputValues());
            var side = harness.getSideOutput(RefineFunction.REJECTED);
            if (side != null) {
                side.stream().map(StreamRecord::getValue).forEach(rejected::add);
            }
        }
    }
}
