package dev.millrace.runtime.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CopyTrialsTest {
    private final CopyTrials trials = new CopyTrials();

    @Test
    void aSuccessIsFollowedByAnother() {
        assertThat(trials.isDue()).isTrue();
        trials.succeeded();
        assertThat(trials.isDue()).isTrue();
    }

    @Test
    void afterEachFailureTwiceAsManyGoWithoutButNotForEver() {
        for (int without : new int[] {1, 2, 4, 8, 16, 32, 64, 64, 64}) {
            assertThat(trials.isDue()).isTrue();
            trials.failed();
            assertThat(withoutTrial()).isEqualTo(without);
        }
        trials.succeeded();
        trials.failed();
        assertThat(withoutTrial()).isEqualTo(1);
    }

    /** How many batches go without until the next trial, which is asked for again. */
    private int withoutTrial() {
        int without = 0;
        while (!trials.isDue()) {
            without++;
        }
        return without;
    }
}
