package dev.millrace.core.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.identity.Network.Types;
import dev.millrace.core.identity.Resolution.Pair;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What keeps adversarial input from costing more than its share. */
class BoundsTest {
    private static final int LONG_CHAIN = 10_000;
    private static final int MANY_SPOKES = 100_000;

    @Test
    void anIdentifierTakesNoMoreLinksThanItMay() {
        Network network = new Network(new Types(1_000, 20, 100), new Random(1));
        for (int i = 0; i < 25; i++) {
            see(network, SeenEvent.of(100 + i, "user_id:%02d".formatted(i), "device_id:d"));
        }
        Actor device = network.actor("device_id:d");
        assertThat(device.links + device.moreLinks).isEqualTo(20);
        assertThat(network.linksOverLimit).isGreaterThanOrEqualTo(5);
        assertThat(network.standings.get("device_id:d").linksLimited()).isTrue();
        assertThat(network.standings.get("user_id:24").linksLimited()).isFalse();
        assertThat(network.leaders()).containsEntry("device_id:d", "user_id:00");
        // A link that is known already may still become known from an earlier time.
        see(network, SeenEvent.of(50, "user_id:19", "device_id:d"), SeenEvent.of(10, "user_id:20", "device_id:d"));
        assertThat(network.leaders()).containsEntry("device_id:d", "user_id:19");
        assertThat(network.links).hasSize(25).containsEntry(Pair.of("user_id:19", "device_id:d"), 50L);
    }

    @Test
    void readersAreToldOnceThatAnIdentifierIsLimited() {
        Network network = new Network(new Types(1_000, 2, 100), new Random(1));
        see(network, SeenEvent.of(1, "user_id:u", "anonymous_id:a"), SeenEvent.of(2, "user_id:v", "anonymous_id:a"));
        assertThat(network.standings.get("anonymous_id:a").linksLimited()).isFalse();
        see(network, SeenEvent.of(3, "user_id:w", "anonymous_id:a"));
        assertThat(network.standings.remove("anonymous_id:a").linksLimited()).isTrue();
        see(network, SeenEvent.of(4, "user_id:x", "anonymous_id:a"));
        assertThat(network.standings).doesNotContainKey("anonymous_id:a");
    }

    @Test
    void anAnchorTakesSoManyAliasesAndNoMore() {
        Network network = new Network(Types.UNBOUNDED, new Random(1));
        for (int i = 0; i < Actor.MOST_ALIASES + 10; i++) {
            see(network, SeenEvent.alias(100 + i, "user_id:a", "user_id:b%03d".formatted(i)));
        }
        assertThat(network.actor("user_id:a").aliased).hasSize(Actor.MOST_ALIASES);
        assertThat(network.standings.get("user_id:a").linksLimited()).isTrue();
        assertThat(network.linksOverLimit).isEqualTo(10);
        // One that is not taken does not even hear of it.
        assertThat(network.leaders())
                .containsEntry("user_id:b%03d".formatted(Actor.MOST_ALIASES - 1), "user_id:a")
                .doesNotContainKey("user_id:b%03d".formatted(Actor.MOST_ALIASES));
    }

    @Test
    void aLabelGoesOnlySoFar() {
        Network network = new Network(new Types(1_000, 1_000, 3), new Random(1));
        see(network, SeenEvent.of(1, "user_id:u", "anonymous_id:a1"));
        for (int i = 1; i < 6; i++) {
            see(network, SeenEvent.of(10 + i, inChain("a", i), inChain("a", i + 1)));
        }
        assertThat(network.leaders())
                .containsEntry("anonymous_id:a3", "user_id:u")
                .containsEntry("anonymous_id:a4", "anonymous_id:a4")
                .containsEntry("anonymous_id:a6", "anonymous_id:a4");
        assertThat(network.labelsBeyondReach).isPositive();
        // A shorter way is one.
        see(network, SeenEvent.of(30, "user_id:u", "anonymous_id:a4"));
        assertThat(network.leaders()).containsEntry("anonymous_id:a6", "user_id:u");
    }

