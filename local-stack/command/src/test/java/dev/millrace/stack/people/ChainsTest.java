package dev.millrace.stack.people;

import static dev.millrace.stack.people.FakePeople.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.identity.LinkKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChainsTest {
    @Test
    void theEarliestLinksJoinAndLaterOnesAreIdle() {
        Chains chains = chains(
                List.of("user_id:1", "device_id:d", "anonymous_id:a"),
                List.of(
                        key(30, "anonymous_id:a", "user_id:1"),
                        key(10, "anonymous_id:a", "device_id:d"),
                        key(20, "device_id:d", "user_id:1")),
                "user_id:1");

        assertThat(chains.between("anonymous_id:a", "user_id:1"))
                .contains(List.of(key(10, "anonymous_id:a", "device_id:d"), key(20, "device_id:d", "user_id:1")));
    }

    @Test
    void linksOfOneTimeAreTakenInTheOrderOfTheirEnds() {
        Chains chains = chains(
                List.of("device_id:a", "device_id:b", "device_id:c"),
                List.of(
                        key(1, "device_id:b", "device_id:c"),
                        key(1, "device_id:a", "device_id:c"),
                        key(1, "device_id:a", "device_id:b")),
                "device_id:a");

        assertThat(chains.between("device_id:b", "device_id:c"))
                .contains(List.of(key(1, "device_id:a", "device_id:b"), key(1, "device_id:a", "device_id:c")));
    }

    @Test
    void theChainBetweenTwoNeedNotPassTheLeader() {
        List<LinkKey> links = List.of(
                key(1, "user_id:1", "email:e"), key(2, "email:e", "device_id:d"), key(3, "email:e", "anonymous_id:a"));
        Chains chains = chains(List.of("user_id:1", "email:e", "device_id:d", "anonymous_id:a"), links, "user_id:1");

        assertThat(chains.between("anonymous_id:a", "device_id:d")).contains(List.of(links.get(2), links.get(1)));
        assertThat(chains.between("device_id:d", "device_id:d")).contains(List.of());
    }

    @Test
    void aSharedDeviceDoesNotJoinTwoUsersWhomAnAliasJoinsLater() {
        LinkKey first = key(1, "device_id:d", "user_id:1");
        LinkKey refused = key(2, "device_id:d", "user_id:2");
        LinkKey alias = key(3, "user_id:1", "user_id:2");
        Chains chains =
                chains(List.of("user_id:1", "user_id:2", "device_id:d"), List.of(first, refused, alias), "user_id:1");

        assertThat(chains.between("user_id:2", "user_id:1")).contains(List.of(alias));
        assertThat(chains.between("device_id:d", "user_id:2")).contains(List.of(first, alias));
    }

    @Test
    void anAliasThatIsNotStoredYetLeavesTheLinksThereAre() {
        LinkKey first = key(1, "device_id:d", "user_id:1");
        LinkKey second = key(2, "device_id:d", "user_id:2");
        Chains chains = chains(List.of("user_id:1", "user_id:2", "device_id:d"), List.of(second, first), "user_id:1");

        assertThat(chains.between("user_id:2", "user_id:1")).contains(List.of(second, first));
    }

    @Test
    void whatTheLinksDoNotReachHasNoChain() {
        Chains chains = chains(
                List.of("user_id:1", "device_id:d", "device_id:e", "device_id:f"),
                List.of(
                        key(1, "device_id:d", "user_id:1"),
                        key(2, "device_id:e", "device_id:f"),
                        key(3, "device_id:e", "device_id:somebody_elses")),
                "user_id:1");

        assertThat(chains.between("device_id:e", "user_id:1")).isEmpty();
        assertThat(chains.between("device_id:e", "device_id:f"))
                .contains(List.of(key(2, "device_id:e", "device_id:f")));
        assertThat(chains.between("device_id:nobodys", "user_id:1")).isEmpty();
    }

    @Test
    void aChainOfTenThousandIsWalked() {
        List<String> members = new ArrayList<>(List.of("user_id:1"));
        List<LinkKey> links = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            members.add("device_id:" + i);
            links.add(key(i, members.get(i), members.get(i + 1)));
        }
        Collections.shuffle(links, new Random(1));

        Chains chains = chains(members, links, "user_id:1");

        assertThat(chains.between("device_id:9999", "user_id:1").orElseThrow())
                .hasSize(10_000)
                .isSortedAccordingTo(Collections.reverseOrder());
    }

    private static Chains chains(List<String> members, List<LinkKey> links, String leader) {
        return new Chains(members, links, Optional.of(leader), FakePeople.rules()::isAnchor);
    }
}
