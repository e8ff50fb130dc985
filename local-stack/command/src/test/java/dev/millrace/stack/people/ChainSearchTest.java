package dev.millrace.stack.people;

import static dev.millrace.stack.people.FakePeople.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.identity.LinkKey;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChainSearchTest {
    @Test
    void aDetourOverAcceptedLinksIsPreferredToASecondRefusedOne() {
        List<PlacedLink> links = List.of(
                link(1, "user_id:1", "device_id:x", "P", "R"),
                link(2, "device_id:x", "user_id:2", "R", "Q"),
                link(3, "user_id:1", "email:e", "P", "P"),
                link(4, "email:e", "device_id:d", "P", "P"),
                link(5, "device_id:d", "user_id:2", "P", "Q"));

        assertThat(ChainSearch.between("user_id:1", "user_id:2", ChainSearch.in(links), 100)
                        .chain())
                .contains(links.subList(2, 5));
    }

    @Test
    void ofChainsWithAsManyRefusedLinksTheShortestIsFound() {
        List<PlacedLink> links = List.of(
                link(1, "user_id:1", "email:e", "P", "P"),
                link(2, "email:e", "user_id:2", "P", "Q"),
                link(3, "user_id:1", "user_id:2", "P", "Q"));

        assertThat(ChainSearch.between("user_id:1", "user_id:2", ChainSearch.in(links), 100)
                        .chain())
                .contains(links.subList(2, 3));
    }

    @Test
    void withoutAChainAllThatIsReachedIsTold() {
        List<PlacedLink> links =
                List.of(link(1, "user_id:1", "email:e", "P", "P"), link(2, "user_id:2", "device_id:d", "Q", "Q"));

        ChainSearch.Outcome outcome = ChainSearch.between("user_id:1", "user_id:2", ChainSearch.in(links), 100);

        assertThat(outcome.chain()).isEmpty();
        assertThat(outcome.complete()).isTrue();
        assertThat(outcome.reached()).containsExactly("user_id:1", "email:e");
    }

    @Test
    void theSearchEndsAtItsBound() {
        List<PlacedLink> links = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            links.add(link(i, "device_id:" + i, "device_id:" + (i + 1), "P", "P"));
        }

        ChainSearch.Outcome outcome = ChainSearch.between("device_id:0", "device_id:1000", ChainSearch.in(links), 100);

        assertThat(outcome.chain()).isEmpty();
        assertThat(outcome.complete()).isFalse();
        assertThat(outcome.looked()).isEqualTo(100);
        assertThat(ChainSearch.between("device_id:0", "device_id:1000", ChainSearch.in(links), 1_000)
                        .chain()
                        .orElseThrow())
                .hasSize(1_000);
    }

    /** In the order of writing; a profile each. */
    private static PlacedLink link(long second, String one, String other, String profile, String otherProfile) {
        LinkKey key = key(second, one, other);
        return key.lesser().equals(one)
                ? new PlacedLink(key, profile, otherProfile)
                : new PlacedLink(key, otherProfile, profile);
    }
}
