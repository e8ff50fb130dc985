package dev.millrace.runtime.binary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.catalogue.DimensionValues;
import dev.millrace.core.catalogue.Hit;
import dev.millrace.core.catalogue.Metric;
import dev.millrace.core.catalogue.WindowSize;
import dev.millrace.core.catalogue.WindowSize.Window;
import dev.millrace.core.identity.ProfileId;
import dev.millrace.core.metric.Day;
import dev.millrace.core.metric.Fragment;
import dev.millrace.core.metric.Freshness;
import dev.millrace.core.metric.Leaf;
import dev.millrace.core.metric.Measuring;
import dev.millrace.core.metric.MetricRows;
import dev.millrace.core.metric.Observation;
import dev.millrace.core.metric.Observation.SeenEvent;
import dev.millrace.core.metric.OlderDays;
import dev.millrace.core.metric.PageView;
import dev.millrace.core.metric.Presence;
import dev.millrace.core.metric.Profile;
import dev.millrace.core.metric.ProfileChange;
import dev.millrace.core.metric.ProfileChange.Scope;
import dev.millrace.core.metric.Step;
import dev.millrace.core.metric.Total;
import dev.millrace.core.metric.TotalDelta;
import dev.millrace.core.metric.TotalKey;
import dev.millrace.runtime.binary.MetricSerializer.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MetricSerializerTest {
    private static final long DAY = Duration.ofDays(1).toMillis();
    private static final Measuring RULES = new Measuring(
            TestCatalogue.READABLE.catalogue(),
            7 * DAY,
            DAY,
            20,
            Measuring.MOST_AN_HOUR,
            Duration.ofHours(1).toMillis());
    private static final String LONGEST = DimensionValues.text("\u0000".repeat(DimensionValues.MAX_CHARS), null, "😀");

    /** What leaves and profiles say is remembered here, as it is said. */
    private final Told told = new Told();

    @Test
    void leavesAndProfilesGoOnFromWhatWasReadAsIfNothingHadHappened() {
        for (long seed = 1; seed <= 5; seed++) {
            Random random = new Random(seed);
            OlderDaysInMemory ofLeaf = new OlderDaysInMemory();
            OlderDaysInMemory ofProfile = new OlderDaysInMemory();
            Leaf leaf = new Leaf();
            Profile profile = new Profile();
            for (int i = 0; i < 60; i++) {
                Leaf readLeaf = RoundTrip.throughSavepoint(BinaryType.LEAF, leaf);
                assertSame("seed " + seed + ", leaf after " + i, BinaryType.LEAF, readLeaf, leaf);
                Profile readProfile = RoundTrip.throughSavepoint(BinaryType.PROFILE, profile);
                assertSame("seed " + seed + ", profile after " + i, BinaryType.PROFILE, readProfile, profile);

                leaf = random.nextBoolean() ? readLeaf : leaf;
                profile = random.nextBoolean() ? readProfile : profile;
                told.changes.clear();
                leaf.next(observation(random, i), Measuring.EVER, RULES, ofLeaf, told);
                for (ProfileChange change : told.changes) {
                    assertThat(RoundTrip.throughNetwork(BinaryType.PROFILE_CHANGE, change))
                            .isEqualTo(change);
                    profile.apply(change, Measuring.EVER, RULES, ofProfile, told);
                }
            }
            assertThat(ofLeaf.days).as("seed %d: days besides the newest", seed).isNotEmpty();
            for (Day day : ofLeaf.days.values()) {
                assertSame("seed " + seed, BinaryType.DAY, RoundTrip.throughSavepoint(BinaryType.DAY, day), day);
            }
        }
        for (TotalDelta delta : told.deltas.subList(0, 100)) {
            assertThat(RoundTrip.throughNetwork(BinaryType.TOTAL_DELTA, delta))
                    .usingRecursiveComparison()
                    .isEqualTo(delta);
        }
    }

    @Test
    void aLeafThatHasSeenNothingIsStillOne() {
        assertSame("leaf", BinaryType.LEAF, RoundTrip.throughSavepoint(BinaryType.LEAF, new Leaf()), new Leaf());
        assertSame(
                "profile",
                BinaryType.PROFILE,
                RoundTrip.throughSavepoint(BinaryType.PROFILE, new Profile()),
                new Profile());
    }

    @Test
    void changesKeepEveryKindOfContribution() {
        List<ProfileChange> changes = List.of(
                new ProfileChange("p", 1, Measuring.EVER, ProfileChange.UNKNOWN, Scope.LEFT, 0, List.of(), List.of()),
                new ProfileChange(
                        ProfileId.ledBy("user_id:u"),
                        Long.MIN_VALUE,
                        -2,
                        -3,
                        Scope.ALL,
                        -4,
                        List.of(),
                        List.of(
                                new Presence(Integer.MIN_VALUE, -1, LONGEST, Long.MIN_VALUE),
                                new Step(7, -1, Integer.MIN_VALUE, DimensionValues.NONE),
                                new Fragment(8, -5, 3_600_000, 9, LONGEST, null, null, 0, Long.MIN_VALUE),
                                new Fragment(
                                        8,
                                        5,
                                        3_600_005,
                                        1,
                                        DimensionValues.NONE,
                                        new PageView(6, "/ä"),
                                        new PageView(3_600_005, LONGEST),
                                        1,
                                        1))),
                new ProfileChange(
                        "00000000-0000-0000-0000-00000000000A", // A UUID in lower case is another text.
                        1,
                        2,
                        3,
                        Scope.HOUR,
                        4,
                        List.of(5, -6),
                        List.of(new Presence(5, 4, DimensionValues.NONE, 1))));
        for (ProfileChange change : changes) {
            assertThat(RoundTrip.throughNetwork(BinaryType.PROFILE_CHANGE, change))
                    .isEqualTo(change);
        }
    }

    @Test
    void totalsKeepWhatWasWrittenAndHowOftenItWasCorrected() {
        Map<String, long[]> byName = Map.of(
                "events", new long[] {7},
                "revenue", new long[] {1, -2, Long.MAX_VALUE},
                "visits", new long[] {3, 1_000, 1},
                "buying", new long[] {3, 1});
        byName.forEach((name, amounts) -> {
            Metric metric = TestCatalogue.metric(name);
            TotalKey key = new TotalKey(metric.id(), "1h", -3_600_000, 0);
            assertThat(RoundTrip.throughNetwork(BinaryType.TOTAL_KEY, key))
                    .isEqualTo(key)
                    .hasSameHashCodeAs(key);
            TotalDelta delta = new TotalDelta(key, LONGEST, amounts, Freshness.LIVE);
            assertThat(RoundTrip.throughNetwork(BinaryType.TOTAL_DELTA, delta))
                    .usingRecursiveComparison()
                    .isEqualTo(delta);

            Total total = Total.of(metric);
            assertSame(name + ", empty", BinaryType.TOTAL, RoundTrip.throughSavepoint(BinaryType.TOTAL, total), total);
            for (int i = 0; i < 3; i++) {
                total.add(metric, amounts);
                assertSame(name, BinaryType.TOTAL, RoundTrip.throughSavepoint(BinaryType.TOTAL, total), total);
                String values = DimensionValues.text("web");
                MetricRows.write(metric, key, values, total, 1_700_000_000_000L, true, row -> {});
                Total read = RoundTrip.throughSavepoint(BinaryType.TOTAL, total);
                assertSame(name + ", written", BinaryType.TOTAL, read, total);
                assertThat(read).extracting("revision").isEqualTo(i);
            }
        });
    }

    @Test
    void whatIsMutableIsCopiedAndWhatIsNotIsNot() {
        TypeSerializer<Leaf> leaves = RoundTrip.serializer(BinaryType.LEAF);
        TypeSerializer<Profile> profiles = RoundTrip.serializer(BinaryType.PROFILE);
        TypeSerializer<Total> totals = RoundTrip.serializer(BinaryType.TOTAL);
        assertThat(List.of(leaves.isImmutableType(), profiles.isImmutableType(), totals.isImmutableType()))
                .containsOnly(false);
        Random random = new Random(5);
        OlderDaysInMemory older = new OlderDaysInMemory();
        Leaf leaf = new Leaf();
        Profile profile = new Profile();
        for (int i = 0; i < 30; i++) {
            Leaf leafCopy = leaves.copy(leaf);
            byte[] leafBefore = RoundTrip.bytes(leaves, leaf);
            told.changes.clear();
            leaf.next(observation(random, i), Measuring.EVER, RULES, older, told);
            assertThat(RoundTrip.bytes(leaves, leafCopy)).isEqualTo(leafBefore);
            assertThat(RoundTrip.bytes(leaves, leaf)).isNotEqualTo(leafBefore);

            Profile profileCopy = profiles.copy(profile);
            byte[] profileBefore = RoundTrip.bytes(profiles, profile);
            told.changes.forEach(change -> profile.apply(change, Measuring.EVER, RULES, new OlderDaysInMemory(), told));
            assertThat(RoundTrip.bytes(profiles, profileCopy)).isEqualTo(profileBefore);
        }
        Metric events = TestCatalogue.metric("events");
        Total total = Total.of(events);
        Total totalCopy = totals.copy(total);
        total.add(events, new long[] {1});
        assertThat(RoundTrip.bytes(totals, totalCopy)).isEqualTo(RoundTrip.bytes(totals, Total.of(events)));

        TotalDelta delta =
                new TotalDelta(new TotalKey(1, "1h", 0, 1), DimensionValues.NONE, new long[] {1}, Freshness.UNKNOWN);
        TypeSerializer<TotalDelta> deltas = RoundTrip.serializer(BinaryType.TOTAL_DELTA);
        assertThat(deltas.isImmutableType()).isTrue();
        assertThat(deltas.copy(delta)).isSameAs(delta);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aSnapshotIsCompatibleWithItsOwnKindAlone(Kind kind) {
        TypeSerializer<Object> serializer = new MetricSerializer<>(kind);
        TypeSerializerSnapshot<Object> old = RoundTrip.restored(serializer);
        assertThat(old.restoreSerializer()).isEqualTo(serializer).hasSameHashCodeAs(serializer);
        assertThat(RoundTrip.shipped(serializer)).isEqualTo(serializer);
        for (Kind other : Kind.values()) {
            var now = new MetricSerializer<Object>(other).snapshotConfiguration();
            assertThat(now.resolveSchemaCompatibility(old).isCompatibleAsIs()).isEqualTo(other == kind);
            assertThat(now.resolveSchemaCompatibility(old).isIncompatible()).isEqualTo(other != kind);
        }
    }

    @Test
    void stateOfALaterVersionIsRefused() {
        TypeSerializer<Leaf> leaves = RoundTrip.serializer(BinaryType.LEAF);
        byte[] later = RoundTrip.bytes(leaves, new Leaf());
        later[0]++;
        assertThatThrownBy(() -> RoundTrip.read(leaves, later))
                .hasStackTraceContaining("state of version 3 can't be read by this version of Millrace");
    }

    /** They have no {@code equals}: the same bytes, and the same in every field but the spare room of message ids. */
    private static <T> void assertSame(String what, TypeInformation<T> type, T read, T value) {
        TypeSerializer<T> serializer = RoundTrip.serializer(type);
        assertThat(RoundTrip.bytes(serializer, read)).as(what).isEqualTo(RoundTrip.bytes(serializer, value));
        assertThat(read)
                .as(what)
                .usingRecursiveComparison()
                .ignoringFields("recent")
                .isEqualTo(value);
    }

    /** An identifier's records over some days, in no order; now and then it moves, or is known from an earlier time. */
    private static Observation observation(Random random, int number) {
        long time = 1_700_000_000_000L + (long) (random.nextDouble() * 4 * DAY);
        String profileId = random.nextInt(10) > 0 ? ProfileId.ledBy("user_id:u") : "p" + random.nextInt(3);
        String source = DimensionValues.text(random.nextBoolean() ? "web" : null);
        List<Hit> hits = new ArrayList<>();
        hits.add(new Hit(TestCatalogue.metric("events"), source, 0, 0, null));
        hits.add(new Hit(TestCatalogue.metric("visitors"), source, 0, 0, null));
        hits.add(new Hit(TestCatalogue.metric("visits"), source, 0, 0, null));
        hits.add(new Hit(TestCatalogue.metric("buying"), source, 0, 1 + random.nextInt(3), null));
        hits.add(new Hit(TestCatalogue.metric(Metric.SESSION_ROWS), "[\"web\",null,\"/\"]", 12, 1, "/"));
        hits.removeIf(hit -> random.nextInt(4) == 0);
        SeenEvent event = new SeenEvent(
                "raw/" + random.nextInt(3), number, time, number, random.nextInt(10) == 0, time, hits, null, null);
        return new Observation("user_id:u", profileId, null, time - random.nextInt(1000), 0, event, null);
    }

    private static final class Told implements Leaf.Output, Profile.Output {
        private final List<ProfileChange> changes = new ArrayList<>();
        private final List<TotalDelta> deltas = new ArrayList<>();

        @Override
        public void change(ProfileChange change) {
            changes.add(change);
        }

        @Override
        public void count(Hit hit, long timeMillis) {}

        @Override
        public void add(Metric metric, WindowSize size, Window window, String dimensions, long[] amounts) {
            TotalKey key = new TotalKey(metric.id(), size.text(), window.startMillis(), window.endMillis());
            deltas.add(new TotalDelta(key, dimensions, amounts.clone(), Freshness.BACKLOG));
        }

        @Override
        public void session(Fragment session) {}

        @Override
        public void noSession(long startMillis) {}
    }

    private static final class OlderDaysInMemory implements OlderDays {
        private final Map<Long, Day> days = new TreeMap<>();

        @Override
        public Day get(long number) {
            return days.get(number);
        }

        @Override
        public void put(Day day) {
            days.put(day.number(), day);
        }

        @Override
        public void remove(long number) {
            days.remove(number);
        }

        @Override
        public List<Long> numbers() {
            return List.copyOf(days.keySet());
        }
    }
}
