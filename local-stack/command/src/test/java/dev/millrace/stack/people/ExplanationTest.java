package dev.millrace.stack.people;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.identity.ProfileId;
import org.junit.jupiter.api.Test;

class ExplanationTest {
    private static final String FIRST = ProfileId.ledBy("user_id:1");
    private static final String SECOND = ProfileId.ledBy("user_id:2");

    @Test
    void onePersonIsToldByTheLinksBetweenTheTwo() {
        FakePeople people = new FakePeople()
                .member("user_id:1", "user_id:1", 0, 0)
                .member("email:5f2c", "user_id:1", 10, 10)
                .member("device_id:d", "user_id:1", 5, 20)
                .link(10, "user_id:1", "email:5f2c")
                .link(20, "email:5f2c", "device_id:d")
                .link(30, "user_id:1", "device_id:d");

        assertThat(explain(people, "user_id:1", "device_id:d"))
                .isEqualTo(
                        """
                        user_id:1 and device_id:d are the same person, profile %s (led by user_id:1).

                        These links join them:
                          user_id:1 and email:5f2c were first seen together at 2026-01-01T10:00:10Z.
                          email:5f2c and device_id:d were first seen together at 2026-01-01T10:00:20Z.
                        """
                                .formatted(FIRST));
    }

    @Test
    void anAliasIsToldAsOne() {
        FakePeople people = new FakePeople()
                .member("user_id:1", "user_id:1", 0, 0)
                .member("user_id:2", "user_id:1", 0, 50)
                .link(50, "user_id:1", "user_id:2");

        assertThat(explain(people, "user_id:2", "user_id:1"))
                .contains(
                        """
                        One link joins them:
                          user_id:2 and user_id:1 are one by an alias, first sent at 2026-01-01T10:00:50Z.
                        """);
    }

    @Test
    void aRefusedLinkIsToldWithWhomTheDeviceBelongsTo() {
        FakePeople people = twoUsersOnOneDevice();

        assertThat(explain(people, "user_id:2", "device_id:d"))
                .isEqualTo(
                        """
                        user_id:2 and device_id:d are not the same person, as far as known.
                          user_id:2 leads profile %s, first seen at 2026-01-01T10:00:10Z.
                          device_id:d belongs to profile %s (led by user_id:1), since 2026-01-01T10:00:05Z.

                        They were seen together, but that did not join them:
                          device_id:d belongs to user_id:1 since 2026-01-01T10:00:05Z. At 2026-01-01T10:00:10Z \
                        device_id:d and user_id:2 were first seen together; joining them would merge two known people, \
                        user_id:1 and user_id:2, so it was refused.
                        """
                                .formatted(SECOND, FIRST));
    }

    @Test
    void aChainWithARefusedLinkIsToldWhole() {
        FakePeople people = twoUsersOnOneDevice();

        assertThat(explain(people, "user_id:1", "user_id:2"))
                .contains(
                        """
                        They are linked through others, but not every link joined:
                          user_id:1 and device_id:d were first seen together at 2026-01-01T10:00:05Z.
                          device_id:d and user_id:2 were first seen together at 2026-01-01T10:00:10Z. Not joined.

                        Why not:
                          device_id:d belongs to user_id:1 since 2026-01-01T10:00:05Z. At""");
    }

    @Test
    void everyRefusedLinkOfAChainThroughAThirdPersonIsTold() {
        FakePeople people = twoUsersOnOneDevice()
                .member("user_id:3", "user_id:3", 20, 20)
                .member("email:9a01", "user_id:2", 11, 11)
                .link(11, "email:9a01", "user_id:2")
                .link(20, "email:9a01", "user_id:3");

        assertThat(explain(people, "user_id:1", "user_id:3"))
                .contains("Why not, 2 times:")
                .contains("two known people, user_id:1 and user_id:2, so it was refused.")
                .contains("email:9a01 belongs to user_id:2 since 2026-01-01T10:00:11Z.")
                .contains("two known people, user_id:2 and user_id:3, so it was refused.");
    }

    @Test
    void twoWhoNeverMetAreToldSo() {
        FakePeople people = twoUsersOnOneDevice().member("anonymous_id:a", "anonymous_id:a", 0, 0);

        assertThat(explain(people, "anonymous_id:a", "user_id:1"))
                .endsWith("\n\nThey were never seen together, not even through others.\n");
    }

