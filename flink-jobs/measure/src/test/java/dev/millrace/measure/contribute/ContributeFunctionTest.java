package dev.millrace.measure.contribute;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.event.Event;
import dev.millrace.core.identity.Attribution;
import dev.millrace.core.identity.LinkKey;
import dev.millrace.core.identity.Standing;
import dev.millrace.core.metric.Catalogue;
import dev.millrace.core.metric.Leaf;
import dev.millrace.core.metric.MetricDefinition;
import dev.millrace.core.metric.PresenceDelta;
import dev.millrace.core.metric.TotalDelta;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class ContributeFunctionTest {
    private static final long DAY = Duration.ofDays(1).toMillis();
    private static final Leaf.Rules RULES =
            new Leaf.Rules(Catalogue.of(MetricDefinition.DEFAULT_CATALOGUE, ZoneOffset.UTC), 7 * DAY, DAY, 100);

    @Test
    void anEventAddsOneToEachWindow() throws Exception {
        try (var harness = harness()) {
            harness.processElement(attribution("a", "p", 0, 1, "m1", 1000), 0);
            assertThat(harness.extractOutputValues())
                    .extracting(delta -> delta.key().windowSize() + " " + delta.value())
                    .containsExactly("1m 1.0", "1h 1.0", "1d 1.0");
            assertThat(attributed(harness)).extracting(PresenceDelta::leaves).containsExactly(1, 1, 1);
        }
    }

    @Test
    void recordsThatWereEmittedAgainAfterAFailureAreDropped() throws Exception {
        try (var harness = harness()) {
            harness.processElement(attribution("a", "p", 0, 1, "m1", 1000), 0);
            harness.processElement(attribution("a", "p", 0, 2, "m2", 1000), 0);
            harness.processElement(attribution("a", "p", 0, 1, "m1", 1000), 0);
            harness.processElement(attribution("a", "p", 0, 2, "m2", 1000), 0);
            harness.processElement(attribution("a", "p", 0, 3, "m3", 1000), 0);
            assertThat(harness.extractOutputValues()).hasSize(3 * 3);
        }
    }

    @Test
    void theSameMessageOnTwoPartitionsCountsOnceThoughAFailureLetBothThrough() throws Exception {
        for (int[] order : new int[][] {{0, 1}, {1, 0}}) {
            try (var harness = harness()) {
                harness.processElement(attribution("a", "p", order[0], 5, "m", 1000), 0);
                harness.processElement(attribution("a", "p", order[1], 7, "m", 1000), 0);
                assertThat(harness.extractOutputValues()).hasSize(3);
            }
        }
    }

    @Test
    void aLeafThatMovesTakesItsPresencesAlong() throws Exception {
        try (var harness = harness()) {
            harness.processElement(attribution("a", "p", 0, 1, "m1", 1000), 0);
            harness.processElement(new Attribution("a", "q", null, 0, 1, "", 0, 0, 0, null), 0);
            assertThat(attributed(harness).subList(3, 9))
                    .extracting(delta -> delta.profileId() + " " + delta.leaves())
                    .containsExactlyInAnyOrder("p -1", "q 1", "p -1", "q 1", "p -1", "q 1");
        }
    }

    @Test
    void aLinkCountsForNothingButMovesItsLeafToTheProfileThatItSays() throws Exception {
        try (var harness = harness()) {
            LinkKey link = LinkKey.of(1000, "a", "b");
            Standing standing = new Standing(1000, 1000, "p", link, false);
            harness.processElement(new Attribution("a", "p", null, 0, 1, "", 0, 0, 0, null, link, null), 0);
            assertThat(harness.numKeyedStateEntries()).isZero();
            harness.processElement(attribution("a", "p", 0, 1, "m1", 1000), 0);
            harness.processElement(new Attribution("a", "q", null, 0, 1, "", 0, 0, 0, null, link, standing), 0);
            harness.processElement(attribution("a", "q", 0, 2, "m2", 1000), 0);
            assertThat(harness.extractOutputValues()).hasSize(2 * 3);
            assertThat(attributed(harness).subList(3, attributed(harness).size()))
                    .extracting(delta -> delta.profileId() + " " + delta.leaves())
                    .containsExactlyInAnyOrder("p -1", "q 1", "p -1", "q 1", "p -1", "q 1");
        }
    }

    @Test
    void aLateEventInsideTheHorizonCountsAndOneBeyondItDoesNot() throws Exception {
        try (var harness = harness()) {
            harness.processWatermark(8 * DAY);
            harness.processElement(attribution("a", "p", 0, 1, "m1", DAY), 0);
            harness.processElement(attribution("a", "p", 0, 2, "m2", DAY - 1), 0);
            assertThat(harness.extractOutputValues()).hasSize(3);
        }
    }

    @Test
    void nothingIsKeptOfALeafBeyondTheHorizon() throws Exception {
        try (var harness = harness()) {
            harness.processElement(attribution("a", "p", 0, 1, "m1", 1000), 0);
            harness.processElement(attribution("a", "p", 0, 2, "m2", 3 * DAY), 0);
            harness.processElement(new Attribution("b", "q", null, 0, 1, "", 0, 0, 0, null), 0);
            harness.processWatermark(11 * DAY - 1);
            assertThat(harness.numKeyedStateEntries()).isEqualTo(1);
            harness.processWatermark(11 * DAY);
            assertThat(harness.numKeyedStateEntries()).isZero();
            assertThat(harness.numEventTimeTimers()).isZero();
        }
    }

    @Test
    void aRestoredJobKnowsWhatItCountedAndHowFarTimeHadCome() throws Exception {
        OperatorSubtaskState snapshot;
        try (var harness = harness()) {
            harness.processElement(attribution("a", "p", 0, 1, "m1", 10 * DAY), 0);
            harness.processWatermark(10 * DAY);
            harness.processElement(attribution("a", "p", 0, 2, "m2", 10 * DAY), 0);
            // No record comes after this, yet windows may have been let go of.
            harness.processWatermark(11 * DAY);
            snapshot = harness.snapshot(1, 1);
        }
        try (var harness = unopened()) {
            harness.initializeState(snapshot);
            harness.open();
            // No watermark has come yet.
            harness.processElement(attribution("b", "q", 0, 3, "m3", 4 * DAY - 1), 0);
            harness.processElement(attribution("a", "p", 0, 2, "m2", 10 * DAY), 0);
            assertThat(harness.extractOutputValues()).isEmpty();
            harness.processElement(attribution("a", "p", 0, 4, "m4", 10 * DAY), 0);
            assertThat(harness.extractOutputValues()).hasSize(3);
        }
    }

    private static Attribution attribution(
            String leaf, String profile, int partition, long offset, String messageId, long timeMillis) {
        Event event = new Event(
                messageId, "track", "x", null, leaf, null, null, null, timeMillis, null, null, null, null, null, null);
        return new Attribution(leaf, profile, null, 0, 1, "raw", partition, offset, timeMillis, event);
    }

    private static List<PresenceDelta> attributed(KeyedOneInputStreamOperatorTestHarness<?, ?, ?> harness) {
        List<PresenceDelta> deltas = new ArrayList<>();
        harness.getSideOutput(ContributeFunction.ATTRIBUTED).stream()
                .map(StreamRecord::getValue)
                .forEach(deltas::add);
        return deltas;
    }

    private static KeyedOneInputStreamOperatorTestHarness<String, Attribution, TotalDelta> unopened() throws Exception {
        return new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new ContributeFunction(RULES)), Attribution::identifier, Types.STRING);
    }

    private static KeyedOneInputStreamOperatorTestHarness<String, Attribution, TotalDelta> harness() throws Exception {
        var harness = unopened();
        harness.open();
        return harness;
    }
}
