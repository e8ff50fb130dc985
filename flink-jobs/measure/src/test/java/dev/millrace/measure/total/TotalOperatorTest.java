package dev.millrace.measure.total;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.millrace.core.catalogue.DimensionValues;
import dev.millrace.core.catalogue.ReadableCatalogue;
import dev.millrace.core.metric.Freshness;
import dev.millrace.core.metric.Measuring;
import dev.millrace.core.metric.TotalDelta;
import dev.millrace.core.metric.TotalKey;
import dev.millrace.core.store.MetricDescription;
import dev.millrace.core.store.MetricRow;
import dev.millrace.core.store.ProgressRow;
import dev.millrace.measure.Catching;
import dev.millrace.measure.Records;
import dev.millrace.measure.Stages;
import dev.millrace.measure.Stages.Backend;
import dev.millrace.measure.StoreInMemory;
import dev.millrace.runtime.binary.BinaryType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TotalOperatorTest {
    private static final long HOUR = Duration.ofHours(1).toMillis();
    private static final long HORIZON = 10 * HOUR;
    private static final int MAX_PARALLELISM = 128;
    private static final String METRICS =
            """
            - {name: events, aggregate: count, windows: [1h]}
            - {name: visits, aggregate: sessions, gap: 10m, windows: [1h]}
            - {name: colours, aggregate: count, windows: [1h], max_values: 3,
               dimensions: [{name: colour, from: properties.colour}]}
            - {name: few_things, aggregate: count, windows: [1h], max_values: 3,
               dimensions: [{name: colour, from: properties.colour}, {name: form, from: properties.form}]}
            - {name: things, aggregate: count, windows: [1h], max_values: 12,
               dimensions: [{name: colour, from: properties.colour}, {name: form, from: properties.form}]}
            """;
    private static final ReadableCatalogue CATALOGUE = Records.catalogue(METRICS);
    private static final int EVENTS = id("events");
    private static final Measuring RULES = rules(CATALOGUE);

    private final StoreInMemory store = new StoreInMemory();
    private final List<ProgressRow> progress = new ArrayList<>();

    @Test
    void aHotWindowCostsAtMostOneRowWriteAFlushInterval() throws Exception {
        try (var harness = open(Backend.HEAP, null)) {
            int intervals = 10;
            int additions = 100_000;
            for (int i = 0; i < additions; i++) {
                harness.processElement(events(0, 1));
                harness.setProcessingTime(i * intervals * Stages.FLUSH_MILLIS / additions);
            }
            harness.prepareSnapshotPreBarrier(1);
            harness.snapshot(1, 1);
            assertThat(store.writes()).hasSizeBetween(intervals - 1, intervals + 1);
            assertThat(store.writes().get(store.writes().size() - 1).value()).isEqualTo(additions);
        }
    }

    @Test
    void rowsOfABacklogWaitForMoreUnlessSomethingLiveComes() throws Exception {
        try (var harness = open(Backend.HEAP, null)) {
            for (int i = 0; i < TotalOperator.FLUSHES_BEHIND; i++) {
                assertThat(store.writes()).isEmpty();
                harness.processElement(arriving(events(0, 1), i == 1 ? Freshness.UNKNOWN : Freshness.BACKLOG));
                pass(harness, 1);
            }
            assertThat(store.writes()).extracting(MetricRow::value).containsExactly(4.0);

            harness.processElement(arriving(events(0, 1), Freshness.BACKLOG));
            harness.processElement(arriving(events(0, 1), Freshness.LIVE));
            harness.processElement(arriving(events(0, 1), Freshness.BACKLOG));
            pass(harness, 1);
            assertThat(store.writes()).extracting(MetricRow::value).containsExactly(4.0, 7.0);

            harness.processElement(arriving(events(0, 1), Freshness.BACKLOG));
            pass(harness, 1);
            assertThat(last().value()).isEqualTo(7);
            pass(harness, 1);
            assertThat(last().value()).as("nothing more came").isEqualTo(8);

            harness.processElement(arriving(events(0, 1), Freshness.BACKLOG));
            harness.prepareSnapshotPreBarrier(1);
            assertThat(last().value()).as("before a checkpoint").isEqualTo(9);
        }
    }

    @Test
    void whatHasNotChangedIsNotWritten() throws Exception {
        try (var harness = open(Backend.HEAP, null)) {
            harness.processElement(events(0, 1));
            pass(harness, 100);
            harness.prepareSnapshotPreBarrier(1);
            assertThat(store.writes()).hasSize(1);
        }
    }

    @Test
    void whatBeganInAWindowMayGoOnBeforeThatIsACorrection() throws Exception {
        try (var harness = open(Backend.HEAP, null)) {
            harness.processElement(visits(1, 60_000, 1));
            pass(harness, 1);
            harness.processWatermark(new Watermark(HOUR + 10 * 60_000 - 1));
            harness.processElement(visits(0, 60_000, -1));
            pass(harness, 1);
            assertThat(store.writes()).extracting(MetricRow::revision).containsOnly(0);

            harness.processWatermark(new Watermark(HOUR + 10 * 60_000));
            harness.processElement(visits(1, 0, 1));
            pass(harness, 1);
            assertThat(last().revision()).isEqualTo(1);
        }
    }

    private static StreamRecord<TotalDelta> visits(long sessions, long millis, long bounces) {
        TotalKey key = new TotalKey(id("visits"), "1h", 0, HOUR);
        long[] amounts = {sessions, millis, bounces};
        return new StreamRecord<>(new TotalDelta(key, DimensionValues.NONE, amounts, Freshness.UNKNOWN));
    }

    @ParameterizedTest
    @EnumSource
    void aCorrectionIsOneThatComesAfterTheWindowHasEnded(Backend backend) throws Exception {
        OperatorSubtaskState snapshot;
        try (var harness = open(backend, null)) {
            harness.processElement(events(0, 1));
            pass(harness, 1);
            harness.processElement(events(0, 1));
            pass(harness, 1);
            harness.processWatermark(new Watermark(HOUR - 1));
            harness.processElement(events(0, 1));
            pass(harness, 1);
            assertThat(last()).isEqualTo(row(3, 0, harness.getProcessingTime(), null));

            harness.processWatermark(new Watermark(HOUR));
            harness.processElement(events(0, 1));
            pass(harness, 1);
            assertThat(last()).isEqualTo(row(4, 1, harness.getProcessingTime(), harness.getProcessingTime()));
            snapshot = snapshot(harness);
        }
        try (var harness = open(backend, snapshot)) {
            pass(harness, 100);
            harness.processElement(events(0, -1)); // Before the first watermark.
            pass(harness, 1);
            long corrected = harness.getProcessingTime();
            assertThat(last()).isEqualTo(row(3, 2, corrected, corrected));
            // What adds up to nothing is written, but corrects nothing.
            harness.processElement(events(0, 1));
            harness.processElement(events(0, -1));
            pass(harness, 1);
            assertThat(last()).isEqualTo(row(3, 2, harness.getProcessingTime(), corrected));
        }
    }

    @Test
    void aWindowWhoseFirstEventIsLateIsNotCorrected() throws Exception {
        try (var harness = open(Backend.HEAP, null)) {
            harness.processWatermark(new Watermark(5 * HOUR));
            harness.processElement(events(0, 1));
            pass(harness, 1);
            assertThat(last()).isEqualTo(row(1, 0, harness.getProcessingTime(), null));
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsFoldedIsTakenBackFromWhereItWasAdded(Backend backend) throws Exception {
        Random random = new Random(3);
        List<String> colours = new ArrayList<>();
        OperatorSubtaskState snapshot = null;
        Map<String, Double> rows = Map.of();
        for (int part = 0; part < 4; part++) {
            try (var harness = open(backend, snapshot)) {
                for (int i = 0; i < 200; i++) {
                    if (colours.isEmpty() || random.nextInt(5) > 0) {
                        colours.add("c" + random.nextInt(20));
                        harness.processElement(colour(colours.get(colours.size() - 1), 1));
                    } else {
                        harness.processElement(colour(colours.remove(random.nextInt(colours.size())), -1));
                    }
                    if (random.nextInt(10) == 0) {
                        pass(harness, 1);
                    }
                }
                snapshot = snapshot(harness);
            }
            rows = values();
            assertThat(rows).hasSize(4).containsKey("{\"colour\":\"(other)\"}");
            assertThat(rows.values()).allMatch(value -> value >= 0);
            assertThat(rows.values().stream().mapToDouble(Double::doubleValue).sum())
                    .isEqualTo(colours.size());
        }
        try (var harness = open(backend, snapshot)) {
            for (String colour : colours) {
                harness.processElement(colour(colour, -1));
            }
            pass(harness, 1);
        }
        assertThat(values()).hasSize(4);
        assertThat(values().values()).containsOnly(0.0);
    }

    /** Of few_things each dimension has too many values; of things, there are too many combinations. */
    @ParameterizedTest
    @CsvSource({
        "1, HEAP, few_things, 3, 5, 20",
        "2, HEAP, few_things, 3, 5, 20",
        "3, ROCKSDB, few_things, 3, 5, 20",
        "1, HEAP, things, 12, 13, 13",
        "2, HEAP, things, 12, 13, 13",
        "3, ROCKSDB, things, 12, 13, 13"
    })
    void ofSeveralDimensionsEachIsBoundedAndEachCombinationIsTakenBackFromItsRow(
            long seed, Backend backend, String metric, int mostValues, int colours, int forms) throws Exception {
        Random random = new Random(seed);
        List<String> counted = new ArrayList<>();
        OperatorSubtaskState snapshot = null;
        for (int part = 0; part < 4; part++) {
            try (var harness = open(backend, snapshot)) {
                for (int i = 0; i < 200; i++) {
                    if (counted.isEmpty() || random.nextInt(5) > 0) {
                        counted.add(DimensionValues.text("c" + random.nextInt(colours), "f" + random.nextInt(forms)));
                        harness.processElement(one(metric, counted.get(counted.size() - 1), 1));
                    } else {
                        harness.processElement(one(metric, counted.remove(random.nextInt(counted.size())), -1));
                    }
                    if (random.nextInt(10) == 0) {
                        pass(harness, 1);
                    }
                }
                snapshot = snapshot(harness);
            }
            assertThat(values(metric).values()).allMatch(value -> value >= 0);
            assertThat(values(metric).values().stream()
                            .mapToDouble(Double::doubleValue)
                            .sum())
                    .isEqualTo(counted.size());
        }
        try (var harness = open(backend, snapshot)) {
            for (String thing : counted) {
                harness.processElement(one(metric, thing, -1));
            }
            pass(harness, 1);
        }
        Map<String, Double> rows = values(metric);
        assertThat(rows.values()).containsOnly(0.0);
        assertThat(rows).hasSizeLessThanOrEqualTo(10 * mostValues + 1);
        for (String dimension : List.of("colour", "form")) {
            assertThat(rows.keySet().stream()
                            .map(row -> row.replaceAll(".*\"" + dimension + "\":\"([^\"]*)\".*", "$1"))
                            .distinct())
                    .hasSizeLessThanOrEqualTo(mostValues + 1)
                    .contains(DimensionValues.OTHER);
        }
    }

    @Test
    void ofSeveralDimensionsEachIsFoldedForItself() throws Exception {
        try (var harness = open(Backend.HEAP, null)) {
            for (int i = 0; i < 90; i++) {
                harness.processElement(one("few_things", DimensionValues.text("c" + i % 3, "f" + i / 3), 1));
            }
            harness.processElement(one("few_things", DimensionValues.text("new", "f0"), 1));
            pass(harness, 1);
        }
        assertThat(values("few_things"))
                .hasSize(13)
                .containsEntry("{\"colour\":\"(other)\",\"form\":\"f0\"}", 1.0)
                .containsEntry("{\"colour\":\"c2\",\"form\":\"(other)\"}", 27.0);
    }

    @ParameterizedTest
    @EnumSource
    void whatWasFoldedIsTakenBackFromThereWhereMoreValuesAreAllowedSince(Backend backend) throws Exception {
        OperatorSubtaskState snapshot;
        try (var harness = open(backend, null)) {
            for (String colour : List.of("red", "green", "blue", "pink", "teal")) {
                harness.processElement(colour(colour, 2));
            }
            snapshot = snapshot(harness);
        }
        Measuring more = rules(Records.catalogue(METRICS.replace("max_values: 3", "max_values: 30")));
        for (int restart = 0; restart < 2; restart++) {
            try (var harness = open(more, backend, snapshot)) {
                harness.processElement(colour("pink", -1));
                harness.processElement(colour("red", -1));
                snapshot = snapshot(harness);
            }
        }
        assertThat(values())
                .hasSize(4)
                .containsEntry("{\"colour\":\"red\"}", 0.0)
                .containsEntry("{\"colour\":\"(other)\"}", 2.0);
        try (var harness = open(more, backend, snapshot)) {
            TotalKey next = new TotalKey(id("colours"), "1h", HOUR, 2 * HOUR);
            for (int i = 0; i < 30; i++) {
                harness.processElement(new StreamRecord<>(
                        new TotalDelta(next, DimensionValues.text("c" + i), new long[] {1}, Freshness.UNKNOWN)));
            }
            pass(harness, 1);
        }
        assertThat(values()).as("as many as are allowed now in the next window").hasSize(34);
    }

    @ParameterizedTest
    @EnumSource
    void aWindowGoesOnceItIsPastTheHorizonAndItsRowsStay(Backend backend) throws Exception {
        try (var harness = open(backend, null)) {
            for (int i = 0; i < 50; i++) {
                harness.processElement(events(i * HOUR, 1));
                harness.processElement(colour("red", 1));
            }
            pass(harness, 1);
            harness.processWatermark(new Watermark(HOUR + HORIZON - 1));
            harness.processElement(events(0, 1));
            harness.processWatermark(new Watermark(HOUR + HORIZON));
            assertThat(last()).isEqualTo(row(2, 1, harness.getProcessingTime(), harness.getProcessingTime()));
            assertThat(harness.numEventTimeTimers()).isEqualTo(49);

            harness.processWatermark(new Watermark(50 * HOUR + HORIZON));
            snapshot(harness);
            assertThat(Stages.entries(harness)).isZero();
            assertThat(harness.numEventTimeTimers()).isZero();
            assertThat(store.rows(Long.MIN_VALUE)).hasSize(51);
        }
    }

    @Test
    void whatWasWrittenSinceTheCheckpointIsWrittenAgainBeforeTheNextByWhoeverKeepsIt() throws Exception {
        OperatorSubtaskState snapshot;
        try (var harness = subtask(0, 1, null, 1_000_000)) {
            harness.processElement(events(0, 1));
            snapshot = snapshot(harness);
            pass(harness, 1);
            // All of this comes about for a moment, and never again.
            for (int i = 0; i < 20; i++) {
                harness.processElement(events(i * HOUR, 1));
            }
            harness.processElement(colour("red", 1));
            pass(harness, 1);
        }
        assertThat(store.rows(Long.MIN_VALUE)).hasSize(21);
        store.writes().clear();

        int subtasks = 2;
        for (int i = 0; i < subtasks; i++) {
            OperatorSubtaskState part = AbstractStreamOperatorTestHarness.repartitionOperatorState(
                    snapshot, MAX_PARALLELISM, 1, subtasks, i);
            try (var harness = subtask(i, subtasks, part, 2_000_000)) {
                assertThat(store.writes()).allMatch(row -> row.updatedAtMillis() == 2_000_000);
                harness.prepareSnapshotPreBarrier(1);
            }
        }
        assertThat(store.writes()).as("each by one of them").hasSize(21);
        assertThat(values()).containsEntry("{\"colour\":\"red\"}", 0.0);
        assertThat(store.rows(Long.MIN_VALUE)).as("what the checkpoint had").hasSize(1);
    }

    /** A first attempt that ends before its first checkpoint leaves nothing behind but rows. */
    @Test
    void whatAnAttemptWroteBeforeThereWasACheckpointIsWrittenAgainBeforeTheFirst() throws Exception {
        try (var harness = subtask(0, 1, null, 1_000)) {
            harness.processElement(colour("blue", 1));
            pass(harness, 1);
        }
        store.submitted(900_000);
        try (var harness = subtask(0, 1, null, 1_000_000)) {
            harness.processElement(events(0, 1));
            harness.processElement(colour("red", 1));
            pass(harness, 1);
        }
        store.writes().clear();
        try (var harness = subtask(0, 1, null, 2_000_000)) {
            harness.processElement(events(0, 1));
            snapshot(harness);
        }
        assertThat(values())
                .containsEntry("{\"colour\":\"red\"}", 0.0)
                .as("of a job before")
                .doesNotContainKey("{\"colour\":\"blue\"}");
    }

    @Test
    void aMetricThatIsNoMoreIsLeftAlone() throws Exception {
        try (var harness = open(Backend.HEAP, null)) {
            harness.processElement(new StreamRecord<>(new TotalDelta(
                    new TotalKey(7, "1h", 0, HOUR), DimensionValues.NONE, new long[] {1}, Freshness.UNKNOWN)));
            pass(harness, 1);
            assertThat(store.writes()).isEmpty();
            assertThat(Stages.entries(harness)).isZero();
        }
    }

    @Test
    void theFirstSubtaskTellsHowFarEventTimeHasCome() throws Exception {
        try (var harness = open(Backend.HEAP, null)) {
            pass(harness, 1);
            harness.processWatermark(new Watermark(20 * HOUR));
            for (int i = 0; i < TotalOperator.FLUSHES_BEHIND; i++) {
                assertThat(progress).as("others may have rows of before").isEmpty();
                pass(harness, 1);
            }
            pass(harness, 1);
            harness.processWatermark(Watermark.MAX_WATERMARK);
            pass(harness, 10);
            assertThat(progress)
                    .extracting(ProgressRow::eventTimeMillis, ProgressRow::hotSinceMillis)
                    .containsExactly(tuple(20 * HOUR, 10 * HOUR));
            assertThat(store.descriptions())
                    .extracting(MetricDescription::metric)
                    .containsExactly("events");
        }
    }

    @Test
    void whatHasBeenLetGoOfStaysSoWhereTheHorizonIsRaised() throws Exception {
        OperatorSubtaskState snapshot;
        try (var harness = open(Backend.HEAP, null)) {
            harness.processWatermark(new Watermark(20 * HOUR));
            snapshot = snapshot(harness);
        }
        Measuring raised = new Measuring(CATALOGUE.catalogue(), 15 * HOUR, HORIZON, 100, Measuring.MOST_AN_HOUR, HOUR);
        try (var harness = open(raised, Backend.HEAP, snapshot)) {
            for (int hour : new int[] {21, 26}) {
                harness.processWatermark(new Watermark(hour * HOUR));
                pass(harness, 1);
                pass(harness, 1 + TotalOperator.FLUSHES_BEHIND);
                pass(harness, 1);
            }
        }
        assertThat(progress)
                .extracting(ProgressRow::eventTimeMillis, ProgressRow::hotSinceMillis)
                .containsExactly(tuple(21 * HOUR, 10 * HOUR), tuple(26 * HOUR, 11 * HOUR));
    }

    private KeyedOneInputStreamOperatorTestHarness<TotalKey, TotalDelta, MetricRow> subtask(
            int index, int subtasks, OperatorSubtaskState from, long clockMillis) throws Exception {
        KeyedOneInputStreamOperatorTestHarness<TotalKey, TotalDelta, MetricRow> harness =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        operator(), TotalDelta::key, BinaryType.TOTAL_KEY, MAX_PARALLELISM, subtasks, index);
        harness.setOutputCreator(ignored -> output());
        harness.setProcessingTime(clockMillis);
        harness.setup();
        if (from != null) {
            harness.initializeState(from);
        }
        harness.open();
        return harness;
    }

    private static StreamRecord<TotalDelta> events(long hourMillis, long number) {
        TotalKey key = new TotalKey(EVENTS, "1h", hourMillis, hourMillis + HOUR);
        return new StreamRecord<>(new TotalDelta(key, DimensionValues.NONE, new long[] {number}, Freshness.UNKNOWN));
    }

    private static StreamRecord<TotalDelta> arriving(StreamRecord<TotalDelta> record, Freshness arrival) {
        TotalDelta delta = record.getValue();
        return new StreamRecord<>(new TotalDelta(delta.key(), delta.dimensions(), delta.amounts(), arrival));
    }

    private static StreamRecord<TotalDelta> colour(String colour, long number) {
        return one("colours", DimensionValues.text(colour), number);
    }

    private static StreamRecord<TotalDelta> one(String metric, String dimensions, long number) {
        TotalKey key = new TotalKey(id(metric), "1h", 0, HOUR);
        return new StreamRecord<>(new TotalDelta(key, dimensions, new long[] {number}, Freshness.UNKNOWN));
    }

    private static int id(String name) {
        return CATALOGUE.catalogue().metrics().stream()
                .filter(metric -> metric.name().equals(name))
                .findFirst()
                .orElseThrow()
                .id();
    }

    /** Over so many flushes. */
    private static void pass(KeyedOneInputStreamOperatorTestHarness<?, ?, ?> harness, int flushes) throws Exception {
        harness.setProcessingTime(harness.getProcessingTime() + flushes * Stages.FLUSH_MILLIS + 1);
    }

    private static OperatorSubtaskState snapshot(KeyedOneInputStreamOperatorTestHarness<?, ?, ?> harness)
            throws Exception {
        harness.prepareSnapshotPreBarrier(1);
        return harness.snapshot(1, 1);
    }

    private MetricRow last() {
        return store.writes().get(store.writes().size() - 1);
    }

    private static MetricRow row(double value, int revision, long updatedAt, Long correctedAt) {
        return new MetricRow("events", "1h", 0, HOUR, "{}", value, revision, updatedAt, correctedAt);
    }

    private Map<String, Double> values() {
        return values("colours");
    }

    /** Of a metric: dimensions -> value as last written. */
    private Map<String, Double> values(String metric) {
        Map<String, Double> values = new TreeMap<>();
        for (MetricRow row : store.writes()) {
            if (row.metric().equals(metric)) {
                values.put(row.dimensions(), row.value());
            }
        }
        return values;
    }

    private static Measuring rules(ReadableCatalogue catalogue) {
        return new Measuring(catalogue.catalogue(), HORIZON, HORIZON, 100, Measuring.MOST_AN_HOUR, HOUR);
    }

    private TotalOperator operator() {
        return operator(RULES);
    }

    private TotalOperator operator(Measuring rules) {
        MetricDescription description =
                new MetricDescription("events", "", "", "count", List.of("1h"), List.of(), "UTC", 0, false);
        return new TotalOperator(rules, Stages.FLUSH_MILLIS, store, List.of(description));
    }

    private Catching<MetricRow> output() {
        return new Catching<>(TypeInformation.of(MetricRow.class), store::write)
                .side(TotalOperator.PROGRESS, progress::add);
    }

    private KeyedOneInputStreamOperatorTestHarness<TotalKey, TotalDelta, MetricRow> open(
            Backend backend, OperatorSubtaskState from) throws Exception {
        return open(RULES, backend, from);
    }

    private KeyedOneInputStreamOperatorTestHarness<TotalKey, TotalDelta, MetricRow> open(
            Measuring rules, Backend backend, OperatorSubtaskState from) throws Exception {
        return Stages.open(operator(rules), TotalDelta::key, BinaryType.TOTAL_KEY, output(), backend, from);
    }
}
