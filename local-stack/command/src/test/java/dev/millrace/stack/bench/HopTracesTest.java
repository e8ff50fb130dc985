package dev.millrace.stack.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.millrace.stack.bench.HopTraces.Hop;
import org.junit.jupiter.api.Test;

class HopTracesTest {
    private final HopTraces traces = new HopTraces();

    @Test
    void theHopsOfAnEventAddUpToItsWholeWay() {
        trace("one", 1_000);

        assertThat(traces.hops())
                .extracting(Hop::what, hop -> hop.waits().p50Millis())
                .containsExactly(
                        tuple("request to collector", 3L),
                        tuple("collector to raw topic", 4L),
                        tuple("StitchJob", 23L),
                        tuple("MeasureJob", 470L),
                        tuple("PostgreSQL", 12L),
                        tuple("request to readable row", 512L),
                        tuple("request to answer", 9L));
        assertThat(traces.hops().subList(0, 5).stream()
                        .mapToLong(hop -> hop.waits().p50Millis())
                        .sum())
                .isEqualTo(traces.hops().get(5).waits().p50Millis());
        assertThat(traces.incomplete()).isZero();
    }

    @Test
    void anEventThatWasNotSeenIsInNoHop() {
        trace("one", 1_000);
        traces.of("lost").sent(2_000);
        traces.of("lost").raw(2_001, 2_002);

        assertThat(traces.hops()).extracting(hop -> hop.waits().count()).containsOnly(1L);
        assertThat(traces.incomplete()).isEqualTo(1);
    }

    @Test
    void ofARecordThatIsWrittenAgainTheFirstCounts() {
        trace("one", 1_000);
        traces.of("one").stitched(9_000);

        assertThat(traces.hops().get(2).waits().maxMillis()).isEqualTo(23);
    }

    private void trace(String name, long millis) {
        HopTraces.Trace trace = traces.of(name);
        trace.sent(millis);
        trace.raw(millis + 3, millis + 7);
        trace.answered(millis + 9);
        trace.stitched(millis + 30);
        trace.row(millis + 500, millis + 512);
    }
}
