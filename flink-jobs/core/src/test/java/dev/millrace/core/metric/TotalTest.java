package dev.millrace.core.metric;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TotalTest {
    private static final TotalKey KEY = new TotalKey("events", "1h", 0, 3_600_000, "{\"type\":\"track\"}");

    @Test
    void aRowHasTheValueAsItIsNow() {
        Total total = new Total();
        total.value = 3;
        assertThat(total.write(KEY, 50, false))
                .isEqualTo(new MetricRow("events", "1h", 0, "{\"type\":\"track\"}", 3, 0, 50, null));
        total.value += 1;
        assertThat(total.write(KEY, 60, false))
                .isEqualTo(new MetricRow("events", "1h", 0, "{\"type\":\"track\"}", 4, 0, 60, null));
    }

    @Test
    void aValueThatWentBackIsWrittenAgainButIsNoCorrection() {
        Total total = new Total();
        total.value = 3;
        total.write(KEY, 50, true);
        total.value += 1;
        total.value -= 1;
        assertThat(total.write(KEY, 60, true))
                .isEqualTo(new MetricRow("events", "1h", 0, "{\"type\":\"track\"}", 3, 0, 60, null));
    }

    @Test
    void onlyAnotherWriteAfterTheWindowsEndIsACorrection() {
        Total total = new Total();
        total.value = 3;
        MetricRow late = total.write(KEY, 50, true);
        assertThat(late.revision()).isZero();
        assertThat(late.correctedAtMillis()).isNull();
        total.value = 2;
        MetricRow corrected = total.write(KEY, 60, true);
        assertThat(corrected.revision()).isEqualTo(1);
        assertThat(corrected.correctedAtMillis()).isEqualTo(60);
        total.value = 1;
        MetricRow again = total.write(KEY, 70, true);
        assertThat(again.revision()).isEqualTo(2);
        assertThat(again.updatedAtMillis()).isEqualTo(70);
        assertThat(again.correctedAtMillis()).isEqualTo(70);
    }
}
