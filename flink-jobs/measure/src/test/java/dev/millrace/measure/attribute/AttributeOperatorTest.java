package dev.millrace.measure.attribute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.millrace.core.catalogue.Metric;
import dev.millrace.core.catalogue.ReadableCatalogue;
import dev.millrace.core.metric.Contribution;
import dev.millrace.core.metric.Fragment;
import dev.millrace.core.metric.InMemory;
import dev.millrace.core.metric.Measuring;
import dev.millrace.core.metric.Presence;
import dev.millrace.core.metric.ProfileChange;
import dev.millrace.core.metric.ProfileChange.Scope;
import dev.millrace.core.metric.TotalDelta;
import dev.millrace.core.oracle.SessionOracleRow;
import dev.millrace.core.store.SessionRow;
import dev.millrace.measure.Catching;
import dev.millrace.measure.Records;
import dev.millrace.measure.Stages;
import dev.millrace.measure.Stages.Backend;
import dev.millrace.measure.StoreInMemory;
import dev.millrace.runtime.binary.BinaryType;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AttributeOperatorTest {
    private static final long MINUTE = Duration.ofMinutes(1).toMillis();
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;
    private static final long HORIZON = 2 * DAY;
    /** How long after the horizon a day is kept: the longest window, and the gap of sessions. */
    private static final long KEPT = 25 * HOUR + 30 * MINUTE;

    private static final long NOW = 100 * DAY;
    private static final long PHONE = 1;
    private static final long LAPTOP = 2;

    private static final ReadableCatalogue CATALOGUE = InMemory.catalogue(
            Records.metrics(
                    """
                    - {name: people, aggregate: unique_profiles, windows: [1d]}
                    - {name: new, aggregate: new_profiles, windows: [1d]}
                    """),
            Records.metrics("{gap: 30m}"),
            ZoneOffset.UTC);
    private static final int PEOPLE = CATALOGUE.catalogue().metrics().get(0).id();
    private static final int SESSIONS = CATALOGUE.catalogue().metrics().stream()
            .filter(Metric::isSessionRows)
            .findFirst()
            .orElseThrow()
            .id();
    private static final Measuring RULES =
            new Measuring(CATALOGUE.catalogue(), HORIZON, DAY, 100, Measuring.MOST_AN_HOUR, HOUR);

    private final StoreInMemory store = new StoreInMemory();
    /** Metric and day -> what was added. */
    private final Map<String, Long> sums = new TreeMap<>();

    @ParameterizedTest
    @EnumSource
    void twoLeavesOfOnePersonAreOnePersonUntilOneLeaves(Backend backend) throws Exception {
        OperatorSubtaskState snapshot;
        try (var harness = open(backend, null)) {
            take(harness, came("p", PHONE, NOW, presence(NOW)));
            take(harness, came("p", LAPTOP, NOW + HOUR, presence(NOW + HOUR)));
            snapshot = snapshot(harness);
            assertThat(sums).containsExactly(Map.entry("new 100", 1L), Map.entry("people 100", 1L));
        }
        try (var harness = open(backend, snapshot)) {
            take(harness, left("p", PHONE));
            take(harness, came("q", PHONE, NOW, presence(NOW)));
            snapshot = snapshot(harness);
            assertThat(sums).containsExactly(Map.entry("new 100", 2L), Map.entry("people 100", 2L));
        }
        try (var harness = open(backend, snapshot)) {
            take(harness, left("p", LAPTOP));
            take(harness, left("p", LAPTOP));
            take(harness, came("q", LAPTOP, NOW + HOUR, presence(NOW + HOUR)));
            snapshot(harness);
            assertThat(sums).containsExactly(Map.entry("new 100", 1L), Map.entry("people 100", 1L));
        }
    }

    @Test
    void whatWaitsForACheckpointInFrontOfRocksDbIsWrittenAheadOfIt() throws Exception {
        try (var harness = open(Backend.ROCKSDB, null)) {
            takeTenProfiles(harness);
            int before = Stages.entries(harness);
            for (int i = 0; i < 10; i++) {
                harness.setProcessingTime(harness.getProcessingTime() + 100);
            }
            assertThat(Stages.entries(harness) - before)
                    .as("all but the three that are objects")
                    .isEqualTo(7);
        }
    }

    @Test
    void stateIsWrittenOnceTheBarrierHasGoneOn() throws Exception {
        try (var harness = open(Backend.ROCKSDB, null)) {
            takeTenProfiles(harness);
            Stages.assertWrittenAfterTheBarrier(harness, 10);
        }
    }

    @Test
    void whatGoesToOneRowIsOneAddition() throws Exception {
        List<TotalDelta> deltas = new ArrayList<>();
        try (var harness = Stages.open(
                new AttributeOperator(RULES, Backend.HEAP.option(), 3, store),
                ProfileChange::profileId,
                BinaryType.TEXT,
                new Catching<>(BinaryType.TOTAL_DELTA, deltas::add),
                Backend.HEAP,
                null)) {
            for (int i = 0; i < 1000; i++) {
                take(harness, came("p" + i, i, NOW - 10 * DAY, presence(NOW)));
            }
            harness.setProcessingTime(100);
            assertThat(deltas).hasSize(2);
            harness.setProcessingTime(1000);
            assertThat(deltas).hasSize(2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void sessionsThatJoinAreOneRow(Backend backend) throws Exception {
        OperatorSubtaskState snapshot;
        try (var harness = open(backend, null)) {
            take(harness, came("p", PHONE, NOW, session(NOW)));
            take(harness, came("p", LAPTOP, NOW + 40 * MINUTE, session(NOW + 40 * MINUTE)));
            snapshot = snapshot(harness);
            assertThat(store.sessions())
                    .extracting(SessionOracleRow::startedAtMillis)
                    .containsExactlyInAnyOrder(NOW, NOW + 40 * MINUTE);
        }
        try (var harness = open(backend, snapshot)) {
            take(harness, came("p", 3, NOW + 20 * MINUTE, session(NOW + 20 * MINUTE)));
            assertThat(store.sessions())
                    .containsExactly(
                            new SessionOracleRow("p", NOW, NOW + 40 * MINUTE, null, null, null, null, 3, 0, 0));
            take(harness, left("p", PHONE));
            assertThat(store.sessions())
                    .extracting(SessionOracleRow::startedAtMillis, SessionOracleRow::events)
                    .containsExactly(tuple(NOW + 20 * MINUTE, 2L));
            take(harness, left("p", LAPTOP));
            take(harness, left("p", 3));
            assertThat(store.sessions()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void sessionsWrittenSinceTheCheckpointAreConfirmedOrDeletedBeforeTheNext(Backend backend) throws Exception {
        OperatorSubtaskState snapshot;
        try (var harness = open(backend, null)) {
            harness.setProcessingTime(1_000_000);
            take(harness, came("p", PHONE, NOW, session(NOW)));
            snapshot = snapshot(harness);
            take(harness, came("p", LAPTOP, NOW - 20 * MINUTE, session(NOW - 20 * MINUTE)));
            take(harness, came("q", 3, NOW, session(NOW)));
        }
        List<SessionOracleRow> written = store.sessions();
        assertThat(written).hasSize(2);
        try (var harness = open(backend, snapshot)) {
            take(harness, came("r", 4, NOW, session(NOW)));
            snapshot(harness);
            assertThat(store.sessions())
                    .extracting(SessionOracleRow::profileId)
                    .as("those that came about for a moment are gone")
                    .doesNotContain("q")
                    .contains("r");
            assertThat(store.sessions())
                    .filteredOn(session -> session.profileId().equals("p"))
                    .as("what was over before the failure is not deleted for ever")
                    .extracting(SessionOracleRow::startedAtMillis)
                    .doesNotContain(NOW - 20 * MINUTE);
        }
    }

    /** A first attempt that ends before its first checkpoint leaves nothing behind but rows. */
    @ParameterizedTest
    @EnumSource
    void sessionsOfAnAttemptThatHadNoCheckpointAreConfirmedOrDeletedBeforeTheFirst(Backend backend) throws Exception {
        try (var harness = open(backend, null)) {
            harness.setProcessingTime(1_000_000);
            take(harness, came("p", PHONE, NOW + 20 * MINUTE, session(NOW + 20 * MINUTE)));
            take(harness, came("q", 3, NOW, session(NOW)));
        }
        store.submitted(900_000);
        try (var harness = open(backend, null)) {
            take(harness, came("p", LAPTOP, NOW, session(NOW)));
            take(harness, came("p", PHONE, NOW + 20 * MINUTE, session(NOW + 20 * MINUTE)));
            take(harness, came("q", 3, NOW, session(NOW)));
            snapshot(harness);
        }
        assertThat(store.sessions())
                .extracting(SessionOracleRow::profileId, SessionOracleRow::startedAtMillis)
                .containsExactlyInAnyOrder(tuple("p", NOW), tuple("q", NOW));
    }

    /** While history is loaded, event time may go on by more than the horizon before the next checkpoint. */
    @ParameterizedTest
    @EnumSource
    void aSessionWrittenSinceTheCheckpointIsConfirmedBeforeItIsPastTheHorizon(Backend backend) throws Exception {
        OperatorSubtaskState snapshot;
        try (var harness = open(backend, null)) {
            harness.setProcessingTime(1_000_000);
            harness.processWatermark(new Watermark(NOW));
            snapshot = snapshot(harness);
            take(harness, came("p", PHONE, NOW + 20 * MINUTE, session(NOW + 20 * MINUTE)));
        }
        try (var harness = open(backend, snapshot)) {
            take(harness, came("p", LAPTOP, NOW, session(NOW)));
            take(harness, came("p", PHONE, NOW + 20 * MINUTE, session(NOW + 20 * MINUTE)));
            harness.processWatermark(new Watermark(NOW + 10 * DAY));
            snapshot(harness);
        }
        assertThat(store.sessions())
                .extracting(SessionOracleRow::startedAtMillis)
                .containsExactly(NOW);
    }

    /** A job that goes on from a checkpoint does not know how far event time had come, if that did not say so. */
    @ParameterizedTest
    @EnumSource
    void aSessionFromBeforeTheHorizonStaysThoughItWasWrittenSinceTheCheckpoint(Backend backend) throws Exception {
        OperatorSubtaskState snapshot;
        try (var harness = open(backend, null)) {
            harness.setProcessingTime(1_000_000);
            take(harness, came("p", PHONE, NOW, session(NOW)));
            harness.processWatermark(new Watermark(NOW + DAY + HORIZON + KEPT));
            snapshot = snapshot(harness);
        }
        try (var harness = open(backend, snapshot)) {
            snapshot(harness);
        }
        assertThat(store.sessions())
                .extracting(SessionOracleRow::startedAtMillis)
                .containsExactly(NOW);
    }

    @ParameterizedTest
    @EnumSource
    void aProfileIsForgottenOnceNothingOfItCanChange(Backend backend) throws Exception {
        OperatorSubtaskState snapshot;
        try (var harness = open(backend, null)) {
            for (int i = 0; i < 20; i++) {
                take(harness, came("p" + i, i, NOW, presence(NOW), session(NOW), presence(NOW + DAY)));
                take(harness, left("gone" + i, i));
            }
            // Nobody's: it has no contribution, and was never seen.
            take(harness, came("nobody", 99, ProfileChange.UNKNOWN));
            harness.processWatermark(new Watermark(NOW + 2 * DAY));
            snapshot = snapshot(harness);
        }
        try (var harness = open(backend, snapshot)) {
            harness.processWatermark(new Watermark(NOW + DAY + HORIZON + KEPT));
            snapshot(harness);
            assertThat(Stages.entries(harness)).as("the second day is kept").isGreaterThanOrEqualTo(20);
            harness.processWatermark(new Watermark(NOW + 2 * DAY + HORIZON + KEPT));
            snapshot(harness);
            assertThat(Stages.entries(harness)).isZero();
            assertThat(harness.numEventTimeTimers()).isZero();
        }
    }

    @Test
    void windowsBeyondTheHorizonDoNotChange() throws Exception {
        try (var harness = open(Backend.HEAP, null)) {
            take(harness, change("p", PHONE, NOW + DAY, NOW, Scope.ALL, presence(NOW), presence(NOW + DAY)));
            take(harness, change("p", PHONE, NOW + DAY, NOW, Scope.LEFT));
            take(harness, change("q", PHONE, NOW + DAY - 1, NOW, Scope.ALL, presence(NOW), presence(NOW + DAY)));
            snapshot(harness);
        }
        assertThat(sums)
                .containsExactly(Map.entry("new 100", 1L), Map.entry("people 100", 1L), Map.entry("people 101", 1L));
    }

    /** Of two partitions that are caught up with, one may be read weeks of event time ahead of the other. */
    @Test
    void aLeafThatIsFarAheadHasNothingForgottenThatOthersMayStillSpeakOf() throws Exception {
        try (var harness = open(Backend.HEAP, null)) {
            harness.processWatermark(new Watermark(NOW));
            take(harness, change("p", LAPTOP, NOW - HORIZON, NOW, Scope.ALL, presence(NOW)));
            take(harness, change("p", 3, NOW + 10 * DAY, NOW, Scope.ALL, presence(NOW + 12 * DAY)));
            take(harness, change("p", LAPTOP, NOW + 10 * DAY, ProfileChange.UNKNOWN, Scope.LEFT));
            take(harness, change("p", PHONE, NOW - HORIZON, NOW, Scope.ALL, presence(NOW)));
            snapshot(harness);
            assertThat(sums)
                    .as("who left when the day could not change any more is still in its row")
                    .containsExactly(
                            Map.entry("new 100", 1L), Map.entry("people 100", 1L), Map.entry("people 112", 1L));
            harness.processWatermark(new Watermark(NOW + 2 * DAY + HORIZON + KEPT));
            take(harness, change("p", 4, NOW + 2 * DAY, NOW + 12 * DAY, Scope.ALL, presence(NOW + 12 * DAY)));
            snapshot(harness);
            assertThat(sums).containsEntry("people 112", 1L);
        }
    }

    /** A day in New York begins at five in the morning, UTC: a session that begins then may be one of the evening before. */
    @Test
    void whetherASessionBeganInAWindowIsKnownForAsLongAsTheWindowChanges() throws Exception {
        ReadableCatalogue visits = InMemory.catalogue(
                Records.metrics(
                        "[{name: visits, aggregate: sessions, gap: 12h, windows: [1d], time_zone: America/New_York}]"),
                null,
                ZoneOffset.UTC);
        int visit = visits.catalogue().metrics().get(0).id();
        long evening = NOW - 2 * HOUR;
        long morning = NOW + 6 * HOUR;
        try (var harness = Stages.open(
                new AttributeOperator(
                        new Measuring(visits.catalogue(), HORIZON, DAY, 100, Measuring.MOST_AN_HOUR, HOUR),
                        Backend.HEAP.option(),
                        3,
                        store),
                ProfileChange::profileId,
                BinaryType.TEXT,
                new Catching<>(BinaryType.TOTAL_DELTA, delta -> add("visits", delta)),
                Backend.HEAP,
                null)) {
            take(harness, came("p", PHONE, evening, new Fragment(visit, evening, evening, 1, "[]", null, null, 0, 0)));
            take(harness, came("q", LAPTOP, morning, new Fragment(visit, morning, morning, 1, "[]", null, null, 0, 0)));
            snapshot(harness);
            assertThat(sums).containsExactly(Map.entry("visits 100", 1L), Map.entry("visits 99", 1L));
            long hotSince = NOW + 27 * HOUR;
            harness.processWatermark(new Watermark(hotSince + HORIZON));
            take(harness, change("q", LAPTOP, hotSince, ProfileChange.UNKNOWN, Scope.LEFT));
            take(
                    harness,
                    change(
                            "p",
                            LAPTOP,
                            hotSince,
                            morning,
                            Scope.ALL,
                            new Fragment(visit, morning, morning, 1, "[]", null, null, 0, 0)));
            snapshot(harness);
            assertThat(sums).containsExactly(Map.entry("visits 99", 1L));
        }
    }

    private static Contribution presence(long millis) {
        return new Presence(PEOPLE, Math.floorDiv(millis, HOUR), "[]", 1L << Math.floorMod(millis, HOUR) / MINUTE);
    }

    private static Contribution session(long millis) {
        return new Fragment(SESSIONS, millis, millis, 1, "[null,null,null]", null, null, 0, 0);
    }

    private static ProfileChange came(String profile, long leaf, long firstSeen, Contribution... contributions) {
        return change(profile, leaf, Measuring.EVER, firstSeen, Scope.ALL, contributions);
    }

    private static ProfileChange left(String profile, long leaf) {
        return change(profile, leaf, Measuring.EVER, ProfileChange.UNKNOWN, Scope.LEFT);
    }

    private static ProfileChange change(
            String profile, long leaf, long hotSince, long firstSeen, Scope scope, Contribution... contributions) {
        return new ProfileChange(profile, leaf, hotSince, firstSeen, scope, 0, List.of(), List.of(contributions));
    }

    private static void take(
            KeyedOneInputStreamOperatorTestHarness<String, ProfileChange, ?> harness, ProfileChange change)
            throws Exception {
        harness.processElement(new StreamRecord<>(change));
    }

    private static void takeTenProfiles(KeyedOneInputStreamOperatorTestHarness<String, ProfileChange, ?> harness)
            throws Exception {
        for (int i = 0; i < 10; i++) {
            take(harness, came("p" + i, PHONE, NOW, presence(NOW)));
        }
    }

    private static OperatorSubtaskState snapshot(KeyedOneInputStreamOperatorTestHarness<?, ?, ?> harness)
            throws Exception {
        harness.prepareSnapshotPreBarrier(1);
        return harness.snapshot(1, 1);
    }

    private void add(TotalDelta delta) {
        add(CATALOGUE.catalogue().byId(delta.key().metric()).name(), delta);
    }

    private void add(String metric, TotalDelta delta) {
        sums.merge(metric + ' ' + delta.key().startMillis() / DAY, delta.amounts()[0], Long::sum);
        sums.values().removeIf(sum -> sum == 0);
    }

    private KeyedOneInputStreamOperatorTestHarness<String, ProfileChange, TotalDelta> open(
            Backend backend, OperatorSubtaskState from) throws Exception {
        return Stages.open(
                new AttributeOperator(RULES, backend.option(), 3, store),
                ProfileChange::profileId,
                BinaryType.TEXT,
                new Catching<>(BinaryType.TOTAL_DELTA, this::add).side(AttributeOperator.SESSIONS, this::write),
                backend,
                from);
    }

    private void write(SessionRow row) {
        store.write(row);
    }
}
