package dev.millrace.core.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ResolutionTest {
    @Test
    void everyCaseHasTheProfilesAndTheRefusedLinksThatAreKnown() {
        List<IdentityCase> cases = IdentityCase.all();
        assertThat(cases).hasSize(170);
        for (int i = 0; i < cases.size(); i++) {
            Resolution resolution = Resolution.of(cases.get(i).seen());
            assertThat(resolution.leaders())
                    .as("case %d", i)
                    .isEqualTo(cases.get(i).leaders());
            assertThat(resolution.refusedLinks())
                    .as("case %d", i)
                    .isEqualTo(cases.get(i).refusedLinks());
        }
    }
}
