package dev.millrace.stack.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.stack.bench.ReadingCurve.Point;
import org.junit.jupiter.api.Test;

class RunTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void theLessIsLeftToDoTheSoonerIsTheNextLook() {
        Point begin = new Point(0, 0);
        Point second = new Point(SECOND, 1000);
        assertThat(Run.untilNextLook(begin, second, 100_000)).isEqualTo(3_000);
        assertThat(Run.untilNextLook(begin, second, 9_000)).isEqualTo(2_000);
        assertThat(Run.untilNextLook(begin, second, 2_000)).isEqualTo(500);
    }

    @Test
    void whereNothingIsDoneYetTheNextLookIsSoon() {
        assertThat(Run.untilNextLook(new Point(0, 7), new Point(SECOND, 7), 100_000))
                .isEqualTo(500);
    }
}
