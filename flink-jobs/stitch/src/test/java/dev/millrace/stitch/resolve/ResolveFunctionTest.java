package dev.millrace.stitch.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.event.Event;
import dev.millrace.core.identity.Attribution;
import dev.millrace.core.identity.ProfileId;
import dev.millrace.runtime.config.MillraceConfig.StitchOptions;
import dev.millrace.stitch.refine.Refined;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class ResolveFunctionTest {
    private static final long HOUR = Duration.ofHours(1).toMillis();
    private static final StitchOptions OPTIONS = new StitchOptions(null, 3, null, null, null, null);

    @Test
    void aCopyOfAMessageIsDroppedWhicheverCopyComesFirst() throws Exception {
        for (List<Refined> order : List.of(
                List.of(refined("u", "m", 1, 0), refined("u", "m", 9, 0)),
                List.of(refined("u", "m", 9, 0), refined("u", "m", 1, 0)))) {
            try (var harness = harness()) {
                for (Refined refined : order) {
                    harness.processElement(refined, 0);
                }
                assertThat(harness.extractOutputValues())
                        .extracting(Attribution::offset)
                        .containsExactly(order.get(0).offset());
            }
        }
    }

    @Test
    void theSameMessageIdAtAnotherLeafIsAnotherMessage() throws Exception {
        try (var harness = harness()) {
            harness.processElement(refined("u", "m", 1, 0), 0);
            harness.processElement(refined("v", "m", 2, 0), 0);
            assertThat(harness.extractOutputValues()).hasSize(2);
        }
    }

    @Test
    void theLeafLeadsItsProfileAndTheWatermarkTravelsAlong() throws Exception {
        try (var harness = harness()) {
            harness.processElement(refined("u", "m", 1, HOUR), 0);
            harness.processWatermark(HOUR / 2);
            harness.processElement(refined("u", "n", 2, HOUR), 0);
            List<Attribution> out = harness.extractOutputValues();
            assertThat(out).extracting(Attribution::profileId).containsOnly(ProfileId.ledBy("user_id:u"));
            assertThat(out).extracting(Attribution::watermarkMillis).containsExactly(null, HOUR / 2);
        }
    }

    @Test
    void messageIdsAreForgottenOnceTheWindowHasPassed() throws Exception {
        try (var harness = harness()) {
            harness.processElement(refined("u", "m", 1, 0), 0);
            harness.processElement(refined("u", "n", 2, 2 * HOUR), 0);
            harness.processWatermark(25 * HOUR);
            assertThat(harness.numKeyedStateEntries()).isEqualTo(1);
            harness.processWatermark(26 * HOUR + 1);
            assertThat(harness.numKeyedStateEntries()).isZero();
            assertThat(harness.numEventTimeTimers()).isZero();
            harness.processElement(refined("u", "m", 3, 27 * HOUR), 0);
            assertThat(harness.extractOutputValues())
                    .extracting(Attribution::offset)
                    .containsExactly(1L, 2L, 3L);
        }
    }

    @Test
    void aCopyOfAnEventThatComesLateIsDroppedToo() throws Exception {
        try (var harness = harness()) {
            harness.processWatermark(48 * HOUR);
            harness.processElement(refined("u", "m", 1, HOUR), 0);
            harness.processWatermark(49 * HOUR);
            harness.processElement(refined("u", "m", 2, HOUR), 0);
            assertThat(harness.extractOutputValues())
                    .extracting(Attribution::offset)
                    .containsExactly(1L);
            harness.processWatermark(73 * HOUR + 1);
            assertThat(harness.numKeyedStateEntries()).isZero();
        }
    }

    @Test
    void aRestoredActorRemembersWhatItHasSeen() throws Exception {
        OperatorSubtaskState snapshot;
        try (var harness = harness()) {
            harness.processElement(refined("u", "m", 1, 0), 0);
            snapshot = harness.snapshot(1, 1);
        }
        try (var harness = unopened()) {
            harness.initializeState(snapshot);
            harness.open();
            harness.processElement(refined("u", "m", 5, 0), 0);
            harness.processElement(refined("u", "n", 6, 0), 0);
            assertThat(harness.extractOutputValues())
                    .extracting(Attribution::offset)
                    .containsExactly(6L);
            harness.processWatermark(Long.MAX_VALUE);
            assertThat(harness.numKeyedStateEntries()).isZero();
            assertThat(harness.numEventTimeTimers()).isZero();
        }
    }

    private static Refined refined(String user, String messageId, long offset, long timeMillis) {
        Event event = new Event(
                messageId, "track", "x", user, null, null, null, null, timeMillis, null, null, null, null, null, null);
        return new Refined("user_id:" + user, timeMillis, "raw", 0, offset, event);
    }

    private static KeyedOneInputStreamOperatorTestHarness<String, Refined, Attribution> unopened() throws Exception {
        return new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new ResolveFunction(OPTIONS)), Refined::leaf, Types.STRING);
    }

    private static KeyedOneInputStreamOperatorTestHarness<String, Refined, Attribution> harness() throws Exception {
        var harness = unopened();
        harness.open();
        return harness;
    }
}
