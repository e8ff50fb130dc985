package dev.millrace.stack.people;

import static dev.millrace.stack.people.FakePeople.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.identity.ProfileId;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ProfilePageTest {
    private static final String FIRST = ProfileId.ledBy("user_id:1");
    private static final String SECOND = ProfileId.ledBy("user_id:2");
    private static final String NOBODY = ProfileId.ledBy("anonymous_id:a");

    private final FakePeople people = new FakePeople()
            .member("user_id:1", "user_id:1", 0, 0)
            .member("email:5f2c", "user_id:1", 5, 5)
            .limited("device_id:d", "user_id:1", 10, 10)
            .member("anonymous_id:a", "user_id:1", -60, 10)
            .member("user_id:2", "user_id:2", 20, 20)
            .link(5, "user_id:1", "email:5f2c")
            .link(-50, "anonymous_id:a", "device_id:d")
            .link(10, "device_id:d", "user_id:1")
            .link(20, "device_id:d", "user_id:2")
            .trait("user_id:1", "name", "Jane")
            .trait("user_id:1", "plan", "{\"tier\":2}")
            .merge("anonymous_id:a", "user_id:1", key(10, "device_id:d", "user_id:1"), 12);

    @Test
    void aPersonIsShownWithAllThatMadeThem() {
        assertThat(page(FIRST, Optional.of("anonymous_id:a"), false))
                .isEqualTo(
                        """
                        Profile %s
                          led by       user_id:1
                          first seen   2026-01-01T09:59:00Z
                          last seen    2026-01-01T10:01:50Z
                          identifiers  4

                        Traits
                        trait  value
                        -----  ----------
                        name   Jane
                        plan   {"tier":2}

                        Identifiers
                        identifier      first seen            since                 seen together with   at
                        --------------  --------------------  --------------------  -------------------  --------------------
                        user_id:1       2026-01-01T10:00:00Z  2026-01-01T10:00:00Z  (leads the profile)
                        anonymous_id:a  2026-01-01T09:59:00Z  2026-01-01T10:00:10Z  device_id:d          2026-01-01T09:59:10Z
                                                                                    └ user_id:1          2026-01-01T10:00:10Z
                        email:5f2c      2026-01-01T10:00:05Z  2026-01-01T10:00:05Z  user_id:1            2026-01-01T10:00:05Z
                        device_id:d *   2026-01-01T10:00:10Z  2026-01-01T10:00:10Z  user_id:1            2026-01-01T10:00:10Z
                        * has as many links as its type may have, and takes no more.

                        Refused links
                        identifier   seen with  since                 of         profile                               why refused
                        -----------  ---------  --------------------  ---------  ------------------------------------  ----------------------------
                        device_id:d  user_id:2  2026-01-01T10:00:20Z  user_id:2  %s  would merge two known people

                        Merged into this profile
                        profile                               because of   and        seen together at      known here at
                        ------------------------------------  -----------  ---------  --------------------  --------------------
                        %s  device_id:d  user_id:1  2026-01-01T10:00:10Z  2026-01-01T10:00:12Z
                        """
                                .formatted(FIRST, SECOND, NOBODY));
    }

    @Test
    void whatThereIsNoneOfIsSaid() {
        people.member("user_id:3", "user_id:3", 0, 0);

        assertThat(page(ProfileId.ledBy("user_id:3"), Optional.empty(), false))
                .contains("Traits\nnone\n", "Refused links\nnone\n", "Merged into this profile\nnone\n");
    }

    @Test
    void aProfileOfTenThousandIsShownInPartAndInFull() {
        for (int i = 0; i < 9_996; i++) {
            people.member("anonymous_id:" + i, "user_id:1", 100 + i, 100 + i)
                    .link(100 + i, "anonymous_id:" + i, i % 100 == 0 ? "user_id:1" : "anonymous_id:" + (i - 1))
                    .member("user_id:x" + i, "user_id:x" + i, 100 + i, 100 + i)
                    .link(100 + i, "anonymous_id:" + i, "user_id:x" + i);
        }

        String part = page(FIRST, Optional.of("anonymous_id:9995"), false);
        assertThat(part)
                .contains("\nanonymous_id:9995 ", "└ … 88 links …", "└ anonymous_id:9900 ")
                .contains("… and 9,950 identifiers more; --all shows them, up to 10,000\n")
                .contains("… and 9,947 links more; --all shows them, up to 10,000\n");
        assertThat(part.lines().count()).isLessThan(700);

        String full = page(FIRST, Optional.empty(), true);
        assertThat(full).doesNotContain("more; --all").contains("\nanonymous_id:9994 ");
        assertThat(full.lines().count()).isLessThan(120_000);
    }

    @Test
    void anIdentifierWhoseLinksAreNotStoredYetIsShownNevertheless() {
        people.member("device_id:new", "user_id:1", 30, 30);

        assertThat(page(FIRST, Optional.empty(), false).lines())
                .anyMatch(line -> line.startsWith("device_id:new ") && line.endsWith("(not in the store yet)"));
    }

    @Test
    void whatATerminalWouldObeyIsNotPrintedAsItIs() {
        people.trait("user_id:1", "name", "\u001b[2J\r\nJane\u202e").member("device_id:\u001bc", "user_id:1", 0, 0);

        assertThat(page(FIRST, Optional.empty(), false))
                .contains("\\u001b[2J\\u000d\\u000aJane\\u202e", "device_id:\\u001bc")
                .doesNotContain("\u001b");
    }

    @Test
    void theIdentifiersOfTheProfileAreReturned() {
        Set<String> identifiers = new ProfilePage(people, FakePeople.rules(), false)
                .print(people.person(SECOND).orElseThrow(), Optional.empty(), new PrintWriter(new StringWriter()));

        assertThat(identifiers).containsExactly("user_id:2");
    }

    private String page(String profileId, Optional<String> asked, boolean all) {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        new ProfilePage(people, FakePeople.rules(), all)
                .print(people.person(profileId).orElseThrow(), asked, out);
        return text.toString().replace(System.lineSeparator(), "\n");
    }
}
