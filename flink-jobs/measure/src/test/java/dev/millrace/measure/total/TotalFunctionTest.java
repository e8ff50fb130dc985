package dev.millrace.measure.total;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.metric.MetricRow;
import dev.millrace.core.metric.TotalDelta;
import dev.millrace.core.metric.TotalKey;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class TotalFunctionTest {
    private static final TotalKey KEY = new TotalKey("events", "1m", 0, 60_000, "{}");

    @Test
    void aHotRowIsWrittenOnceAFlushInterval() throws Exception {
        try (var harness = harness()) {
            for (int i = 0; i < 1000; i++) {
                harness.processElement(new TotalDelta(KEY, 1), 0);
            }
            assertThat(harness.extractOutputValues()).isEmpty();
            harness.setProcessingTime(500);
            assertThat(harness.extractOutputValues())
                    .containsExactly(new MetricRow("events", "1m", 0, "{}", 1000, 0, 500, null));
        }
    }

    @Test
    void aChangeAfterTheWindowHasClosedIsACorrection() throws Exception {
        try (var harness = harness()) {
            harness.processElement(new TotalDelta(KEY, 1), 0);
            harness.setProcessingTime(500);
            harness.processWatermark(60_000);
            harness.processElement(new TotalDelta(KEY, -1), 0);
            harness.setProcessingTime(1500);
            assertThat(harness.extractOutputValues())
                    .containsExactly(
                            new MetricRow("events", "1m", 0, "{}", 1, 0, 500, null),
                            new MetricRow("events", "1m", 0, "{}", 0, 1, 1500, 1500L));
        }
    }

    @Test
    void changesThatCancelOutAreWrittenForTheStoreMayHoldOneInBetween() throws Exception {
        OperatorSubtaskState snapshot;
        try (var harness = harness()) {
            harness.processElement(new TotalDelta(KEY, 1), 0);
            harness.setProcessingTime(500);
            snapshot = harness.snapshot(1, 1);
            // Written as 2, and then the job fails.
            harness.processElement(new TotalDelta(KEY, 1), 0);
            harness.setProcessingTime(1000);
            assertThat(harness.extractOutputValues())
                    .extracting(MetricRow::value)
                    .containsExactly(1.0, 2.0);
        }
        try (var harness = unopened(1000)) {
            harness.initializeState(snapshot);
            harness.open();
            harness.processElement(new TotalDelta(KEY, 1), 0);
            harness.processElement(new TotalDelta(KEY, -1), 0);
            harness.setProcessingTime(2000);
            assertThat(harness.extractOutputValues())
                    .extracting(MetricRow::value)
                    .containsExactly(1.0);
        }
    }

    @Test
    void withARaisedHorizonARowIsKeptForLonger() throws Exception {
        OperatorSubtaskState snapshot;
        try (var harness = harness()) {
            harness.processElement(new TotalDelta(KEY, 2), 0);
            harness.setProcessingTime(500);
            snapshot = harness.snapshot(1, 1);
        }
        try (var harness = unopened(5000)) {
            harness.initializeState(snapshot);
            harness.open();
            harness.processWatermark(61_000);
            harness.processElement(new TotalDelta(KEY, 1), 0);
            harness.setProcessingTime(2000);
            assertThat(harness.extractOutputValues())
                    .extracting(MetricRow::value)
                    .containsExactly(3.0);
            harness.processWatermark(65_000);
            assertThat(harness.numKeyedStateEntries()).isZero();
            assertThat(harness.numEventTimeTimers()).isZero();
        }
    }

    @Test
    void aRowIsWrittenForTheLastTimeWhenItsWindowPassesTheHorizonAndThenForgotten() throws Exception {
        try (var harness = harness()) {
            harness.processElement(new TotalDelta(KEY, 3), 0);
            harness.processWatermark(61_000);
            assertThat(harness.extractOutputValues())
                    .containsExactly(new MetricRow("events", "1m", 0, "{}", 3, 0, 0, null));
            harness.setProcessingTime(500);
            assertThat(harness.extractOutputValues()).hasSize(1);
            assertThat(harness.numKeyedStateEntries()).isZero();
            assertThat(harness.numEventTimeTimers()).isZero();
            assertThat(harness.numProcessingTimeTimers()).isZero();
        }
    }

    @Test
    void aRestoredRowGoesOnFromItsValue() throws Exception {
        OperatorSubtaskState snapshot;
        try (var harness = harness()) {
            harness.processElement(new TotalDelta(KEY, 2), 0);
            snapshot = harness.snapshot(1, 1);
        }
        try (var harness = unopened(1000)) {
            harness.initializeState(snapshot);
            harness.open();
            harness.processElement(new TotalDelta(KEY, 1), 0);
            harness.setProcessingTime(1000);
            assertThat(harness.extractOutputValues())
                    .extracting(MetricRow::value)
                    .containsExactly(3.0);
        }
    }

    private static KeyedOneInputStreamOperatorTestHarness<TotalKey, TotalDelta, MetricRow> unopened(long horizonMillis)
            throws Exception {
        return new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new TotalFunction(500, horizonMillis)),
                TotalDelta::key,
                TypeInformation.of(TotalKey.class));
    }

    private static KeyedOneInputStreamOperatorTestHarness<TotalKey, TotalDelta, MetricRow> harness() throws Exception {
        var harness = unopened(1000);
        harness.open();
        return harness;
    }
}
