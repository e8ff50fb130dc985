package dev.millrace.stack.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.stack.verify.CatchingUp.Reading;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CatchingUpTest {
    private static final String WHERE = "millrace-measure millrace.stitched";

    @Test
    void whoIsSlowNeedsTime() {
        Map<String, Reading> before = Map.of(WHERE, new Reading(10, 5));
        Map<String, Reading> after = Map.of(WHERE, new Reading(12, 9));
        assertThat(CatchingUp.text(after)).isEqualTo(WHERE + " has 9 to read");
        String wait = "stop what sends events, or wait longer with --wait";
        assertThat(CatchingUp.advice(before, after)).isEqualTo(wait);
        assertThat(CatchingUp.advice(Map.of(), after)).isEqualTo(wait);
    }

    @Test
    void whoReadsNothingIsNamed() {
        Map<String, Reading> before = Map.of(WHERE, new Reading(10, 5));
        Map<String, Reading> after =
                Map.of(WHERE, new Reading(10, 9), "millrace-stitch millrace.raw", new Reading(3, 1));
        assertThat(CatchingUp.advice(before, after))
                .isEqualTo(WHERE + " has read nothing meanwhile: see 'stack jobs' and 'stack logs'");
    }
}
