package dev.millrace.core.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.event.Event;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdentityRulesTest {
    private final IdentityRules rules = new IdentityRules(IdentityRules.DEFAULT_BLOCKED_VALUES);

    @Test
    void theUserIdGoesBeforeTheAnonymousId() {
        assertThat(rules.leaf(event("u", "a"))).contains("user_id:u");
        assertThat(rules.leaf(event("u", null))).contains("user_id:u");
        assertThat(rules.leaf(event(null, "a"))).contains("anonymous_id:a");
        assertThat(rules.leaf(event(null, null))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "\t\n",
                "null",
                "NULL",
                "(null)",
                "nil",
                "none",
                "undefined",
                " Undefined ",
                "unknown",
                "Anonymous",
                "guest",
                "not set",
                "(not set)",
                "n/a",
                "NaN",
                "true",
                "FALSE",
                "[object Object]",
                "-1",
                "0",
                " 0 ",
                "00000000-0000-0000-0000-000000000000"
            })
    void aValueThatPointsAtNobodyIsNoIdentifier(String value) {
        assertThat(rules.leaf(event(value, "a"))).contains("anonymous_id:a");
        assertThat(rules.leaf(event(null, value))).isEmpty();
        assertThat(rules.leaf(event(value, value))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "-10", "00", "nullable", "unknown1", "user:0", "A", " a ", "0x0"})
    void anyOtherValueIsKeptAsItIs(String value) {
        assertThat(rules.leaf(event(value, null))).contains("user_id:" + value);
    }

    @Test
    void blockedValuesAreComparedWithoutCaseAndSpaceWhicheverSideHasThem() {
        IdentityRules own = new IdentityRules(List.of(" Test-User "));
        assertThat(own.leaf(event("test-user", null))).isEmpty();
        assertThat(own.leaf(event("\tTEST-USER", null))).isEmpty();
        assertThat(own.leaf(event("null", null))).contains("user_id:null");
    }

    @Test
    void aProfileIdIsTheSameForEver() {
        assertThat(ProfileId.ledBy("user_id:42")).isEqualTo("c674a0b9-5df9-3704-a6b6-430c33c8075d");
        assertThat(ProfileId.ledBy("user_id:42")).isNotEqualTo(ProfileId.ledBy("anonymous_id:42"));
        assertThat(ProfileId.ledBy("user_id:ä😀")).isEqualTo(ProfileId.ledBy("user_id:\u00e4\ud83d\ude00"));
    }

    private static Event event(String userId, String anonymousId) {
        return new Event(
                null, "track", null, userId, anonymousId, null, null, null, null, null, null, null, null, null, null);
    }
}
