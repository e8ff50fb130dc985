package dev.millrace.core.people;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.event.Event;
import dev.millrace.core.event.EventPath;
import dev.millrace.core.identity.Attribution;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraitsTest {
    private static final long TIME = 1000;

    @Test
    void membersOfAnIdentifyEventsTraitsAreTakenAsTheyWereSent() {
        String json =
                "{\"name\" : \"Ada \\u00e9\\n\", \"age\":36, \"score\": -1.50e2 ,\"none\":null,\"on\": true,\"off\":false,"
                        + "\"address\":{\"city\" : \"London\", \"lines\":[1, [\"a\"]]},\"tags\":[ ],\"emoji \uD83D\uDE00\":\"\\ud83d\\ude00\"}";
        Traits traits = traits(json);
        assertThat(traits.traits())
                .containsExactly(
                        trait("name", "\"Ada \\u00e9\\n\""),
                        trait("age", "36"),
                        trait("score", "-1.50e2"),
                        trait("none", "null"),
                        trait("on", "true"),
                        trait("off", "false"),
                        trait("address", "{\"city\" : \"London\", \"lines\":[1, [\"a\"]]}"),
                        trait("tags", "[ ]"),
                        trait("emoji \uD83D\uDE00", "\"\\ud83d\\ude00\""));
        assertThat(traits.leftOut()).isZero();
        assertThat(traits.unreadable()).isFalse();
    }

    @Test
    void ofMembersWithOneNameTheLastHolds() {
        assertThat(traits("{\"a\":1,\"b\":2,\"a\":3}").traits()).containsExactly(trait("a", "3"), trait("b", "2"));
    }

    @Test
    void ofWhomNothingIsKnownTheyAreNewToo() {
        assertThat(Traits.of(record("identify", "{\"a\":1}"), true).traits())
                .containsExactly(new Trait("user_id:u", "a", "1", TIME, true));
    }

    @Test
    void onlyIdentifyEventsTellTraits() {
        assertThat(Traits.of(record("track", "{\"a\":1}"), true).traits()).isEmpty();
        assertThat(Traits.of(record("group", "{\"a\":1}"), true).traits()).isEmpty();
        assertThat(Traits.of(new Attribution("user_id:u", "p", null, 0, 1, "", 0, 0, 0, null), true))
                .isEqualTo(traits(null))
                .isEqualTo(traits("{}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "[]",
                "\"a\"",
                "1",
                "{",
                "{\"a\":1",
                "{\"a\":1}}",
                "{\"a\":1} {}",
                "{\"a\":1,}",
                "{\"a\":NaN}",
                "{\"a\":01}",
                "{'a':1}",
                "{\"a\":[1}",
                "{\"a\":\"\n\"}",
                "{\"a\":\"\\x\"}"
            })
    void traitsThatAreNoJsonObjectAreUnreadableAndTellNothing(String json) {
        assertThat(traits(json)).isEqualTo(new Traits(List.of(), 0, true));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"a\\u0000b\"",
                "[{\"a\":[\"\\u0000\"]}]",
                "{\"\\u0000\":1}",
                "\"\\ud800\"",
                "\"\\udc00\\ud800\"",
                "{\"\\ud800\":1}",
                "1e401",
                "1e-401",
                "[1E+99999999999999999999]",
                "{\"a\":-1.5e999999}"
            })
    void whatPostgresCanNotHoldIsLeftOutAndCounted(String value) {
        Traits traits = traits("{\"a\":1,\"b\":" + value + ",\"c\":2}");
        assertThat(traits.traits()).containsExactly(trait("a", "1"), trait("c", "2"));
        assertThat(traits.leftOut()).isEqualTo(1);
    }

    @Test
    void aNameThatPostgresCanNotHoldIsLeftOutAndCounted() {
        Traits traits = traits("{\"a\\u0000\":1,\"\\ud800\":1,\"c\":2}");
        assertThat(traits.traits()).containsExactly(trait("c", "2"));
        assertThat(traits.leftOut()).isEqualTo(2);
    }

    @Test
    void whatIsTooLongIsLeftOutAndCounted() {
        String name = "n".repeat(Traits.MAX_NAME_CHARS);
        String value = '"' + "v".repeat(Traits.MAX_VALUE_CHARS - 2) + '"';
        String number = "1".repeat(Traits.MAX_VALUE_CHARS);
        Traits traits = traits("{\"" + name + "\":1,\"" + name + "n\":1,\"v\":" + value + ",\"w\": [" + value
                + "],\"i\":" + number + ",\"j\":" + number + "1,\"long\":\"" + "x".repeat(100_000) + "\"}");
        assertThat(traits.traits()).containsExactly(trait(name, "1"), trait("v", value), trait("i", number));
        assertThat(traits.leftOut()).isEqualTo(4);
    }

    @Test
    void whatIsNestedTooDeepIsLeftOutAndCounted() {
        String deepest = "[".repeat(Traits.MAX_DEPTH) + "]".repeat(Traits.MAX_DEPTH);
        String endless = "{\"a\":".repeat(50_000) + "1" + "}".repeat(50_000);
        Traits traits = traits("{\"a\":" + deepest + ",\"b\":[" + deepest + "],\"c\":" + endless + ",\"d\":1}");
        assertThat(traits.traits()).containsExactly(trait("a", deepest), trait("d", "1"));
        assertThat(traits.leftOut()).isEqualTo(2);
    }

    @Test
    void traitsThatGoDeeperThanCanBeReadAreUnreadable() {
        String abyss = "[".repeat(EventPath.MAX_DEPTH) + "]".repeat(EventPath.MAX_DEPTH);
        assertThat(traits("{\"a\":1,\"b\":" + abyss + "}").unreadable()).isTrue();
    }

    @Test
    void moreTraitsThanAnEventMayHaveAreLeftOutAndCounted() {
        String json = IntStream.range(0, 103)
                .mapToObj(i -> "\"t" + i + "\":" + i)
                .collect(Collectors.joining(",", "{", ",\"t0\":-1}"));
        Traits traits = traits(json);
        assertThat(traits.traits()).hasSize(Traits.MAX_TRAITS).contains(trait("t0", "-1"), trait("t99", "99"));
        assertThat(traits.leftOut()).isEqualTo(3);
    }

    private static Trait trait(String name, String value) {
        return new Trait("user_id:u", name, value, TIME, false);
    }

    private static Traits traits(String json) {
        return Traits.of(record("identify", json), false);
    }

    private static Attribution record(String type, String traits) {
        Event event =
                new Event("m", type, null, "u", null, null, null, null, TIME, null, null, null, traits, null, null);
        return new Attribution("user_id:u", "p", null, 0, 1, "raw", 0, 1, TIME, event);
    }
}
