package dev.millrace.core.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.identity.Network.Types;
import dev.millrace.core.identity.Resolution.Pair;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who everyone is depends on what happened, not on when it was heard of. */
class OrderTest {
    private static final int STREAMS_A_KIND = 300;
    private static final int ORDERS = 3;

    @Test
    void everyCaseEndsInItsProfilesInAnyOrder() {
        List<IdentityCase> cases = IdentityCase.all();
        for (int i = 0; i < cases.size(); i++) {
            List<SeenEvent> events = cases.get(i).seen();
            for (int order = 0; order < 10; order++) {
                long seed = 1000L * i + order;
                Network network = Network.settled(events, Types.UNBOUNDED, new Random(seed));
                assertThat(network.leaders())
                        .as("case %d, seed %d", i, seed)
                        .isEqualTo(cases.get(i).leaders());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void randomStreamsEndInAnyOrderAsFromScratch(EventStream kind) {
        for (int stream = 0; stream < STREAMS_A_KIND; stream++) {
            long seed = 1_000_000L * kind.ordinal() + stream;
            List<SeenEvent> events = kind.events(new Random(seed), 60);
            Resolution expected = Resolution.of(events);
            for (int order = 0; order < ORDERS; order++) {
                String which = kind + ", seed " + seed + ", order " + order;
                Network network = Network.settled(events, Types.UNBOUNDED, new Random(31 * seed + order));
                assertThat(network.leaders()).as(which).isEqualTo(expected.leaders());
                assertThat(network.links).as(which).isEqualTo(expected.links());
                assertStandings(which, network, expected);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBoundOfTheReachChangesNothingWhereEveryChainIsWithinIt(EventStream kind) {
        Types near = new Types(1_000_000, 1_000_000, 4);
        int within = 0;
        for (int stream = 0; stream < STREAMS_A_KIND; stream++) {
            long seed = 1_000_000L * (100 + kind.ordinal()) + stream;
            List<SeenEvent> events = kind.events(new Random(seed), 40);
            Resolution expected = Resolution.of(events);
            if (expected.mostHops() > near.maxPath()) {
                continue;
            }
            within++;
            for (int order = 0; order < ORDERS; order++) {
                Network network = Network.settled(events, near, new Random(31 * seed + order));
                assertThat(network.leaders())
                        .as("%s, seed %d, order %d", kind, seed, order)
                        .isEqualTo(expected.leaders());
            }
        }
        assertThat(within).as("streams whose chains are short").isGreaterThan(STREAMS_A_KIND / 20);
    }

    /** What readers were last told of each identifier is how it ended. */
    private static void assertStandings(String which, Network network, Resolution expected) {
        assertThat(network.standings.keySet())
                .as(which)
                .isEqualTo(expected.leaders().keySet());
        assertThat(network.leadersRead).as(which).isEqualTo(expected.leaders());
        Map<String, Long> firstSeen = new TreeMap<>();
        network.standings.forEach((identifier, standing) -> firstSeen.put(identifier, standing.firstSeenMillis()));
        assertThat(firstSeen).as(which).isEqualTo(expected.firstSeen());
        network.standings.forEach((identifier, standing) -> assertThat(isRight(identifier, standing, expected))
                .as("%s: %s, %s", which, identifier, standing)
                .isTrue());
    }

    private static boolean isRight(String identifier, Standing standing, Resolution expected) {
        LinkKey cause = standing.cause();
        if (cause == null) {
            return expected.leaders().get(identifier).equals(identifier)
                    && standing.sinceMillis() == standing.firstSeenMillis();
        }
        Pair ends = new Pair(cause.lesser(), cause.greater());
        boolean isRightLink = ends.equals(expected.joining().get(identifier));
        return isRightLink
                && expected.links().get(ends) == cause.timeMillis()
                && standing.sinceMillis() == cause.timeMillis();
    }
}
