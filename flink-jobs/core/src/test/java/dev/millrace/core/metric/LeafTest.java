package dev.millrace.core.metric;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.event.Event;
import dev.millrace.core.identity.Attribution;
import dev.millrace.core.metric.Leaf.Outcome;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeafTest {
    private static final long HOUR = 3_600_000;
    private static final Leaf.Rules RULES = new Leaf.Rules(
            Catalogue.of(
                    List.of(
                            new MetricDefinition("events", Aggregate.COUNT, List.of("type"), List.of("1h")),
                            new MetricDefinition("people", Aggregate.UNIQUE_PROFILES, null, List.of("1h"))),
                    ZoneOffset.UTC),
            10 * HOUR,
            24 * HOUR,
            100);
    private static final Presence FIRST_HOUR = new Presence("people", "1h", 0, HOUR);

    private final Leaf leaf = new Leaf();
    private final List<TotalDelta> totals = new ArrayList<>();
    private final List<PresenceDelta> presences = new ArrayList<>();

    @Test
    void anEventCountsAndItsLeafIsPresent() {
        assertThat(next("p", "m1", 0, 5, 100, Long.MIN_VALUE)).isEqualTo(Outcome.COUNTED);
        assertThat(totals)
                .containsExactly(new TotalDelta(new TotalKey("events", "1h", 0, HOUR, "{\"type\":\"track\"}"), 1));
        assertThat(presences).containsExactly(new PresenceDelta("p", FIRST_HOUR, 1));
        assertThat(leaf.lastWindowEndMillis).isEqualTo(HOUR);
    }

    @Test
    void aLeafIsPresentOnceHoweverManyItsEvents() {
        next("p", "m1", 0, 5, 100, Long.MIN_VALUE);
        next("p", "m2", 0, 6, 200, Long.MIN_VALUE);
        assertThat(totals).hasSize(2);
        assertThat(presences).hasSize(1);
    }

    @Test
    void aRecordAtOrBelowAnOffsetThatWasCountedIsARepeat() {
        next("p", "m1", 0, 5, 100, Long.MIN_VALUE);
        next("p", "m2", 0, 6, 100, Long.MIN_VALUE);
        assertThat(next("p", "m1", 0, 5, 100, Long.MIN_VALUE)).isEqualTo(Outcome.REPEAT);
        assertThat(next("p", "m2", 0, 6, 100, Long.MIN_VALUE)).isEqualTo(Outcome.REPEAT);
        assertThat(next("p", "m3", 1, 5, 100, Long.MIN_VALUE)).isEqualTo(Outcome.COUNTED);
        assertThat(totals).hasSize(3);
    }

    @Test
    void theSameMessageFromTwoPartitionsCountsOnceWhicheverComesFirst() {
        assertThat(next("p", "m1", 0, 5, 100, Long.MIN_VALUE)).isEqualTo(Outcome.COUNTED);
        assertThat(next("p", "m1", 1, 9, 100, Long.MIN_VALUE)).isEqualTo(Outcome.REPEAT);
        assertThat(next("p", "m2", 1, 10, 100, Long.MIN_VALUE)).isEqualTo(Outcome.COUNTED);
        assertThat(next("p", "m2", 0, 6, 100, Long.MIN_VALUE)).isEqualTo(Outcome.REPEAT);
        assertThat(totals).hasSize(2);
    }

    @Test
    void aMoveTakesWhatTheLeafContributedToTheNewProfile() {
        next("p", "m1", 0, 5, 100, Long.MIN_VALUE);
        presences.clear();
        assertThat(profile("q", Long.MIN_VALUE)).isEqualTo(Outcome.NO_EVENT);
        assertThat(presences)
                .containsExactly(new PresenceDelta("p", FIRST_HOUR, -1), new PresenceDelta("q", FIRST_HOUR, 1));
        assertThat(totals).hasSize(1);
        presences.clear();
        profile("q", Long.MIN_VALUE);
        assertThat(presences).isEmpty();
    }

    @Test
    void aRepeatMovesTheLeafToo() {
        next("p", "m1", 0, 5, 100, Long.MIN_VALUE);
        presences.clear();
        assertThat(next("q", "m1", 0, 5, 100, Long.MIN_VALUE)).isEqualTo(Outcome.REPEAT);
        assertThat(presences).hasSize(2);
        assertThat(leaf.profileId).isEqualTo("q");
    }

    @Test
    void anEventBeyondTheHorizonDoesNotCount() {
        assertThat(next("p", "m1", 0, 5, 100, 10 * HOUR + 101)).isEqualTo(Outcome.LATE_BEYOND_HORIZON);
        assertThat(totals).isEmpty();
        assertThat(presences).isEmpty();
        assertThat(next("p", "m2", 0, 6, 100, 10 * HOUR + 100)).isEqualTo(Outcome.COUNTED);
    }

    @Test
    void aWindowBeyondTheHorizonStaysWithTheProfileThatItHad() {
        next("p", "m1", 0, 5, 100, 0);
        next("p", "m2", 0, 6, HOUR + 100, 0);
        presences.clear();
        profile("q", 11 * HOUR);
        Presence second = new Presence("people", "1h", HOUR, 2 * HOUR);
        assertThat(presences).containsExactly(new PresenceDelta("p", second, -1), new PresenceDelta("q", second, 1));
        assertThat(leaf.presences).containsOnlyKeys(second);
    }

    @Test
    void aLeafIsForgottenWhenItsLastWindowIsBeyondTheHorizon() {
        next("p", "m1", 0, 5, 100, 0);
        next("p", "m2", 0, 6, HOUR + 100, 0);
        assertThat(leaf.forget(RULES.hotSince(11 * HOUR - 1))).isFalse();
        assertThat(leaf.presences).hasSize(2);
        assertThat(leaf.forget(RULES.hotSince(11 * HOUR))).isFalse();
        assertThat(leaf.presences).hasSize(1);
        assertThat(leaf.forget(RULES.hotSince(12 * HOUR))).isTrue();
        assertThat(leaf.presences).isEmpty();
    }

    @Test
    void offsetsAreKeptEvenWhereNothingIsMeasured() {
        Leaf.Rules nothing = new Leaf.Rules(Catalogue.of(List.of(), ZoneOffset.UTC), HOUR, HOUR, 100);
        Attribution record = record("p", "m1", 0, 5, 100);
        assertThat(leaf.next(record, nothing.hotSince(0), nothing, totals::add, presences::add))
                .isEqualTo(Outcome.COUNTED);
        assertThat(leaf.next(record, nothing.hotSince(0), nothing, totals::add, presences::add))
                .isEqualTo(Outcome.REPEAT);
        assertThat(leaf.forget(nothing.hotSince(HOUR))).isFalse();
        assertThat(leaf.forget(nothing.hotSince(HOUR + 101))).isTrue();
    }

    private Outcome next(String profile, String messageId, int partition, long offset, long time, long watermark) {
        return leaf.next(
                record(profile, messageId, partition, offset, time),
                RULES.hotSince(watermark),
                RULES,
                totals::add,
                presences::add);
    }

    private Outcome profile(String profile, long watermark) {
        Attribution record = new Attribution("user_id:u", profile, null, 0, 1, "", 0, 0, 0, null);
        return leaf.next(record, RULES.hotSince(watermark), RULES, totals::add, presences::add);
    }

    private static Attribution record(String profile, String messageId, int partition, long offset, long time) {
        Event event = new Event(
                messageId, "track", "E", "u", null, null, null, null, time, null, null, null, null, null, null);
        return new Attribution("user_id:u", profile, null, 0, 1, "raw", partition, offset, time, event);
    }
}
