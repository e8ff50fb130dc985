package dev.millrace.stack.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SustainedRateTest {

    @ParameterizedTest
    @ValueSource(doubles = {5_100, 7_000, 10_000, 14_300})
    void isWithinASixteenthOfABurstBelowWhatIsKeptUpWith(double keptUpWith) {
        List<Double> tried = new ArrayList<>();
        double found = SustainedRate.about(10_000, rate -> {
            tried.add(rate);
            return rate <= keptUpWith;
        });
        assertThat(found).isLessThanOrEqualTo(keptUpWith).isCloseTo(keptUpWith, within(625.0));
        assertThat(tried).as("rates tried").contains(found).hasSizeLessThanOrEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(doubles = {4_900, 700, 180})
    void isLookedForBelowHalfOfABurstWhereThatIsTooMuch(double keptUpWith) {
        double found = SustainedRate.about(10_000, rate -> rate <= keptUpWith);
        assertThat(found).isGreaterThan(keptUpWith / 2).isLessThanOrEqualTo(keptUpWith);
    }

    @Test
    void isNoneWhereNothingIsKeptUpWith() {
        assertThat(SustainedRate.about(10_000, rate -> false)).isZero();
    }
}