    @ParameterizedTest
    @ValueSource(strings = {"forwards", "backwards", "shuffled"})
    void aLongChainOfIdentifiersCostsAnEventNoMoreThanItsReach(String arrival) {
        int maxPath = 16;
        Network network = new Network(new Types(1_000, 1_000, maxPath), new Random(1));
        List<SeenEvent> events = new ArrayList<>();
        for (int i = 0; i < LONG_CHAIN; i++) {
            events.add(SeenEvent.of(1_000 + i, inChain("a", i), inChain("a", i + 1)));
        }
        switch (arrival) {
            case "backwards" -> Collections.reverse(events);
            case "shuffled" -> Collections.shuffle(events, new Random(2));
            default -> {}
        }
        int most = 0;
        for (SeenEvent event : events) {
            int before = network.sent;
            see(network, event);
            most = Math.max(most, network.sent - before);
        }
        // The news that the two ends have of themselves, and of each other, goes its way along the chain and ends.
        assertThat(most).isLessThanOrEqualTo(4 * maxPath);
        assertThat(network.leaders()).hasSize(LONG_CHAIN + 1);
        for (int i = 0; i <= LONG_CHAIN; i++) {
            Label label = network.actor(inChain("a", i)).label;
            assertThat(label == null ? 0 : label.hops()).isLessThanOrEqualTo(maxPath);
        }
    }

    @Test
    void anIdentifierThatEverybodyNamesCostsAnEventNextToNothing() {
        int maxLinks = 100;
        Network network = new Network(new Types(10_000, maxLinks, 16), new Random(1));
        assertThat(mostMessages(network, 1, MANY_SPOKES)).isLessThanOrEqualTo(2);
        Actor hub = network.actor("device_id:hub");
        assertThat(hub.links + hub.moreLinks).isEqualTo(maxLinks);
        assertThat(network.sent).isLessThanOrEqualTo(2 * maxLinks);
        // A login there reaches those it is linked with, and nobody else.
        int before = network.sent;
        see(network, SeenEvent.of(3 * MANY_SPOKES, "user_id:u", "anonymous_id:a0"));
        assertThat(network.sent - before).isLessThanOrEqualTo(maxLinks + 1);
        assertThat(network.leaders().values().stream().filter("user_id:u"::equals))
                .hasSize(maxLinks + 2);
    }

    @Test
    void newsOfWhenItWasFirstSeenCostsNoMoreThanTheLinksItMayHave() {
        int maxLinks = 100;
        Network network = new Network(new Types(10_000, maxLinks, 16), new Random(1));
        // Once for the device, and once more for the newcomer whose name comes before it.
        assertThat(mostMessages(network, -1, 2_000)).isLessThanOrEqualTo(2 * maxLinks + 2);
    }

    @Test
    void anAnchorThatEverybodyNamesTellsNobodyTwice() {
        Network network = new Network(new Types(10_000, 100, 16), new Random(1));
        for (int i = 0; i < MANY_SPOKES / 2; i++) {
            see(network, SeenEvent.of(MANY_SPOKES - i, "user_id:hub", "anonymous_id:a" + i));
        }
        assertThat(network.sent).isEqualTo(10_000);
        assertThat(network.leaders()).hasSize(10_001);
        assertThat(network.linksOverLimit).isEqualTo(MANY_SPOKES / 2 - 10_000);
    }

    /** Everybody names one device, later and later or earlier and earlier: the most messages that one event costs. */
    private static int mostMessages(Network network, int direction, int spokes) {
        int most = 0;
        for (int i = 0; i < spokes; i++) {
            int before = network.sent;
            see(network, SeenEvent.of(MANY_SPOKES + direction * i, "device_id:hub", "anonymous_id:a" + i));
            most = Math.max(most, network.sent - before);
        }
        return most;
    }

    private static void see(Network network, SeenEvent... events) {
        for (SeenEvent event : events) {
            network.event(event);
            network.settle();
        }
    }

    private static String inChain(String name, int place) {
        return "anonymous_id:" + name + place;
    }
}
