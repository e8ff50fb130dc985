package dev.millrace.measure.attribute;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.metric.Presence;
import dev.millrace.core.metric.PresenceDelta;
import dev.millrace.core.metric.TotalDelta;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class AttributeFunctionTest {
    private static final Presence WINDOW = new Presence("unique_profiles", "1m", 0, 60_000);

    @Test
    void aPersonCountsOnceHoweverManyOfTheirLeavesArePresent() throws Exception {
        try (var harness = harness()) {
            for (int leaves : new int[] {1, 1, -1, -1, 1}) {
                harness.processElement(new PresenceDelta("p", WINDOW, leaves), 0);
            }
            harness.processElement(new PresenceDelta("q", WINDOW, 1), 0);
            assertThat(harness.extractOutputValues())
                    .extracting(TotalDelta::value)
                    .containsExactly(1.0, -1.0, 1.0, 1.0);
        }
    }

    @Test
    void nothingIsKeptBeyondTheHorizon() throws Exception {
        try (var harness = harness()) {
            harness.processElement(new PresenceDelta("p", WINDOW, 1), 0);
            harness.processWatermark(60_999);
            assertThat(harness.numKeyedStateEntries()).isEqualTo(1);
            harness.processWatermark(61_000);
            assertThat(harness.numKeyedStateEntries()).isZero();
            assertThat(harness.numEventTimeTimers()).isZero();
        }
    }

    private static KeyedOneInputStreamOperatorTestHarness<PresenceDelta.Key, PresenceDelta, TotalDelta> harness()
            throws Exception {
        var harness = new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new AttributeFunction(1000)),
                PresenceDelta::key,
                TypeInformation.of(PresenceDelta.Key.class));
        harness.open();
        return harness;
    }
}
