package dev.millrace.core.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.identity.Label.Anchored;
import dev.millrace.core.identity.Label.Floating;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LabelTest {
    private static final List<LinkKey> NONE = List.of();

    @Test
    void anyAnchoredLabelBeatsAnyFloatingOne() {
        Label anchored = new Anchored(List.of(link(9), link(8)), "user_id:z", "user_id:z", NONE);
        Label floating = new Floating(1, "anonymous_id:a", NONE);
        assertThat(anchored).isLessThan(floating);
        assertThat(floating).isGreaterThan(anchored);
    }

    @Test
    void theChainWhoseLatestLinkIsEarlierIsBetterHoweverLongItIs() {
        Label early = new Anchored(List.of(link(5), link(4), link(3)), "user_id:z", "user_id:z", NONE);
        Label late = new Anchored(List.of(link(6)), "user_id:a", "user_id:a", NONE);
        Label shorter = new Anchored(List.of(link(5)), "user_id:z", "user_id:z", NONE);
        assertThat(List.of(shorter, early, late)).isSorted();
    }

    @Test
    void ofEqualChainsTheLesserAnchorThenTheLesserRootThenTheEarlierJoinedRootIsBetter() {
        List<LinkKey> path = List.of(link(1));
        assertThat(List.<Label>of(
                        new Anchored(path, "user_id:a", "user_id:a", NONE),
                        new Anchored(path, "user_id:a", "user_id:a", List.of(link(4), link(3))),
                        new Anchored(path, "user_id:a", "user_id:a", List.of(link(5))),
                        new Anchored(path, "user_id:a", "user_id:b", NONE),
                        new Anchored(path, "user_id:b", "user_id:a", NONE)))
                .isSorted();
    }

    @Test
    void ofFloatingLabelsTheOneSeenFirstIsBetterThenTheLesserThenTheEarlierJoined() {
        assertThat(List.<Label>of(
                        new Floating(1, "anonymous_id:b", List.of(link(9))),
                        new Floating(2, "anonymous_id:a", List.of(link(4), link(3))),
                        new Floating(2, "anonymous_id:a", List.of(link(5))),
                        new Floating(2, "anonymous_id:b", NONE)))
                .isSorted();
    }

    @Test
    void aLinkTakesItsPlaceInTheChain() {
        Label label = new Anchored(List.of(link(7), link(3)), "user_id:b", "user_id:a", List.of(link(2)));
        assertThat(label.over(link(5)))
                .isEqualTo(
                        new Anchored(List.of(link(7), link(5), link(3)), "user_id:b", "user_id:a", List.of(link(2))));
        assertThat(label.over(link(9)).hops()).isEqualTo(3);
        assertThat(label.over(link(9)).leader()).isEqualTo("user_id:a");
        assertThat(new Floating(1, "anonymous_id:a", List.of(link(3))).over(link(9)))
                .isEqualTo(new Floating(1, "anonymous_id:a", List.of(link(9), link(3))));
    }

    @Test
    void theLatestLinkOnTheWayToTheLeaderDecided() {
        assertThat(Anchored.of("user_id:a").cause()).isNull();
        assertThat(new Floating(1, "anonymous_id:a", NONE).cause()).isNull();
        assertThat(new Floating(1, "anonymous_id:a", List.of(link(9), link(3))).cause())
                .isEqualTo(link(9));
        assertThat(new Anchored(List.of(link(5)), "user_id:b", "user_id:a", List.of(link(7))).cause())
                .isEqualTo(link(7));
        assertThat(new Anchored(List.of(link(8)), "user_id:b", "user_id:a", List.of(link(7))).cause())
                .isEqualTo(link(8));
        assertThat(new Anchored(NONE, "user_id:b", "user_id:a", List.of(link(7))).cause())
                .isEqualTo(link(7));
    }

    @Test
    void aLinkMakesNoLabelBetterAndKeepsTheirOrder() {
        for (int seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            Label one = label(random);
            Label other = random.nextInt(4) == 0 ? one : label(random);
            LinkKey link = link(random.nextInt(8));
            assertThat(one.over(link)).as("seed %d", seed).isGreaterThan(one);
            assertThat(Integer.signum(one.over(link).compareTo(other.over(link))))
                    .as("seed %d", seed)
                    .isEqualTo(Integer.signum(one.compareTo(other)));
        }
    }

    private static Label label(Random random) {
        Label label = random.nextInt(3) == 0
                ? new Floating(random.nextInt(3), "anonymous_id:" + random.nextInt(3), NONE)
                : new Anchored(
                        NONE,
                        "user_id:" + random.nextInt(3),
                        "user_id:" + random.nextInt(3),
                        random.nextBoolean() ? NONE : List.of(link(random.nextInt(3))));
        for (int i = random.nextInt(4); i > 0; i--) {
            label = label.over(link(random.nextInt(8)));
        }
        return label;
    }

    private static LinkKey link(long timeMillis) {
        return LinkKey.of(timeMillis, "anonymous_id:x" + timeMillis, "device_id:y");
    }
}
