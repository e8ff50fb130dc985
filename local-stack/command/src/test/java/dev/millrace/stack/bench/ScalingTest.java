package dev.millrace.stack.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.core.event.Event;
import dev.millrace.stack.bench.ScalingCurve.Point;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ScalingTest {
    private static final long IDENTIFIERS = 2_000;
    private static final long STEADY = 5_000;

    @Test
    void firstEveryPersonIsSeenOnceWithTwoIdentifiers() {
        List<Event> first = events(IDENTIFIERS).subList(0, (int) ScalingStream.people(IDENTIFIERS));

        Set<String> identifiers = new HashSet<>();
        first.forEach(event -> identifiers.addAll(List.of(event.userId(), event.anonymousId())));
        assertThat(identifiers).hasSize((int) IDENTIFIERS);
    }

    @Test
    void theSteadyPartNamesNobodyNewAndLinksNothing() {
        List<Event> all = events(IDENTIFIERS);
        int people = (int) ScalingStream.people(IDENTIFIERS);
        Set<List<String>> pairs = new HashSet<>();
        Set<String> devices = new HashSet<>();
        for (Event event : all.subList(0, people)) {
            pairs.add(List.of(event.userId(), event.anonymousId()));
            devices.add(event.anonymousId());
        }
        List<Event> steady = all.subList(people, all.size());
        assertThat(steady)
                .allMatch(event -> devices.contains(event.anonymousId()))
                .allMatch(event ->
                        event.userId() == null || pairs.contains(List.of(event.userId(), event.anonymousId())));
        assertThat(steady.stream().filter(event -> event.userId() != null).count() / (double) STEADY)
                .isCloseTo(0.5, within(0.05));
        assertThat(all.stream().map(Event::messageId)).doesNotHaveDuplicates();
    }

    @Test
    void theSteadyPartIsTheSameForEverySizeButForWhoIsInIt() {
        assertThat(steadyShape(IDENTIFIERS)).isEqualTo(steadyShape(10 * IDENTIFIERS));
    }

    @Test
    void eventTimeOnlyGrows() {
        assertThat(events(IDENTIFIERS).stream().map(Event::timestampMillis).toList())
                .isSorted();
    }

    @Test
    void aCurveIsFlatWhileNeitherCostRisesTooMuch() {
        ScalingCurve flat = curve(point(10, 10, 20), point(100, 15, 10), point(1_000, 12, 28));
        assertThat(flat.riseOfTime()).isEqualTo(1.5);
        assertThat(flat.rise()).isEqualTo(1.4);
        assertThat(flat.isFlat()).isTrue();

        assertThat(curve(point(10, 10, 20), point(100, 10, 31)).isFlat()).isFalse();
        assertThat(curve(point(10, 10, 20), point(100, 16, 20)).isFlat()).isFalse();
    }

    @Test
    void aSizeThatDidNotFitIsNotFlat() {
        ScalingCurve curve = curve(point(10, 10, 20), Point.without(100, "out of memory"));
        assertThat(curve.rise()).isEqualTo(1);
        assertThat(curve.isFlat()).isFalse();
        assertThat(curve(Point.without(10, "out of memory")).rise()).isZero();
    }

    private static ScalingCurve curve(Point... points) {
        return new ScalingCurve("stitch-heap", 1, List.of(points));
    }

    private static Point point(long identifiers, double micros, double cpuMicros) {
        return new Point(identifiers, micros, cpuMicros, cpuMicros, 0, null);
    }

    /** Names and whether there is a user id, in order. */
    private static List<String> steadyShape(long identifiers) {
        return events(identifiers).stream()
                .skip(ScalingStream.people(identifiers))
                .map(event -> event.name() + (event.userId() == null))
                .toList();
    }

    private static List<Event> events(long identifiers) {
        ScalingStream stream = new ScalingStream(identifiers, STEADY, 7);
        List<Event> events = new ArrayList<>();
        for (long i = 0; i < ScalingStream.people(identifiers) + STEADY; i++) {
            events.add(stream.get());
        }
        return events;
    }
}
