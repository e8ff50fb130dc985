package dev.millrace.measure.rejected;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.catalogue.ReadableCatalogue;
import dev.millrace.core.metric.Measuring;
import dev.millrace.core.metric.TotalDelta;
import dev.millrace.measure.Catching;
import dev.millrace.measure.Records;
import dev.millrace.measure.Stages;
import dev.millrace.measure.Stages.Backend;
import dev.millrace.runtime.binary.BinaryType;
import dev.millrace.runtime.kafka.DeadLetter;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RejectedOperatorTest {
    private static final long DAY = Duration.ofDays(1).toMillis();
    private static final ReadableCatalogue CATALOGUE = Records.catalogue(
            """
            - {name: health, aggregate: count, windows: [1d], dimensions: [signal, reason],
               match: {signals: [accepted, rejected]}}
            - {name: rejections, aggregate: count, windows: [1h, 1d], match: {signals: [rejected]}}
            - {name: events, aggregate: count, windows: [1h]}
            """);
    private static final Measuring RULES =
            new Measuring(CATALOGUE.catalogue(), DAY, DAY, 100, Measuring.MOST_AN_HOUR, DAY);

    /** Metric, window, its start and dimensions -> number. */
    private final Map<String, Long> sums = new TreeMap<>();

    @ParameterizedTest
    @EnumSource
    void aRecordThatIsTurnedAwayAgainCountsOnceByWhenItArrived(Backend backend) throws Exception {
        OperatorSubtaskState snapshot;
        try (var harness = open(backend, null)) {
            take(harness, new DeadLetter("raw/0/refine", 5, "malformed", 3 * DAY));
            take(harness, new DeadLetter("raw/0/refine", 5, "malformed", 3 * DAY));
            take(harness, new DeadLetter("raw/0/refine", 3, "malformed", 3 * DAY));
            take(harness, new DeadLetter("raw/1/refine", 3, "empty", 4 * DAY - 1));
            take(harness, new DeadLetter("raw/0/decode", 4, "empty", 4 * DAY));
            harness.prepareSnapshotPreBarrier(1);
            snapshot = harness.snapshot(1, 1);
        }
        try (var harness = open(backend, snapshot)) {
            take(harness, new DeadLetter("raw/0/refine", 5, "malformed", 3 * DAY));
            take(harness, new DeadLetter("raw/0/refine", 6, "malformed", 3 * DAY));
            harness.prepareSnapshotPreBarrier(2);
            harness.snapshot(2, 2);
            assertThat(Stages.entries(harness)).as("a number of each place").isEqualTo(3);
            assertThat(harness.numEventTimeTimers()).isZero();
        }
        assertThat(sums)
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "health 1d 3 [\"rejected\",\"malformed\"]", 2L,
                        "health 1d 3 [\"rejected\",\"empty\"]", 1L,
                        "health 1d 4 [\"rejected\",\"empty\"]", 1L,
                        "rejections 1d 3 []", 3L,
                        "rejections 1d 4 []", 1L,
                        "rejections 1h 3 []", 3L,
                        "rejections 1h 4 []", 1L));
    }

    private static void take(KeyedOneInputStreamOperatorTestHarness<String, DeadLetter, ?> harness, DeadLetter letter)
            throws Exception {
        harness.processElement(new StreamRecord<>(letter));
    }

    private void add(TotalDelta delta) {
        String metric = CATALOGUE.catalogue().byId(delta.key().metric()).name();
        String row =
                metric + ' ' + delta.key().window() + ' ' + delta.key().startMillis() / DAY + ' ' + delta.dimensions();
        sums.merge(row, delta.amounts()[0], Long::sum);
    }

    private KeyedOneInputStreamOperatorTestHarness<String, DeadLetter, TotalDelta> open(
            Backend backend, OperatorSubtaskState from) throws Exception {
        return Stages.open(
                new RejectedOperator(RULES, CATALOGUE),
                DeadLetter::place,
                BinaryType.TEXT,
                new Catching<>(BinaryType.TOTAL_DELTA, this::add),
                backend,
                from);
    }
}
