package dev.millrace.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SignalsComparisonTest {
    @Test
    void recordsAreCountedInWindowsThatHoldEachOfThemOnce() {
        assertThat(SignalsComparison.tumbling(List.of("1m", "1h", "1h/15m"))).contains("1h");
        assertThat(SignalsComparison.tumbling(List.of("1d", "5m/1m", "1h"))).contains("1h");
        assertThat(SignalsComparison.tumbling(List.of("1h/15m"))).isEmpty();
    }
}
