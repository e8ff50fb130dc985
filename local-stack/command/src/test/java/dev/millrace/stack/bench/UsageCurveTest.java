package dev.millrace.stack.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.stack.bench.UsageCurve.Usage;
import org.junit.jupiter.api.Test;

class UsageCurveTest {
    @Test
    void whatWasUsedBetweenLooksIsInterpolated() {
        UsageCurve curve = curve();

        assertThat(curve.between(50, 150)).isEqualTo(new Usage(6, 1.5, 1));
        assertThat(curve.between(100, 200)).isEqualTo(new Usage(2, 1, 2));
        assertThat(curve.between(0, 200).all()).isEqualTo(17);
    }

    @Test
    void nothingIsUsedOutsideOfTheLooks() {
        assertThat(curve().between(-1_000, 1_000)).isEqualTo(new Usage(12, 3, 2));
    }

    private static UsageCurve curve() {
        UsageCurve curve = new UsageCurve();
        curve.add(0, new Usage(1, 1, 1));
        curve.add(100, new Usage(11, 3, 1));
        curve.add(200, new Usage(13, 4, 3));
        return curve;
    }
}
