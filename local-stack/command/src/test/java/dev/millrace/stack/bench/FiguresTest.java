package dev.millrace.stack.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.stack.bench.UsageCurve.Usage;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class FiguresTest {
    private static final long SECOND = 1_000_000_000;

    @Test
    void percentilesAreTheNearestRanks() {
        Latencies latencies = new Latencies();
        for (int millis = 1_000; millis >= 1; millis--) {
            latencies.add(millis);
        }
        assertThat(latencies.summary()).isEqualTo(new Latencies.Summary(1_000, 500, 990, 999, 1_000));
    }

    @Test
    void aSingleWaitIsEveryPercentile() {
        Latencies latencies = new Latencies();
        latencies.add(7);
        assertThat(latencies.summary()).isEqualTo(new Latencies.Summary(1, 7, 7, 7, 7));
    }

    @Test
    void noWaitsAreZeroes() {
        assertThat(new Latencies().summary()).isEqualTo(new Latencies.Summary(0, 0, 0, 0, 0));
    }

    @Test
    void aTimelineKnowsWhenARankWasReachedInWhateverOrderItWasTold() {
        Timeline timeline = new Timeline();
        for (long millis : new long[] {30, 10, 10, 20, 30, 10}) {
            timeline.add(millis);
        }
        assertThat(timeline.total()).isEqualTo(6);
        assertThat(timeline.millisOf(1)).isEqualTo(10);
        assertThat(timeline.millisOf(3)).isEqualTo(10);
        assertThat(timeline.millisOf(4)).isEqualTo(20);
        assertThat(timeline.millisOf(6)).isEqualTo(30);
        assertThatThrownBy(() -> timeline.millisOf(7)).hasMessage("there are 6, but not 7");
    }

    @Test
    void theReadingRateIsInterpolatedAtTheStartAndEndsBeforeTheLastLook() {
        ReadingCurve curve = new ReadingCurve();
        curve.add(0, 0);
        curve.add(10 * SECOND, 1_000);
        curve.add(11 * SECOND, 1_200);
        curve.add(12 * SECOND, 1_400);
        curve.add(13 * SECOND, 1_400);
        // Ended somewhere in this minute.
        curve.add(73 * SECOND, 1_500);
        assertThat(curve.span(500, 1_500).perSecond()).isCloseTo(900 / 7.0, within(1e-9));
    }

    @Test
    void theRateUntilAMomentCountsTheDrainIn() {
        ReadingCurve curve = new ReadingCurve();
        curve.add(0, 0);
        curve.add(10 * SECOND, 1_000);
        curve.add(12 * SECOND, 1_500);
        assertThat(curve.spanUntil(500, 1_500, 13 * SECOND).perSecond()).isCloseTo(1_000 / 8.0, within(1e-9));
        assertThatThrownBy(() -> curve.spanUntil(500, 1_500, 5 * SECOND)).hasMessageContaining("measure more events");
    }

    @Test
    void theFirstThingMeasuredIsBehindTheShareOfTheWarmUp() {
        Workload workload = new Workload(300, 100);
        assertThat(workload.total()).isEqualTo(400);
        assertThat(workload.firstMeasured(200)).isEqualTo(150);
        assertThat(new Workload(1, 1_000).firstMeasured(10)).isEqualTo(1);
    }

    @Test
    void costIsInMicrosecondsAnEventAndEventsAProcessorSecond() {
        Cost cost = Cost.of(1_000_000, new Usage(20, 3, 2), 1 << 30, 500);
        assertThat(cost.eventsPerJobCpuSecond()).isEqualTo(50_000);
        assertThat(cost.eventsPerCpuSecond()).isEqualTo(40_000);
        assertThat(cost.jobMicrosPerEvent()).isCloseTo(20, within(1e-9));
        assertThat(cost.microsPerEvent()).isCloseTo(25, within(1e-9));
        assertThat(Cost.of(10, new Usage(0, 0, 0), 0, 0).eventsPerCpuSecond()).isZero();
    }

    @Test
    void countersAreThoseOfMillracesGroup() {
        assertThat(JobCounters.counter("contribute.millrace.events_counted")).isEqualTo("events_counted");
        assertThat(JobCounters.counter("metric_values__Writer.millrace.rows_written"))
                .isEqualTo("rows_written");
        assertThat(JobCounters.counter("Source__stitched.numRecordsIn")).isEmpty();
    }

    @Test
    void aReadingTooShortToBeSeenIsRefused() {
        ReadingCurve curve = new ReadingCurve();
        curve.add(0, 0);
        curve.add(SECOND, 1_000);
        assertThatThrownBy(() -> curve.span(500, 1_000)).hasMessageContaining("measure more events");
    }

    @Test
    void distinctTextsAreCountedToATenthOfAPercent() {
        DistinctCount count = new DistinctCount();
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 500_000; i++) {
                count.add("anonymous-" + i);
            }
        }
        assertThat(count.estimate()).isCloseTo(500_000, Percentage.withPercentage(0.1));
    }

    @Test
    void aVersionIsReadFromAClassPath() {
        String classPath =
                "/r/kafka_2.13/4.1.2/kafka_2.13-4.1.2.jar:/r/flink-runtime-web-2.1.0.jar:/r/flink-runtime-2.2.0.jar";
        assertThat(Machine.version(classPath, "kafka_2.13")).isEqualTo("4.1.2");
        assertThat(Machine.version(classPath, "flink-runtime")).isEqualTo("2.2.0");
        assertThat(Machine.version(classPath, "frocksdbjni")).isEqualTo("unknown");
    }
}
