package dev.millrace.stack.produce;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HotHorizonTest {
    private static final Duration WEEK = Duration.ofDays(7);
    private static final Instant NEWEST = Instant.parse("2026-11-19T08:30:00Z");

    @Test
    void historyInOrderIsInTimeOnAFreshStack() {
        HotHorizon horizon = new HotHorizon(WEEK, Optional.empty());
        for (int day = 0; day < 150; day++) {
            assertThat(horizon.add(Instant.parse("2008-04-01T12:00:00Z")
                            .plus(Duration.ofDays(day))
                            .toEpochMilli()))
                    .isFalse();
        }
        assertThat(horizon.warning()).isEmpty();
    }

    @Test
    void whatIsFartherBehindTheStoreThanTheHorizonIsLate() {
        HotHorizon horizon = new HotHorizon(WEEK, Optional.of(NEWEST));

        assertThat(horizon.add(NEWEST.minus(WEEK).toEpochMilli())).isFalse();
        assertThat(horizon.add(NEWEST.minus(WEEK).toEpochMilli() - 1)).isTrue();
        assertThat(horizon.add(NEWEST.toEpochMilli())).isFalse();

        assertThat(horizon.late()).isEqualTo(1);
        assertThat(horizon.warning().orElseThrow())
                .startsWith("1 of 3 events are from before 2026-11-12T08:30:00Z, more than 7d (measure.hot_horizon)"
                        + " behind event time, as far as the stack has come: ")
                .contains("late_beyond_horizon", "stack down --wipe", "local-stack/millrace.yaml");
    }

    @Test
    void whatIsFartherBehindAnEarlierLineThanTheHorizonIsLateToo() {
        HotHorizon horizon = new HotHorizon(Duration.ofHours(36), Optional.empty());

        assertThat(horizon.add(NEWEST.toEpochMilli())).isFalse();
        assertThat(horizon.add(NEWEST.minus(Duration.ofHours(37)).toEpochMilli()))
                .isTrue();

        assertThat(horizon.warning().orElseThrow())
                .startsWith("1 of 2 events are more than 36h (measure.hot_horizon) older than an event on an earlier"
                        + " line: ")
                .contains("sort the events by time");
    }

    @Test
    void bothKindsAreToldApart() {
        HotHorizon horizon = new HotHorizon(WEEK, Optional.of(NEWEST));

        horizon.add(NEWEST.plus(Duration.ofDays(30)).toEpochMilli());
        horizon.add(NEWEST.toEpochMilli());
        horizon.add(NEWEST.minus(Duration.ofDays(30)).toEpochMilli());

        assertThat(horizon.warning().orElseThrow())
                .contains("1 of 3 events are from before", "1 of 3 events are more than 7d");
    }
}