    @Test
    void oneThatTakesNoMoreLinksIsToldWhereverItMatters() {
        FakePeople people = new FakePeople()
                .member("user_id:1", "user_id:1", 0, 0)
                .limited("device_id:kiosk", "user_id:1", 0, 1)
                .member("anonymous_id:a", "anonymous_id:a", 2, 2)
                .link(1, "user_id:1", "device_id:kiosk");

        String full = "device_id:kiosk has as many links as its type may have, and takes no more: whatever else it was"
                + " seen with is not known here.";
        assertThat(explain(people, "user_id:1", "device_id:kiosk")).contains(full);
        assertThat(explain(people, "device_id:kiosk", "anonymous_id:a"))
                .contains("They were never seen together", full);

        people.link(3, "anonymous_id:a", "device_id:kiosk");
        assertThat(explain(people, "anonymous_id:a", "user_id:1"))
                .contains("that joined nothing, since device_id:kiosk had as many links as its type may have")
                .contains(full);
    }

    @Test
    void aLinkThatHasNotJoinedYetIsNotCalledRefused() {
        FakePeople people = new FakePeople()
                .member("user_id:1", "user_id:1", 0, 0)
                .member("anonymous_id:a", "anonymous_id:a", 1, 1)
                .link(1, "anonymous_id:a", "user_id:1");

        assertThat(explain(people, "user_id:1", "anonymous_id:a"))
                .contains("that has not joined them. Either the store is a moment behind")
                .doesNotContain("refused");
    }

    @Test
    void linksThatAreNotStoredYetAreSaidToBeMissing() {
        FakePeople people =
                new FakePeople().member("user_id:1", "user_id:1", 0, 0).member("email:5f2c", "user_id:1", 0, 0);

        assertThat(explain(people, "user_id:1", "email:5f2c"))
                .contains("are the same person")
                .contains("not all in the store yet");
        assertThat(explain(people, "email:5f2c", "email:5f2c")).contains("is one identifier, named twice");
    }

    @Test
    void aSearchThatIsCutShortSaysSo() {
        FakePeople people = new FakePeople().member("user_id:0", "user_id:0", 0, 0);
        for (int i = 1; i <= 11_000; i++) {
            people.member("user_id:" + i, "user_id:" + i, i, i).link(i, "user_id:" + (i - 1), "user_id:" + i);
        }
        people.member("device_id:d", "device_id:d", 0, 0);

        assertThat(explain(people, "user_id:0", "user_id:11000"))
                .contains("as far as was looked: at 10,000 links around user_id:0")
                .contains("There may be a chain beyond.");
        assertThat(people.linksAsked).isLessThanOrEqualTo(3 * Explanation.MAX_LINKS_AROUND);
    }

    @Test
    void aHubInOneProfileDoesNotHideWhatJoinsTheTwo() {
        FakePeople people = twoUsersOnOneDevice();
        for (int i = 0; i < 12_000; i++) {
            people.member("anonymous_id:" + i, "user_id:1", i - 20_000, i - 20_000)
                    .link(i - 20_000, "anonymous_id:" + i, "user_id:1");
        }

        assertThat(explain(people, "user_id:1", "user_id:2")).contains("so it was refused.");
    }

    @Test
    void aLongChainIsShortenedUnlessAllIsAsked() {
        FakePeople people = new FakePeople().member("user_id:1", "user_id:1", 0, 0);
        String last = "user_id:1";
        for (int i = 1; i <= 100; i++) {
            people.member("device_id:" + i, "user_id:1", i, i).link(i, last, "device_id:" + i);
            last = "device_id:" + i;
        }

        assertThat(explain(people, "user_id:1", "device_id:100").lines())
                .hasSize(3 + 41)
                .contains("  … 60 more, which --all shows …");
        assertThat(new Explanation(people, FakePeople.rules(), true)
                        .of(people.member("user_id:1"), people.member("device_id:100")))
                .hasSize(3 + 100);
    }

    private static FakePeople twoUsersOnOneDevice() {
        return new FakePeople()
                .member("user_id:1", "user_id:1", 0, 0)
                .member("device_id:d", "user_id:1", 5, 5)
                .member("user_id:2", "user_id:2", 10, 10)
                .link(5, "user_id:1", "device_id:d")
                .link(10, "user_id:2", "device_id:d");
    }

    private static String explain(FakePeople people, String one, String other) {
        return String.join(
                        "\n",
                        new Explanation(people, FakePeople.rules(), false).of(people.member(one), people.member(other)))
                + "\n";
    }
}
