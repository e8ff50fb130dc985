package dev.millrace.stack.people;

import static dev.millrace.stack.people.FakePeople.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.identity.ProfileId;
import dev.millrace.stack.StackException;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class LookupTest {
    private static final String FIRST = ProfileId.ledBy("user_id:1");
    private static final String DEVICE = "0b8c8f5e-7a3a-4a52-9d0c-6b1f0c3f2a11";

    private final FakePeople people = new FakePeople()
            .member("user_id:1", "user_id:1", 0, 0)
            .member("email:5f2c", "user_id:1", 1, 1)
            .member("device_id:" + DEVICE, "user_id:1", 2, 2)
            .member("device_id:7", "user_id:1", 3, 3)
            .member("anonymous_id:7", "anonymous_id:7", 4, 4)
            .member("tag:a:b", "tag:a:b", 5, 5);
    private final Lookup lookup = new Lookup(people, FakePeople.rules());

    @Test
    void anIdentifierIsFoundAsItIsStored() {
        assertThat(lookup.identifier("user_id:1").identifier()).isEqualTo("user_id:1");
        assertThat(lookup.identifier("email:5f2c").identifier()).isEqualTo("email:5f2c");
        assertThat(lookup.identifier("tag:a:b").identifier()).isEqualTo("tag:a:b");
    }

    @Test
    void anAddressIsFoundByItsHashWithItsTypeOrBare() {
        assertThat(lookup.identifier("email:jane@example.com").identifier()).isEqualTo("email:5f2c");
        assertThat(lookup.identifier("jane@example.com").identifier()).isEqualTo("email:5f2c");
    }

    @Test
    void aBareValueIsFoundWhateverItsType() {
        assertThat(lookup.identifier("1").identifier()).isEqualTo("user_id:1");
        assertThat(lookup.identifier(DEVICE).identifier()).isEqualTo("device_id:" + DEVICE);
        assertThat(lookup.identifier("a:b").identifier()).isEqualTo("tag:a:b");
    }

    @Test
    void aBareValueOfSeveralTypesIsAskedFor() {
        assertThatThrownBy(() -> lookup.person("7"))
                .isInstanceOf(StackException.class)
                .hasMessage("7 may be anonymous_id:7, device_id:7; say which, with its type");
    }

    @Test
    void aProfileIsFoundByItsIdAndAnIdentifierOfItIsItsLeader() {
        assertThat(lookup.person(FIRST.toUpperCase(Locale.ROOT)).profileId()).isEqualTo(FIRST);
        assertThat(lookup.person(FIRST).identifier()).isEmpty();
        assertThat(lookup.identifier(FIRST).identifier()).isEqualTo("user_id:1");
    }

    @Test
    void aProfileThatWentIntoAnotherLeadsThere() {
        people.merge("anonymous_id:x", "user_id:9", key(5, "anonymous_id:x", "user_id:9"), 6)
                .merge("user_id:9", "user_id:1", key(7, "user_id:1", "user_id:9"), 8);

        Lookup.Found found = lookup.person(ProfileId.ledBy("anonymous_id:x"));

        assertThat(found.profileId()).isEqualTo(FIRST);
        assertThat(found.remark().orElseThrow())
                .isEqualTo("Profile " + ProfileId.ledBy("anonymous_id:x") + " is no more: it went into "
                        + ProfileId.ledBy("user_id:9")
                        + ", because anonymous_id:x and user_id:9 were seen together at 2026-01-01T10:00:05Z. That is "
                        + FIRST + " by now.");
    }

    @Test
    void mergesThatGoRoundInACircleEnd() {
        people.merge("user_id:8", "user_id:9", key(5, "user_id:8", "user_id:9"), 6)
                .merge("user_id:9", "user_id:8", key(5, "user_id:8", "user_id:9"), 7);

        assertThatThrownBy(() -> lookup.person(ProfileId.ledBy("user_id:8"))).isInstanceOf(StackException.class);
    }

    @Test
    void whoIsNotKnownIsNamedWithAWayOut() {
        assertThatThrownBy(() -> lookup.person("user_id:42"))
                .isInstanceOf(StackException.class)
                .hasMessage("the store knows no user_id:42: no event has named it, or the jobs are behind, which"
                        + " local-stack/stack jobs shows; to search: local-stack/stack sql \"select identifier from"
                        + " identifiers where identifier like '%42%' limit 20\"");
        assertThatThrownBy(() -> lookup.person("user_id:'; drop"))
                .hasMessageStartingWith("the store knows no user_id:'; drop")
                .hasMessageNotContaining("to search");
        assertThatThrownBy(() -> new Lookup(new FakePeople(), FakePeople.rules()).person("user_id:42"))
                .hasMessageContaining("knows no people yet");
    }
}
