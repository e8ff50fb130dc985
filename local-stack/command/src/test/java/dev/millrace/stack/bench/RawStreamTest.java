package dev.millrace.stack.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.core.event.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RawStreamTest {
    @Test
    void theAdversaryHasItsShareAfterTheWarmUpAlone() {
        List<Event> events = events(0.25);

        assertThat(events.subList(0, 5_000)).noneMatch(RawStreamTest::isAdversarial);
        long adversarial = events.subList(5_000, 10_000).stream()
                .filter(RawStreamTest::isAdversarial)
                .count();
        assertThat(adversarial / 5_000.0).isCloseTo(0.25, within(0.03));
    }

    @Test
    void equalOptionsGiveEqualEvents() {
        assertThat(events(0.1)).isEqualTo(events(0.1));
    }

    @Test
    void noEventIsMalformed() {
        assertThat(events(0)).doesNotContainNull();
    }

    @Test
    void eventsAreSpreadOverTheHours() {
        assertThat(minutes(events(options(0, 1)))).isCloseTo(60, within(3.0));
        assertThat(minutes(events(options(0, 0.25)))).isCloseTo(15, within(1.5));
    }

    /** Between the first arrival and the last. */
    private static double minutes(List<Event> events) {
        return (events.get(events.size() - 1).receivedAtMillis() - events.get(0).receivedAtMillis()) / 60_000.0;
    }

    @Test
    void identifiersAreCounted() {
        BenchOptions options = options(0, 24);
        RawStream stream = new RawStream(options);
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < options.total(); i++) {
            events.add(stream.get());
        }
        assertThat(stream.identifiers().userIds())
                .isEqualTo(events.stream()
                        .map(Event::userId)
                        .filter(id -> id != null)
                        .distinct()
                        .count());
        assertThat(stream.identifiers().emails()).isPositive();
    }

    private static List<Event> events(double adversarial) {
        return events(options(adversarial, 24));
    }

    private static List<Event> events(BenchOptions options) {
        RawStream stream = new RawStream(options);
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < options.total(); i++) {
            events.add(stream.get());
        }
        return events;
    }

    private static BenchOptions options(double adversarial, double hours) {
        return new BenchOptions(
                5_000,
                5_000,
                1,
                1_000,
                2,
                1,
                hours,
                adversarial,
                0,
                0,
                List.of(),
                "10s",
                "9g",
                "2g",
                Set.of(BenchOptions.Part.CONTENDERS),
                List.of(10_000L),
                1_000);
    }

    private static boolean isAdversarial(Event event) {
        return "kiosk".equals(event.anonymousId())
                || "hoarder".equals(event.userId())
                || event.anonymousId() != null && event.anonymousId().startsWith("chain-");
    }
}
