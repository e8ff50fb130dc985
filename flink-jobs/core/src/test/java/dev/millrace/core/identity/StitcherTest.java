package dev.millrace.core.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.identity.Network.Types;
import dev.millrace.core.identity.Resolution.Pair;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StitcherTest {
    private final Network network = new Network(Types.UNBOUNDED, new Random(1));

    @Test
    void aDeviceBelongsToTheFirstUserItWasSeenWith() {
        see(SeenEvent.of(10, "anonymous_id:a"), SeenEvent.of(20, "user_id:u", "anonymous_id:a"));
        assertLeader("anonymous_id:a", "user_id:u");
        see(SeenEvent.of(30, "user_id:v", "anonymous_id:a"));
        assertLeader("anonymous_id:a", "user_id:u");
    }

    @Test
    void aSecondUserOfADeviceKeepsAProfileOfTheirOwn() {
        see(SeenEvent.of(20, "user_id:u", "device_id:d"), SeenEvent.of(30, "user_id:v", "device_id:d"));
        see(SeenEvent.of(40, "user_id:v", "email:v"));
        assertLeader("user_id:u", "user_id:u");
        assertLeader("user_id:v", "user_id:v");
        assertLeader("email:v", "user_id:v");
    }

    @Test
    void aSharedEmailAddressMergesNobody() {
        see(
                SeenEvent.of(10, "user_id:u", "anonymous_id:a", "email:family"),
                SeenEvent.of(20, "user_id:v", "anonymous_id:b", "email:family"));
        assertLeader("user_id:v", "user_id:v");
        assertLeader("anonymous_id:b", "user_id:v");
        assertLeader("email:family", "user_id:u");
    }

    @Test
    void aKioskMergesNobodyHoweverManyLogInThere() {
        for (int i = 0; i < 200; i++) {
            see(SeenEvent.of(100 + i, "user_id:" + i, "anonymous_id:kiosk"));
        }
        for (int i = 0; i < 200; i++) {
            assertLeader("user_id:" + i, "user_id:" + i);
        }
        assertLeader("anonymous_id:kiosk", "user_id:0");
        assertThat(network.links).hasSize(200);
    }

    @Test
    void twoUsersInOneEventStayTwo() {
        see(SeenEvent.of(10, "user_id:u", "user_id:v", "email:e"));
        assertLeader("user_id:v", "user_id:v");
        assertLeader("email:e", "user_id:u");
    }

    @Test
    void aLateEventChangesTheAnswerToWhatItWouldHaveBeen() {
        see(SeenEvent.of(20, "user_id:v", "device_id:d"), SeenEvent.of(30, "device_id:d", "anonymous_id:a"));
        assertLeader("anonymous_id:a", "user_id:v");
        see(SeenEvent.of(10, "user_id:u", "device_id:d"));
        assertLeader("device_id:d", "user_id:u");
        assertLeader("anonymous_id:a", "user_id:u");
        assertThat(network.standings.get("anonymous_id:a"))
                .isEqualTo(new Standing(
                        30, 30, ProfileId.ledBy("user_id:v"), LinkKey.of(30, "device_id:d", "anonymous_id:a"), false));
    }

    @Test
    void aLinkKnownFromAnEarlierTimeIsTakenAtThatTime() {
        see(SeenEvent.of(30, "user_id:u", "device_id:d"), SeenEvent.of(20, "user_id:v", "device_id:d"));
        assertLeader("device_id:d", "user_id:v");
        see(SeenEvent.of(10, "user_id:u", "device_id:d"));
        assertLeader("device_id:d", "user_id:u");
        assertThat(network.links).containsEntry(Pair.of("user_id:u", "device_id:d"), 10L);
    }

    @Test
    void anAliasJoinsTwoUsersAndTheLeastLeads() {
        see(SeenEvent.of(10, "user_id:v", "anonymous_id:a"), SeenEvent.of(20, "user_id:u", "anonymous_id:b"));
        see(SeenEvent.alias(30, "user_id:v", "user_id:u"));
        for (String each : List.of("user_id:v", "user_id:u", "anonymous_id:a", "anonymous_id:b")) {
            assertLeader(each, "user_id:u");
        }
        assertThat(network.standings.get("user_id:v"))
                .isEqualTo(new Standing(
                        10, 30, ProfileId.ledBy("user_id:v"), LinkKey.of(30, "user_id:u", "user_id:v"), false));
    }

    @Test
    void aChainOfAliasesHasOneLeader() {
        for (int i = 9; i > 0; i--) {
            see(SeenEvent.alias(i, "user_id:" + i, "user_id:" + (i - 1)));
        }
        for (int i = 0; i < 10; i++) {
            assertLeader("user_id:" + i, "user_id:0");
        }
    }

    @Test
    void anAliasOfAnAnonymousIdIsAnOrdinaryLink() {
        see(SeenEvent.of(10, "user_id:u", "anonymous_id:a"), SeenEvent.alias(20, "user_id:v", "anonymous_id:a"));
        assertLeader("anonymous_id:a", "user_id:u");
        assertLeader("user_id:v", "user_id:v");
        see(SeenEvent.alias(30, "user_id:v", "anonymous_id:b"));
        assertLeader("anonymous_id:b", "user_id:v");
    }

    @Test
    void anAliasIsAsOldAsTheFirstEventThatNamesBoth() {
        Standing expected =
                new Standing(10, 10, ProfileId.ledBy("user_id:v"), LinkKey.of(10, "user_id:u", "user_id:v"), false);
        SeenEvent both = SeenEvent.of(10, "user_id:u", "user_id:v");
        SeenEvent alias = SeenEvent.alias(20, "user_id:u", "user_id:v");
        see(both, alias);
        assertThat(network.standings.get("user_id:v")).isEqualTo(expected);

        Network other = new Network(Types.UNBOUNDED, new Random(2));
        for (SeenEvent event : List.of(alias, both)) {
            other.event(event);
            other.settle();
        }
        // The alias changed the profile; what came after it changed only since when.
        assertThat(other.standings.get("user_id:v"))
                .isEqualTo(new Standing(
                        expected.firstSeenMillis(), expected.sinceMillis(), null, expected.cause(), false));
    }

    @Test
    void whereNobodyIsKnownTheIdentifierSeenFirstLeads() {
        see(SeenEvent.of(20, "anonymous_id:b", "device_id:d"), SeenEvent.of(30, "anonymous_id:a", "device_id:d"));
        assertLeader("anonymous_id:a", "anonymous_id:b");
        assertLeader("device_id:d", "anonymous_id:b");
        see(SeenEvent.of(10, "anonymous_id:a"));
        assertLeader("anonymous_id:b", "anonymous_id:a");
        assertLeader("device_id:d", "anonymous_id:a");
    }

    @Test
    void theFirstRecordOfAnIdentifierHasItsStandingAndNoProfileBefore() {
        see(SeenEvent.of(10, "anonymous_id:a"));
        assertThat(network.standings.get("anonymous_id:a")).isEqualTo(new Standing(10, 10, null, null, false));
        see(SeenEvent.of(20, "user_id:u", "email:e"));
        assertThat(network.standings.get("email:e"))
                .isEqualTo(new Standing(20, 20, null, LinkKey.of(20, "user_id:u", "email:e"), false));
    }

    @Test
    void whatIsNoNewsIsNotTold() {
        see(SeenEvent.of(10, "user_id:u", "anonymous_id:a"), SeenEvent.of(20, "user_id:u", "anonymous_id:b"));
        network.standings.clear();
        see(SeenEvent.of(30, "user_id:u", "anonymous_id:a"), SeenEvent.of(40, "anonymous_id:a"));
        assertThat(network.standings).isEmpty();
    }

    @Test
    void anEarlierSightingIsToldWithoutAProfileBefore() {
        see(SeenEvent.of(20, "user_id:u", "anonymous_id:a"), SeenEvent.of(10, "anonymous_id:a"));
        assertThat(network.standings.get("anonymous_id:a"))
                .isEqualTo(new Standing(10, 20, null, LinkKey.of(20, "user_id:u", "anonymous_id:a"), false));
    }

    @Test
    void theCauseIsTheLinkThatBroughtTheUserNotTheOneNextToTheIdentifier() {
        see(
                SeenEvent.of(10, "device_id:d", "anonymous_id:a"),
                SeenEvent.of(20, "device_id:d", "anonymous_id:b"),
                SeenEvent.of(30, "user_id:u", "anonymous_id:b"));
        LinkKey login = LinkKey.of(30, "user_id:u", "anonymous_id:b");
        for (String each : List.of("device_id:d", "anonymous_id:a", "anonymous_id:b")) {
            assertThat(network.standings.get(each).cause()).as(each).isEqualTo(login);
            assertThat(network.standings.get(each).sinceMillis()).as(each).isEqualTo(30);
        }
        assertThat(network.standings.get("anonymous_id:a").previousProfileId())
                .isEqualTo(ProfileId.ledBy("anonymous_id:a"));
    }

    @Test
    void theLoginOfAKnownDeviceCostsOneMessage() {
        see(SeenEvent.of(10, "anonymous_id:a"), SeenEvent.of(20, "anonymous_id:a"));
        assertThat(network.sent).isZero();
        see(SeenEvent.of(30, "user_id:u", "anonymous_id:a"));
        assertThat(network.sent).isEqualTo(1);
        assertLeader("anonymous_id:a", "user_id:u");
    }

    @Test
    void aStreamHeardTwiceCostsNoMessageTheSecondTime() {
        for (EventStream kind : EventStream.values()) {
            for (int seed = 0; seed < 20; seed++) {
                List<SeenEvent> events = kind.events(new Random(seed), 60);
                Network heard = new Network(Types.UNBOUNDED, new Random(seed));
                List<SeenEvent> twice = new ArrayList<>(events);
                twice.addAll(events);
                for (int i = 0; i < twice.size(); i++) {
                    heard.event(twice.get(i));
                    assertThat(i < events.size() || heard.messages.isEmpty())
                            .as("%s, seed %d: no message", kind, seed)
                            .isTrue();
                    heard.settle();
                }
            }
        }
    }

    private void see(SeenEvent... events) {
        for (SeenEvent event : events) {
            network.event(event);
            network.settle();
        }
    }

    private void assertLeader(String identifier, String leader) {
        assertThat(network.leaders()).containsEntry(identifier, leader);
    }
}
