package dev.millrace.measure.contribute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.millrace.core.catalogue.ReadableCatalogue;
import dev.millrace.core.metric.Contribution;
import dev.millrace.core.metric.Freshness;
import dev.millrace.core.metric.Measuring;
import dev.millrace.core.metric.Observation;
import dev.millrace.core.metric.Observation.SeenEvent;
import dev.millrace.core.metric.Presence;
import dev.millrace.core.metric.ProfileChange;
import dev.millrace.core.metric.ProfileChange.Scope;
import dev.millrace.core.metric.TotalDelta;
import dev.millrace.core.store.RecentEventRow;
import dev.millrace.measure.Catching;
import dev.millrace.measure.Records;
import dev.millrace.measure.Stages;
import dev.millrace.measure.Stages.Backend;
import dev.millrace.runtime.binary.BinaryType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ContributeOperatorTest {
    private static final long MINUTE = Duration.ofMinutes(1).toMillis();
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;
    private static final long HORIZON = 2 * DAY;
    /** Later than the horizon. */
    private static final long NOW = 100 * DAY;

    private static final String LEAF = "user_id:u";
    private static final ReadableCatalogue CATALOGUE = Records.catalogue(
            """
            - {name: events, aggregate: count, windows: [1h]}
            - {name: people, aggregate: unique_profiles, windows: [1h]}
            - {name: health, aggregate: count, windows: [1d], dimensions: [signal],
               match: {signals: [accepted, late, beyond_horizon, duplicate]}}
            """);
    private static final Measuring RULES =
            new Measuring(CATALOGUE.catalogue(), HORIZON, DAY, 100, Measuring.MOST_AN_HOUR, HOUR);

    private final Records records = new Records(CATALOGUE);
    private final List<ProfileChange> changes = new ArrayList<>();
    private final List<Sighted> sighted = new ArrayList<>();
    private final List<RecentEventRow> journeys = new ArrayList<>();
    /** Metric and dimensions -> sum of what was added, in windows of whichever hour. */
    private final Map<String, Long> sums = new TreeMap<>();
    /** Of what was added. */
    private final Set<Freshness> arrivals = EnumSet.noneOf(Freshness.class);

    @Test
    void aRecordAtOrBehindACountedOffsetIsARepeat() throws Exception {
        try (var harness = open(Backend.HEAP, null)) {
            take(harness, event("raw/0", 5, "a", NOW));
            take(harness, event("raw/0", 5, "a", NOW));
            take(harness, event("raw/0", 4, "b", NOW));
            take(harness, event("raw/1", 4, "c", NOW));
            harness.processWatermark(new Watermark(NOW));
            assertThat(sums).containsExactly(Map.entry("events[]", 2L), Map.entry("health[\"accepted\"]", 2L));
            assertThat(journeys).extracting(RecentEventRow::partition).containsExactly(0, 1);
        }
    }

    @Test
    void anEventOfNoSessionHasItsOriginInTheJourneyToo() throws Exception {
        try (var harness = open(Backend.HEAP, null)) {
            SeenEvent seen = event("raw/0", 5, "a", NOW).event();
            for (String origin : new String[] {"[\"web\",\"spring\",\"/a\"]", "[null,null,\"/b\"]", null}) {
                SeenEvent event = new SeenEvent(
                        seen.partition(),
                        seen.offset() + journeys.size(),
                        NOW,
                        journeys.size(),
                        false,
                        NOW,
                        seen.hits(),
                        "identify",
                        null,
                        origin);
                take(harness, new Observation(LEAF, "p", null, NOW, 0, event, null));
            }
        }
        assertThat(journeys)
                .extracting(RecentEventRow::source, RecentEventRow::campaign, RecentEventRow::page)
                .containsExactly(tuple("web", "spring", "/a"), tuple(null, null, "/b"), tuple(null, null, null));
    }

    @Test
    void whatHasLainInTheTopicForLongIsGatheredForLonger() throws Exception {
        long past = NOW - ContributeOperator.BEHIND_MILLIS - HOUR;
        try (var harness = open(Backend.HEAP, null)) {
            harness.setProcessingTime(NOW);
            take(harness, event("raw/0", 1, "a", NOW));
            tell(harness);
            assertThat(sums).as("it has just come").containsEntry("events[]", 1L);

            take(harness, event("raw/0", 2, "b", past));
            tell(harness);
            assertThat(sums).as("the wait had begun before").containsEntry("events[]", 2L);
            take(harness, event("raw/0", 3, "c", past));
            tell(harness);
            assertThat(sums).containsEntry("events[]", 2L);
            harness.setProcessingTime(harness.getProcessingTime() + ContributeOperator.COMBINE_BEHIND_MILLIS);
            assertThat(sums).containsEntry("events[]", 3L);

            take(harness, event("raw/0", 4, "d", harness.getProcessingTime()));
            harness.setProcessingTime(harness.getProcessingTime() + ContributeOperator.COMBINE_BEHIND_MILLIS);
            harness.setProcessingTime(harness.getProcessingTime() + HOUR);
            take(harness, event("raw/0", 5, "e", harness.getProcessingTime()));
            tell(harness);
            assertThat(sums).as("it has caught up, and nothing came for long").containsEntry("events[]", 5L);
        }
    }

    @Test
    void whatIsAddedTellsWhetherAnyOfItHasJustCome() throws Exception {
        long past = NOW - ContributeOperator.BEHIND_MILLIS - HOUR;
        try (var harness = open(Backend.HEAP, null)) {
            harness.setProcessingTime(NOW);
            take(harness, event("raw/0", 1, "a", past));
            take(harness, event("raw/0", 2, "b", past));
            harness.processWatermark(new Watermark(past));
            assertThat(arrivals).containsExactly(Freshness.BACKLOG);
            arrivals.clear();
            take(harness, event("raw/0", 3, "c", past));
            take(harness, event("raw/0", 4, "d", NOW));
            take(harness, event("raw/0", 5, "e", past));
            harness.processWatermark(new Watermark(past + 1));
            assertThat(arrivals).containsExactly(Freshness.LIVE);
            arrivals.clear();
            take(harness, event("raw/0", 6, "f", past));
            harness.processWatermark(new Watermark(past + 2));
            assertThat(arrivals).containsExactly(Freshness.BACKLOG);
        }
    }

    @Test
    void whatWaitsForACheckpointInFrontOfRocksDbIsWrittenAheadOfIt() throws Exception {
        try (var harness = open(Backend.ROCKSDB, null)) {
            takeTenLeaves(harness);
            int before = Stages.entries(harness);
            for (int i = 0; i < 10; i++) {
                tell(harness);
            }
            assertThat(Stages.entries(harness) - before)
                    .as("all but the three that are objects")
                    .isEqualTo(7);
        }
    }

    @Test
    void nearlyAllIsWrittenAheadOfACheckpointThatIsExpected() throws Exception {
        try (var harness = open(Backend.ROCKSDB, null)) {
            harness.snapshot(1, 10_000);
            harness.snapshot(2, 12_000);
            harness.setProcessingTime(12_000);
            takeTenLeaves(harness);
            int before = Stages.entries(harness);
            while (harness.getProcessingTime() < 13_400) {
                tell(harness);
            }
            assertThat(Stages.entries(harness) - before).as("with the objects").isEqualTo(10);
        }
    }

    @Test
    void stateIsWrittenOnceTheBarrierHasGoneOn() throws Exception {
        try (var harness = open(Backend.ROCKSDB, null)) {
            takeTenLeaves(harness);
            Stages.assertWrittenAfterTheBarrier(harness, 10);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsHeldAtTheEndIsInTheLastCheckpoint(Backend backend) throws Exception {
        OperatorSubtaskState last;
        try (var harness = open(backend, null)) {
            take(harness, event("raw/0", 5, "a", NOW));
            harness.getOperator().finish();
            last = snapshot(harness);
        }
        assertThat(sums).containsEntry("events[]", 1L);
        try (var harness = open(backend, last)) {
            take(harness, event("raw/1", 5, "a", NOW));
            snapshot(harness);
        }
        assertThat(sums).as("it has come before").containsEntry("events[]", 1L);
    }

    @ParameterizedTest
    @EnumSource
    void aMessageCountsOnceOnWhicheverPartitionItComesAndAfterARestore(Backend backend) throws Exception {
        OperatorSubtaskState snapshot;
        try (var harness = open(backend, null)) {
            take(harness, event("raw/0", 5, "a", NOW));
            take(harness, event("raw/1", 1, "a", NOW));
            snapshot = snapshot(harness);
        }
        try (var harness = open(backend, snapshot)) {
            take(harness, event("raw/1", 2, "a", NOW));
            take(harness, event("raw/0", 5, "x", NOW));
            take(harness, event("raw/1", 3, "b", NOW));
            harness.processWatermark(new Watermark(NOW));
            assertThat(sums)
                    .containsExactly(
                            Map.entry("events[]", 2L),
                            Map.entry("health[\"accepted\"]", 2L),
                            Map.entry("health[\"duplicate\"]", 2L));
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsBeyondTheHorizonDoesNotCountAndStaysSoAfterARestore(Backend backend) throws Exception {
        OperatorSubtaskState snapshot;
        try (var harness = open(backend, null)) {
            harness.processWatermark(new Watermark(NOW));
            take(harness, event("raw/0", 1, "a", NOW - HORIZON));
            take(harness, event("raw/0", 2, "b", NOW - HORIZON - 1));
            snapshot = snapshot(harness);
            assertThat(sums)
                    .containsEntry("events[]", 1L)
                    .containsEntry("health[\"beyond_horizon\"]", 1L)
                    .containsEntry("health[\"late\"]", 1L);
        }
        try (var harness = open(backend, snapshot)) {
            take(harness, event("raw/0", 3, "c", NOW - HORIZON - 1));
            take(harness, event("raw/0", 4, "d", NOW - HORIZON));
            harness.processWatermark(new Watermark(NOW - HOUR));
            take(harness, event("raw/0", 5, "e", NOW - HORIZON - 1));
            snapshot(harness);
            assertThat(sums).containsEntry("events[]", 2L).containsEntry("health[\"beyond_horizon\"]", 3L);
        }
    }

    /** A job that begins without state, over a store that has rows of long ago. */
    @Test
    void beforeTheFirstWatermarkARecordTellsItselfHowFarEventTimeHadCome() throws Exception {
        try (var harness = open(Backend.HEAP, null)) {
            take(harness, event("raw/0", 1, "a", NOW - 9 * DAY)); // Nobody knew.
            take(harness, at(NOW, event("raw/0", 2, "b", NOW)));
            take(harness, at(NOW, event("raw/0", 3, "c", NOW - HORIZON - 1)));
            take(harness, at(NOW - 1, event("raw/0", 4, "d", NOW - HORIZON - 1)));
            tell(harness);
            assertThat(sums).containsEntry("events[]", 3L).containsEntry("health[\"beyond_horizon\"]", 1L);
            assertThat(changes)
                    .extracting(ProfileChange::hotSinceMillis)
                    .as("so that each event counts for its profile in the windows in which it counts")
                    .containsExactly(Measuring.EVER, NOW - HORIZON, NOW - 1 - HORIZON);

            harness.processWatermark(new Watermark(NOW - DAY));
            take(harness, at(NOW, event("raw/0", 5, "e", NOW - HORIZON - DAY)));
            tell(harness);
            assertThat(sums).as("the job knows by itself").containsEntry("events[]", 4L);
        }
    }

    /** A partition that is read ahead of others must not have its leaves moved out of windows that still change. */
    @ParameterizedTest
    @EnumSource
    void aRestoredJobGoesByWhatItKnewAndNotByTheRecord(Backend backend) throws Exception {
        OperatorSubtaskState snapshot;
        try (var harness = open(backend, null)) {
            harness.processWatermark(new Watermark(NOW));
            take(harness, event("raw/0", 1, "a", NOW - HOUR));
            snapshot = snapshot(harness);
        }
        changes.clear();
        sums.clear();
        try (var harness = open(backend, snapshot)) {
            take(harness, at(NOW + 10 * DAY, event("raw/0", 2, "b", NOW - HORIZON)));
            take(harness, event("raw/0", 3, "c", NOW - HOUR));
            tell(harness);
        }
        assertThat(changes).extracting(ProfileChange::hotSinceMillis).containsOnly(NOW - HORIZON);
        assertThat(sums)
                .containsEntry("events[]", 2L)
                .as("the minute of each had passed by the checkpoint")
                .containsEntry("health[\"late\"]", 2L);
    }

    /** Else the profile would be forgotten before its leaf, and so that it is not new. */
    @Test
    void aProfileHearsOnceADayThatItsLeafIsThere() throws Exception {
        try (var harness = open(Backend.HEAP, null)) {
            take(harness, event("raw/0", 1, "a", NOW));
            tell(harness);
            changes.clear();
            for (int i = 2; i <= 5; i++) {
                SeenEvent nothing =
                        new SeenEvent("raw/0", i, NOW + (i / 2) * DAY, i, false, NOW, List.of(), null, null);
                take(harness, new Observation(LEAF, "p", null, ProfileChange.UNKNOWN, 0, nothing, null));
                tell(harness);
            }
        }
        assertThat(changes)
                .extracting(ProfileChange::scope, ProfileChange::firstSeenMillis, change -> change.hour() * HOUR)
                .containsExactly(
                        tuple(ProfileChange.Scope.HOUR, NOW, NOW + DAY),
                        tuple(ProfileChange.Scope.HOUR, NOW, NOW + 2 * DAY));
    }

    @Test
    void anEventIsLateOnceItsMinuteHasPassed() throws Exception {
        try (var harness = open(Backend.HEAP, null)) {
            harness.processWatermark(new Watermark(NOW + MINUTE - 1));
            take(harness, event("raw/0", 1, "a", NOW));
            snapshot(harness);
            assertThat(sums).doesNotContainKey("health[\"late\"]");
            harness.processWatermark(new Watermark(NOW + MINUTE));
            take(harness, event("raw/0", 2, "b", NOW + MINUTE - 1));
            take(harness, event("raw/0", 3, "c", NOW + MINUTE));
            snapshot(harness);
            assertThat(sums).containsEntry("health[\"late\"]", 1L).containsEntry("events[]", 3L);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLeafTakesAlongWhatItHas(Backend backend) throws Exception {
        OperatorSubtaskState snapshot;
        try (var harness = open(backend, null)) {
            take(harness, event("raw/0", 1, "a", NOW));
            tell(harness);
            take(harness, event("raw/0", 2, "b", NOW + MINUTE));
            tell(harness);
            take(harness, event("raw/0", 3, "c", NOW + MINUTE));
            tell(harness);
            take(harness, event("raw/0", 4, "d", NOW + DAY));
            snapshot = snapshot(harness);
        }
        assertThat(changes).extracting(ProfileChange::scope).containsExactly(Scope.ALL, Scope.HOUR, Scope.HOUR);
        assertThat(presences(changes.get(1))).containsExactly(0b11L);
        changes.clear();
        try (var harness = open(backend, snapshot)) {
            take(harness, Records.move(LEAF, "q", NOW));
            take(harness, Records.move(LEAF, "q", NOW));
        }
        assertThat(changes).extracting(ProfileChange::scope).containsExactly(Scope.LEFT, Scope.ALL);
        assertThat(changes).extracting(ProfileChange::profileId).containsExactly("p", "q");
        assertThat(presences(changes.get(1))).containsExactlyInAnyOrder(0b11L, 1L);
    }

    @Test
    void wordThatALeafIsOlderReachesItsProfileOnce() throws Exception {
        try (var harness = open(Backend.HEAP, null)) {
            take(harness, Records.move(LEAF, "p", NOW));
            tell(harness);
            take(harness, Records.move(LEAF, "p", NOW - HOUR));
            tell(harness);
            take(harness, Records.move(LEAF, "p", NOW));
            tell(harness);
        }
        assertThat(changes).extracting(ProfileChange::firstSeenMillis).containsExactly(NOW, NOW - HOUR);
    }

    @Test
    void peopleAreToldOfALeafOnceAnHourOfEventTime() throws Exception {
        try (var harness = open(Backend.HEAP, null)) {
            take(harness, event("raw/0", 1, "a", NOW + MINUTE));
            take(harness, event("raw/0", 2, "b", NOW + 2 * MINUTE));
            take(harness, event("raw/0", 3, "c", NOW + HOUR - 1));
            take(harness, event("raw/0", 4, "d", NOW - 1));
            take(harness, event("raw/0", 5, "e", NOW + HOUR));
            take(harness, Records.move(LEAF, "q", NOW));
        }
        assertThat(sighted).extracting(Sighted::seenMillis).containsExactly(NOW + MINUTE, NOW + HOUR);
        assertThat(sighted).allMatch(Sighted::news);
        assertThat(sighted).extracting(Sighted::likelyNew).containsExactly(true, false);
    }

    @Test
    void aLeafThatWasForgottenAndComesBackIsNotTakenForNew() throws Exception {
        try (var harness = open(Backend.HEAP, null)) {
            Observation event = event("raw/0", 1, "a", NOW + MINUTE);
            take(harness, new Observation(LEAF, "p", null, NOW, 0, event.event(), null));
        }
        assertThat(sighted).extracting(Sighted::likelyNew).containsExactly(false);
    }

    @ParameterizedTest
    @EnumSource
    void aLeafIsForgottenOnceNothingOfItCanChange(Backend backend) throws Exception {
        OperatorSubtaskState snapshot;
        try (var harness = open(backend, null)) {
            for (int i = 0; i < 20; i++) {
                String leaf = "user_id:" + i;
                for (int day = 0; day < 3; day++) {
                    take(harness, records.event(leaf, "p", NOW + day * DAY, 3 * i + day));
                }
            }
            // Never an event, only word of it.
            take(harness, Records.move("user_id:quiet", "p", NOW));
            // Nor when it was first seen: it goes at once.
            take(harness, Records.move("user_id:unknown", "p", ProfileChange.UNKNOWN));
            harness.processWatermark(new Watermark(NOW + 2 * DAY));
            snapshot = snapshot(harness);
            assertThat(harness.numEventTimeTimers()).isEqualTo(21);
        }
        try (var harness = open(backend, snapshot)) {
            long kept = HORIZON + 25 * HOUR;
            harness.processWatermark(new Watermark(NOW + 2 * DAY + kept));
            snapshot(harness);
            assertThat(Stages.entries(harness))
                    .as("the events of the third day are kept")
                    .isPositive();
            for (int days = 3; days < 12; days++) {
                harness.processWatermark(new Watermark(NOW + days * DAY + kept));
            }
            snapshot(harness);
            assertThat(Stages.entries(harness)).isZero();
            assertThat(harness.numEventTimeTimers()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void keysInASavepointThatFlinksOwnSerializerWroteAreFound(Backend backend) throws Exception {
        OperatorSubtaskState old;
        try (var harness = open(backend, Types.STRING, null)) {
            take(harness, event("raw/0", 5, "m", NOW));
            old = snapshot(harness);
        }
        sums.clear();
        try (var harness = open(backend, old)) {
            assertThat(harness.numEventTimeTimers()).isOne();
            take(harness, event("raw/0", 5, "m", NOW));
            snapshot(harness);
        }
        assertThat(sums).doesNotContainKey("events[]");
    }

    @Test
    void contributionsOfOneHourAreBoundedAndTheEventCountsAllTheSame() throws Exception {
        ReadableCatalogue catalogue = Records.catalogue(
                """
                - {name: events, aggregate: count, windows: [1h]}
                - {name: people, aggregate: unique_profiles, windows: [1h],
                   dimensions: [{name: n, from: properties.n}]}
                """);
        Records byNumber = new Records(catalogue);
        Measuring few = new Measuring(catalogue.catalogue(), HORIZON, DAY, 100, 10, HOUR);
        try (var harness = Stages.open(
                new ContributeOperator(few, catalogue, Backend.HEAP.option(), 3, false),
                Observation::identifier,
                BinaryType.TEXT,
                output(catalogue),
                Backend.HEAP,
                null)) {
            for (int i = 0; i < 30; i++) {
                take(harness, byNumber.event(LEAF, "p", NOW, "raw/0", i, "m" + i, "{\"n\": " + i + "}"));
                tell(harness);
            }
            snapshot(harness);
        }
        assertThat(sums).containsEntry("events[]", 30L);
        assertThat(changes).hasSize(10);
        assertThat(changes.get(9).contributions()).hasSize(10);
    }

    private static List<Long> presences(ProfileChange change) {
        List<Long> minutes = new ArrayList<>();
        for (Contribution contribution : change.contributions()) {
            minutes.add(((Presence) contribution).minutes());
        }
        return minutes;
    }

    private Observation event(String partition, long offset, String message, long timeMillis) {
        return records.event(LEAF, "p", timeMillis, partition, offset, message, null);
    }

    /** The same, where the record tells how far event time had come. */
    private static Observation at(long watermarkMillis, Observation record) {
        return new Observation(
                record.identifier(),
                record.profileId(),
                record.previousProfileId(),
                record.firstSeenMillis(),
                record.term(),
                watermarkMillis,
                record.event(),
                record.people());
    }

    private static void take(KeyedOneInputStreamOperatorTestHarness<String, Observation, ?> harness, Observation record)
            throws Exception {
        harness.processElement(new StreamRecord<>(record));
    }

    private void takeTenLeaves(KeyedOneInputStreamOperatorTestHarness<String, Observation, ?> harness)
            throws Exception {
        for (int i = 0; i < 10; i++) {
            take(harness, records.event("user_id:" + i, "p", NOW, "raw/0", i, "m" + i, null));
        }
    }

    /** Time goes on, for what is held back to be told. */
    private static void tell(KeyedOneInputStreamOperatorTestHarness<?, ?, ?> harness) throws Exception {
        harness.setProcessingTime(harness.getProcessingTime() + 100);
    }

    private static OperatorSubtaskState snapshot(KeyedOneInputStreamOperatorTestHarness<?, ?, ?> harness)
            throws Exception {
        harness.prepareSnapshotPreBarrier(1);
        return harness.snapshot(1, 1);
    }

    private Catching<TotalDelta> output(ReadableCatalogue catalogue) {
        return new Catching<>(BinaryType.TOTAL_DELTA, (TotalDelta delta) -> {
                    arrivals.add(delta.freshness());
                    sums.merge(
                            catalogue.catalogue().byId(delta.key().metric()).name() + delta.dimensions(),
                            delta.amounts()[0],
                            Long::sum);
                })
                .side(ContributeOperator.CHANGES, changes::add)
                .side(ContributeOperator.PEOPLE, sighted::add)
                .side(ContributeOperator.JOURNEYS, journeys::add);
    }

    private KeyedOneInputStreamOperatorTestHarness<String, Observation, TotalDelta> open(
            Backend backend, OperatorSubtaskState from) throws Exception {
        return open(backend, BinaryType.TEXT, from);
    }

    private KeyedOneInputStreamOperatorTestHarness<String, Observation, TotalDelta> open(
            Backend backend, TypeInformation<String> keys, OperatorSubtaskState from) throws Exception {
        return Stages.open(
                new ContributeOperator(RULES, CATALOGUE, backend.option(), 3, true),
                Observation::identifier,
                keys,
                output(CATALOGUE),
                backend,
                from);
    }
}
