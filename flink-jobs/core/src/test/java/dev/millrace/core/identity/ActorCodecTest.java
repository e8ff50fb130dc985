package dev.millrace.core.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.event.RecentMessageIds;
import dev.millrace.core.identity.Label.Anchored;
import dev.millrace.core.identity.Label.Floating;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ActorCodecTest {
    private static final String ANONYMOUS = "anonymous_id:0b5ad4f1-8f0e-4e8c-9a53-3d1c6c1f5e77";
    private static final String USER = "user_id:1234567890";

    private final ActorCodec codec = new ActorCodec();

    @Test
    void anActorIsReadBackAsItWas() throws IOException {
        Actor actor = new Actor();
        actor.firstSeenMillis = 1_700_000_000_000L;
        actor.wakeAtMillis = 1_700_000_100_000L;
        actor.limited = true;
        for (int i = 0; i < Actor.LINKS_HERE; i++) {
            actor.addLink("device_id:d" + i, 1_000 + i);
        }
        actor.moreLinks = 70_000;
        actor.addAlias(USER, 7);
        actor.addAlias("user_id:ä😀", -7);
        actor.label = new Anchored(
                List.of(LinkKey.of(9, ANONYMOUS, "device_id:d3"), LinkKey.of(8, "device_id:d3", USER)),
                USER,
                "user_id:0",
                List.of(LinkKey.of(7, "user_id:0", USER)));
        assertThat(actor.profileId(ANONYMOUS)).isEqualTo(ProfileId.ledBy("user_id:0"));
        actor.recent.add(42, 1_700_000_000_000L, 1_000, 10);

        Actor read = read(bytes(actor));
        assertThat(read).usingRecursiveComparison().ignoringFields("recent").isEqualTo(actor);
        assertThat(read.recent.size()).isEqualTo(1);
        assertThat(read.recent.add(42, 1_700_000_000_000L, 1_000, 10)).isEqualTo(RecentMessageIds.Outcome.DUPLICATE);
        assertThat(bytes(read(bytes(actor)))).isEqualTo(bytes(actor));
        assertThat(bytes(actor.copy())).isEqualTo(bytes(actor));
    }

    @Test
    void anActorOfWhichNothingIsKnownIsReadBackAsSuch() throws IOException {
        Actor read = read(bytes(new Actor()));
        assertThat(read.isNew()).isTrue();
        assertThat(read.wakeAtMillis).isEqualTo(Actor.ASLEEP);
        assertThat(read.label).isNull();
    }

    @Test
    void aCopyDoesNotChangeWithTheActor() throws IOException {
        Actor actor = new Actor();
        actor.firstSeenMillis = 5;
        actor.addLink("device_id:d", 5);
        actor.addAlias(USER, 5);
        actor.recent.add(1, 5, 10, 10);
        Actor copy = actor.copy();
        byte[] before = bytes(copy);
        actor.firstSeenMillis = 4;
        actor.linkMillis[0] = 4;
        actor.aliasMillis[0] = 4;
        actor.addLink("device_id:e", 6);
        actor.addAlias("user_id:v", 6);
        actor.recent.add(2, 5, 10, 10);
        actor.label = new Floating(1, "device_id:d", List.of());
        assertThat(bytes(copy)).isEqualTo(before);
    }

    @Test
    void randomMessagesAreReadBackAsTheyWere() throws IOException {
        for (int seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            Message message =
                    new Message(name(random), name(random), random.nextLong(), random.nextBoolean(), label(random));
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            codec.write(message, new DataOutputStream(bytes));
            ByteArrayInputStream in = new ByteArrayInputStream(bytes.toByteArray());
            assertThat(codec.readMessage(new DataInputStream(in)))
                    .as("seed %d", seed)
                    .isEqualTo(message);
            assertThat(in.available()).as("seed %d: bytes left over", seed).isZero();
        }
    }

    @Test
    void aVersionThatIsNotKnownIsRefusedInASentence() throws IOException {
        byte[] bytes = bytes(new Actor());
        bytes[0] = 99;
        assertThatThrownBy(() -> read(bytes))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("version 99")
                .hasMessageContaining("can't read");
    }

    @Test
    void aLabelOfAnUnknownKindIsRefused() throws IOException {
        Actor actor = new Actor();
        actor.firstSeenMillis = 1;
        actor.label = new Floating(1, "a", List.of());
        byte[] bytes = bytes(actor);
        // Version, flags, first seen, number of links.
        bytes[1 + 1 + 8 + 1] = 77;
        assertThatThrownBy(() -> read(bytes)).isInstanceOf(IOException.class).hasMessageContaining("kind 77");
    }

    @Test
    void anAnchorWithoutLinksIsSmall() throws IOException {
        Actor actor = new Actor();
        actor.firstSeenMillis = 1_700_000_000_000L;
        assertThat(bytes(actor)).hasSizeLessThanOrEqualTo(15);
        actor.recent.add(42, 1_700_000_000_000L, 86_400_000, 1000);
        actor.wakeAtMillis = 1_700_086_400_000L;
        assertThat(bytes(actor)).hasSizeLessThanOrEqualTo(43);
    }

    @Test
    void anAnonymousIdThatIsLinkedToAUserNamesEachOnce() throws IOException {
        Network network = new Network(Network.Types.UNBOUNDED, new Random(1));
        network.event(SeenEvent.of(1_700_000_000_000L, USER, ANONYMOUS));
        network.settle();
        Actor actor = network.actor(ANONYMOUS);
        assertThat(actor.label).isInstanceOf(Anchored.class);
        // Two names, three times and a few bytes.
        assertThat(bytes(actor)).hasSizeLessThanOrEqualTo(USER.length() + ANONYMOUS.length() + 60);
    }

    private static Label label(Random random) {
        if (random.nextBoolean()) {
            return new Floating(random.nextLong(), name(random), path(random));
        }
        return new Anchored(path(random), name(random), name(random), path(random));
    }

    private static List<LinkKey> path(Random random) {
        List<LinkKey> path = new ArrayList<>();
        for (int i = random.nextInt(6); i > 0; i--) {
            path.add(LinkKey.of(random.nextLong(), name(random), name(random)));
        }
        return path;
    }

    private static String name(Random random) {
        return "user_id:" + random.nextInt(4) + "\u0000é😀".substring(0, random.nextInt(5));
    }

    private byte[] bytes(Actor actor) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        codec.write(actor, new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    private Actor read(byte[] bytes) throws IOException {
        return codec.readActor(new DataInputStream(new ByteArrayInputStream(bytes)));
    }
}
