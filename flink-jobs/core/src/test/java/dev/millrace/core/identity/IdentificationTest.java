package dev.millrace.core.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.event.BinaryEvent;
import dev.millrace.core.event.Envelope;
import dev.millrace.core.event.Event;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdentificationTest {
    private static final String KEY = "a key for tests alone";
    private static final IdentityRules RULES = IdentityRules.of(IdentifierType.DEFAULT_TYPES, KEY);
    private static final String ANN =
            RULES.identifier("email", "ann@example.com").orElseThrow();
    private static final String BOB =
            RULES.identifier("email", "bob@example.com").orElseThrow();
    private static final String PHONE =
            RULES.identifier("phone", "+16502530000").orElseThrow();

    private final Random random = new Random(3);
    private Identification identification = RULES.identification();
    /** The event as it is passed on. */
    private Event passedOn;

    @Test
    void anEventHasItsIdentifiersInTheOrderOfPriority() {
        find(
                event(
                        "identify",
                        "u",
                        "a",
                        null,
                        null,
                        "{\"email\":\"Ann@example.com\",\"phone\":\"(650) 253-0000\"}",
                        "{\"device\":{\"id\":\"d\"},\"externalIds\":[{\"id\":\"x\",\"type\":\"ga\",\"collection\":\"users\"}]}"));

        assertThat(identification.leaf()).isEqualTo("user_id:u");
        assertThat(identification.others())
                .containsExactly(ANN, PHONE, "device_id:d", "anonymous_id:a", "external_id:ga/x");
        assertThat(identification.alias()).isNull();
        assertThat(identification.blocked()).isZero();
        assertThat(identification.unusable()).isZero();
        assertThat(identification.oversized()).isFalse();
    }

    @Test
    void withoutAnIdTheNextTypeIsTheLeaf() {
        find(event("track", null, "a", "{\"email\":\"ann@example.com\"}", null, null, null));
        assertThat(identification.leaf()).isEqualTo(ANN);
        assertThat(identification.others()).containsExactly("anonymous_id:a");

        find(event("track", null, "a", null, null, null, "{\"device\":{\"id\":7}}"));
        assertThat(identification.leaf()).isEqualTo("device_id:7");

        assertThat(found(event("track", null, null, null, null, null, "{}"))).isFalse();
        assertThat(identification.leaf()).isNull();
        assertThat(identification.others()).isEmpty();
        assertThat(identification.replacements()).isEmpty();
    }

    @Test
    void withinATypeThePlaceThatIsNamedFirstGoesFirst() {
        find(event(
                "track", null, null, "{\"email\":\"bob@example.com\"}", null, "{\"email\":\"ann@example.com\"}", null));

        assertThat(identification.leaf()).isEqualTo(ANN);
        assertThat(identification.others()).containsExactly(BOB);
    }

    @Test
    void anIdentifierIsNamedOnceHoweverOftenItStandsInTheEvent() {
        find(event(
                "track",
                null,
                null,
                "{\"email\":\"ANN@example.com\"}",
                null,
                "{\"email\":\"ann@example.com\",\"email\":\" ann@example.com\"}",
                null));

        assertThat(identification.leaf()).isEqualTo(ANN);
        assertThat(identification.others()).isEmpty();
        assertThat(passedOn.traits()).isEqualTo("{\"email\":\"" + ANN + "\",\"email\":\"" + ANN + "\"}");
    }

    @Test
    void anAddressIsReplacedByItsIdentifierAndNothingElseChanges() {
        find(event(
                "identify",
                "u",
                null,
                " { \"ä\\n\" : \"€😀\", \"email\" :\t\"ann@\\u0065xample.com\" ,\"n\":[1,{\"email\":\"no\"}]} ",
                null,
                "{\"phone\":16502530000,\"email\":\"b\\u006Fb@example.com\\n\",\"é\":\"é\"}",
                null));

        assertThat(identification.others()).containsExactly(BOB, ANN, PHONE);
        assertThat(passedOn.properties())
                .isEqualTo(" { \"ä\\n\" : \"€😀\", \"email\" :\t\"" + ANN + "\" ,\"n\":[1,{\"email\":\"no\"}]} ");
        assertThat(passedOn.traits()).isEqualTo("{\"phone\":\"" + PHONE + "\",\"email\":\"" + BOB + "\",\"é\":\"é\"}");
    }

    @Test
    void whatStandsInPlaceOfAnAddressWithoutBeingOneIsReplacedToo() {
        find(event(
                "identify",
                "u",
                null,
                " {\"email\" : [ \"ann@example.com\",{\"x\":[\"]}\"]}, null ] ,\"phone\":12.5e1}",
                null,
                "{\"email\":\"ann at example.com\",\"phone\":{\"+16502530000\":{\"x\":6502530000}}}",
                null));

        assertThat(identification.others()).isEmpty();
        assertThat(identification.unusable()).isEqualTo(4);
        assertThat(passedOn.properties()).isEqualTo(" {\"email\" : \"email:unusable\" ,\"phone\":\"phone:unusable\"}");
        assertThat(passedOn.traits()).isEqualTo("{\"email\":\"email:unusable\",\"phone\":\"phone:unusable\"}");
    }

    @Test
    void nothingThatStandsInPlaceOfAnAddressStays() {
        find(event(
                "identify",
                "u",
                null,
                "{\"email\":[ ],\"phone\":{}}",
                null,
                "{\"email\":null,\"email\":{ },\"phone\":\"\"}",
                null));

        assertThat(identification.unusable()).isZero();
        assertThat(identification.replacements()).isEmpty();
    }

    @Test
    void whereAPathLeadsOnWhatIsOffItIsReplacedWithItsName() {
        identification = IdentityRules.of(
                        List.of(
                                type("user_id", "user_id"),
                                new IdentifierType(
                                        "email",
                                        List.of("traits.email", "traits.email.address", "traits.email[0]"),
                                        false,
                                        null,
                                        null,
                                        Normaliser.EMAIL,
                                        null)),
                        KEY)
                .identification();

        find(event(
                "identify",
                "u",
                null,
                null,
                null,
                "{\"email\":{\"bob@example.com\":\"x\\n\" ,\"address\" :\"ann@example.com\", \"b\" : [{}] ,\"c\":-1e5,"
                        + "\"d\":true,\"address\":{\"bob@example.com\":1}}}",
                null));
        assertThat(identification.others()).containsExactly(ANN);
        assertThat(identification.unusable()).isEqualTo(1);
        String off = "\"email:unusable\":null";
        assertThat(passedOn.traits())
                .isEqualTo("{\"email\":{" + off + " ,\"address\" :\"" + ANN + "\", " + off + " ," + off + "," + off
                        + ",\"address\":\"email:unusable\"}}");

        find(event(
                "identify", "u", null, null, null, "{\"email\":[\"ann@example.com\",\"bob@example.com\",[1]]}", null));
        assertThat(identification.others()).containsExactly(ANN);
        assertThat(passedOn.traits()).isEqualTo("{\"email\":[\"" + ANN + "\",\"email:unusable\",\"email:unusable\"]}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[%s]", "{\"list\":[%s]}", "{\"ann@example.com\":[%s],\"list\":[%s]}"})
    void aLongListInPlaceOfAnAddressMakesTheEventNoLonger(String shape) {
        String list = shape.replace("%s", "1,".repeat(450_000 / (shape.split("%s").length - 1)) + "1");

        find(event("identify", "u", null, "{\"a\":1,\"email\":" + list + "}", null, null, null));

        assertThat(identification.unusable()).isEqualTo(1);
        assertThat(passedOn.properties()).isEqualTo("{\"a\":1,\"email\":\"email:unusable\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "\"\"", "\"a@b\"", "{\"\":1}", "[1]", "{\"id\":1}", "{\"id\":1,\"type\":\"t\"}"})
    void aFieldThatReplacingWouldMakeMuchLongerIsEmptied(String element) {
        identification = IdentityRules.of(
                        List.of(
                                type("user_id", "user_id"),
                                new IdentifierType(
                                        "email",
                                        List.of("properties.list", "properties.list[*]"),
                                        false,
                                        null,
                                        null,
                                        Normaliser.EMAIL,
                                        null),
                                new IdentifierType(
                                        "pseudonym",
                                        List.of("traits.list", "traits.list[*]", "context.ids"),
                                        false,
                                        null,
                                        null,
                                        null,
                                        true)),
                        KEY)
                .identification();
        int times = 900_000 / (element.length() + 1);
        String list = (element + ',').repeat(times) + element;
        String json = "{\"list\":[" + list + "],\"ids\":[" + list + "]}";
        Event event = event("identify", "u", null, json, null, json, json);

        find(event);

        if (element.equals("\"\"")) {
            assertThat(passedOn).isEqualTo(event);
            return;
        }
        // In megabytes of JSON a failure should not be looked for: no message with them in it.
        assertThat(passedOn.properties().contains("\"list\":[" + element)).isFalse();
        assertThat(passedOn.traits().contains("\"list\":[" + element)).isFalse();
        assertThat(passedOn.context().contains("\"ids\":[" + element)).isFalse();
        assertThat(passedOn.traits().equals("{}")).isTrue();
        assertThat(BinaryEvent.bytes(passedOn).length)
                .isLessThanOrEqualTo(BinaryEvent.bytes(event).length + Identification.MAX_GROWTH_BYTES);
        assertThat(identification.unusable()).isPositive();
    }

    @Test
    void fieldsThatReplacingMakesLongerShareOneBound() {
        identification = IdentityRules.of(
                        List.of(
                                type("user_id", "user_id"),
                                new IdentifierType(
                                        "pseudonym",
                                        List.of("properties.list[*]", "traits.list[*]"),
                                        false,
                                        null,
                                        null,
                                        null,
                                        true)),
                        KEY)
                .identification();
        String json = "{\"list\":[" + "7,".repeat(20_000) + "7]}";

        find(event("identify", "u", null, json, null, json, null));

        assertThat(identification.others()).hasSize(1);
        assertThat(identification.unusable()).isEqualTo(1);
        assertThat(passedOn.properties()).hasSizeGreaterThan(800_000);
        assertThat(passedOn.traits()).isEqualTo("{}");
    }

    @Test
    void anEventGrowsAsFarAsItMay() {
        identification = IdentityRules.of(
                        List.of(
                                type("user_id", "user_id"),
                                new IdentifierType("h", List.of("properties.list[*]"), false, null, null, null, true)),
                        KEY)
                .identification();
        // A digit becomes two quotes, "h:" and 32 more.
        int most = Identification.MAX_GROWTH_BYTES / 35;

        find(event("track", "u", null, "{\"list\":[" + "7,".repeat(most - 1) + "7]}", null, null, null));
        assertThat(identification.unusable()).isZero();
        assertThat(passedOn.properties()).hasSize(10 + 37 * most);

        find(event("track", "u", null, "{\"list\":[" + "7,".repeat(most) + "7]}", null, null, null));
        assertThat(identification.unusable()).isEqualTo(1);
        assertThat(passedOn.properties()).isEqualTo("{}");
    }

    @Test
    void whatSaysNothingStaysAndWhatIsBlockedByConfigurationDoesNot() {
        identification = new IdentityRules(
                        IdentifierType.DEFAULT_TYPES, List.of("ann@example.com", "(650) 253-0000"), KEY, "US", 16)
                .identification();
        String traits = "{\"email\":\"%s\",\"phone\":\"%s\"}";

        find(event("identify", "u", null, "{\"email\":false}", null, traits.formatted("N/A", " "), null));
        assertThat(identification.blocked()).isEqualTo(3);
        assertThat(identification.replacements()).isEmpty();

        find(event("identify", "u", null, null, null, traits.formatted("ANN@example.com", "+1 650 2530000"), null));
        assertThat(identification.blocked()).isEqualTo(2);
        assertThat(identification.others()).isEmpty();
        assertThat(passedOn.traits()).isEqualTo(traits.formatted("email:unusable", "phone:unusable"));
    }

    @Test
    void whatPointsAtNobodyIsCounted() {
        find(event("track", "null", "a", null, null, null, "{\"device\":{\"id\":\"0\"}}"));

        assertThat(identification.leaf()).isEqualTo("anonymous_id:a");
        assertThat(identification.blocked()).isEqualTo(2);
        assertThat(identification.unusable()).isZero();
    }

    @Test
    void aGroupsTraitsAreNotThePersons() {
        find(event("group", "u", null, null, null, "{\"email\":\"ann@example.com\",\"phone\":\"x\"}", null));

        assertThat(identification.others()).isEmpty();
        assertThat(identification.unusable()).isZero();
        assertThat(passedOn.traits()).isEqualTo("{\"email\":\"" + ANN + "\",\"phone\":\"phone:unusable\"}");
    }

    @Test
    void anAliasNamesTheUserThatThePersonWas() {
        find(event("alias", "new", "a", null, "old", null, null));

        assertThat(identification.leaf()).isEqualTo("user_id:new");
        assertThat(identification.others()).containsExactly("user_id:old", "anonymous_id:a");
        assertThat(identification.alias()).isEqualTo("user_id:old");
    }

    @Test
    void aPreviousIdThatIsTheAnonymousOneIsAnOrdinaryLink() {
        find(event("alias", "new", "a", null, "a", null, null));

        assertThat(identification.others()).containsExactly("anonymous_id:a");
        assertThat(identification.alias()).isNull();
    }

    @Test
    void anAliasOfNobodyOrToNobodySaysNothing() {
        find(event("alias", "u", null, null, "u", null, null));
        assertThat(identification.others()).isEmpty();
        assertThat(identification.alias()).isNull();
        assertThat(identification.unusable()).isZero();

        find(event("alias", "u", null, null, "undefined", null, null));
        assertThat(identification.others()).isEmpty();
        assertThat(identification.alias()).isNull();
        assertThat(identification.blocked()).isEqualTo(1);

        find(event("alias", null, "a", null, "u", null, null));
        assertThat(identification.leaf()).isEqualTo("anonymous_id:a");
        assertThat(identification.others()).isEmpty();
        assertThat(identification.alias()).isNull();
        assertThat(identification.unusable()).isEqualTo(1);

        find(event("alias", "u", null, null, "o".repeat(600), null, null));
        assertThat(identification.others()).isEmpty();
        assertThat(identification.alias()).isNull();
        assertThat(identification.unusable()).isEqualTo(1);

        find(event("alias", "u", null, null, null, null, null));
        assertThat(identification.alias()).isNull();

        find(event("track", "u", null, null, "old", null, null));
        assertThat(identification.others()).isEmpty();
    }

    @Test
    void onlyAnchorsAreAliased() {
        identification = IdentityRules.of(
                        List.of(type("user_id", "user_id"), type("anonymous_id", "anonymous_id")), null)
                .identification();

        find(event("alias", "new", null, null, "old", null, null));

        assertThat(identification.others()).containsExactly("user_id:old");
        assertThat(identification.alias()).isNull();
    }

    @Test
    void anAliasMakesNobodyTheSameWhereAnotherTypeLeads() {
        identification = IdentityRules.of(
                        List.of(
                                new IdentifierType("account", List.of("traits.account"), true, null, null, null, null),
                                new IdentifierType("user_id", List.of("user_id"), true, null, null, null, null)),
                        null)
                .identification();

        find(event("alias", "new", null, null, "old", "{\"account\":1}", null));

        assertThat(identification.leaf()).isEqualTo("account:1");
        assertThat(identification.others()).containsExactly("user_id:new", "user_id:old");
        assertThat(identification.alias()).isNull();
        assertThat(identification.unusable()).isEqualTo(1);
    }

    @Test
    void idsThatAreAddressesAreReplacedInTheEnvelopeToo() {
        identification = IdentityRules.of(
                        List.of(
                                new IdentifierType(
                                        "user_id", List.of("user_id"), true, null, null, Normaliser.EMAIL, null),
                                new IdentifierType(
                                        "anonymous_id", List.of("anonymous_id"), false, null, null, null, true)),
                        KEY)
                .identification();

        find(event("alias", "Ann@example.com", "a", null, "bob@example.com", null, null));
        assertThat(identification.leaf()).matches("user_id:[0-9a-f]{32}").isEqualTo(passedOn.userId());
        assertThat(identification.alias()).matches("user_id:[0-9a-f]{32}").isEqualTo(passedOn.previousId());
        assertThat(passedOn.anonymousId()).matches("anonymous_id:[0-9a-f]{32}");
        assertThat(passedOn.toString()).doesNotContain("example");

        find(event("alias", "ann@example.com", "a", null, "a", null, null));
        assertThat(passedOn.previousId()).isEqualTo(passedOn.anonymousId());
        assertThat(identification.alias()).isNull();

        find(event("track", "ann", "a", null, "bob@example.com", null, null));
        assertThat(identification.leaf()).isEqualTo(passedOn.anonymousId());
        assertThat(passedOn.userId()).isEqualTo("user_id:unusable");
        assertThat(passedOn.previousId()).matches("user_id:[0-9a-f]{32}");
        assertThat(identification.unusable()).isEqualTo(1);
    }

    @Test
    void externalIdsAreThoseOfUsers() {
        find(
                event(
                        "track",
                        "u",
                        null,
                        null,
                        null,
                        null,
                        """
                {"externalIds": [
                  {"id": "1", "type": "a", "collection": "users", "encoding": "none"},
                  {"type": "b", "more": {"id": 9}, "id": 2},
                  {"id": "\\u0033", "type": "c\\"", "collection": null},
                  {"id": "4", "type": "d", "collection": "accounts"},
                  {"id": "5"},
                  {"type": "e"},
                  {"id": "6", "type": "f/g"},
                  {"id": "undefined", "type": "h"},
                  {"id": ["7"], "type": "i"},
                  {"id": "8", "type": ""}
                ]}"""));

        assertThat(identification.others()).containsExactly("external_id:a/1", "external_id:b/2", "external_id:c\"/3");
        assertThat(identification.blocked()).isEqualTo(1);
        assertThat(identification.unusable()).isEqualTo(5);
        assertThat(identification.replacements()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\"x\"", "1", "{\"id\":\"1\",\"type\":\"a\"}", "[\"x\",1]", "[[{\"id\":\"1\",\"type\":\"a\"}]]"})
    void externalIdsInAnotherShapeAreNone(String value) {
        find(event("track", "u", null, null, null, null, "{\"externalIds\":" + value + "}"));

        if (value.equals("1") || value.equals("\"x\"")) {
            // A plain value at a path is what paths are for.
            assertThat(identification.others()).hasSize(1);
        } else {
            assertThat(identification.others()).isEmpty();
            assertThat(identification.unusable()).isEqualTo(1);
        }
    }

    @Test
    void hashedExternalIdsAreReplacedWhateverTheirUse() {
        IdentityRules hashed = IdentityRules.of(
                List.of(
                        type("user_id", "user_id"),
                        new IdentifierType(
                                "external_id", List.of("context.externalIds"), false, null, null, null, true)),
                KEY);
        identification = hashed.identification();

        find(event(
                "track",
                "u",
                null,
                null,
                null,
                null,
                "{\"externalIds\":[{\"id\":\"raw\",\"type\":\"a\"},{\"type\":\"b\",\"id\":7},"
                        + "{\"id\":\"raw\",\"id\":\"r\\u0061w\",\"type\":\"a\"},"
                        + "{\"id\":\"raw\",\"type\":\"a\",\"collection\":\"x\"},{\"id\":[\"raw\"]},\"raw\","
                        + "{\"raw\":\"raw\",\"type\":[\"raw\"],\"encoding\":\"none\"}]}"));

        String a = hashed.identifier("external_id", "a/raw").orElseThrow();
        String b = hashed.identifier("external_id", "b/7").orElseThrow();
        String none = "external_id:unusable";
        assertThat(identification.others()).containsExactly(a, b);
        assertThat(identification.unusable()).isEqualTo(3);
        assertThat(passedOn.context())
                .isEqualTo("{\"externalIds\":[{\"id\":\"" + a + "\",\"type\":\"a\"},{\"type\":\"b\",\"id\":\"" + b
                        + "\"},"
                        + "{\"id\":\"" + none + "\",\"id\":\"" + a + "\",\"type\":\"a\"},"
                        + "{\"id\":\"" + none + "\",\"type\":\"a\",\"collection\":\"x\"},{\"id\":\"" + none + "\"},\""
                        + none + "\",{\"" + none + "\":null,\"type\":\"" + none + "\",\"encoding\":\"none\"}]}");
    }

    @Test
    void addressesAmongExternalIdsCanBeTakenByAPathOfTheirOwn() {
        identification = IdentityRules.of(
                        List.of(
                                type("user_id", "user_id"),
                                new IdentifierType(
                                        "email",
                                        List.of("context.externalIds[*].id"),
                                        false,
                                        null,
                                        null,
                                        Normaliser.EMAIL,
                                        null),
                                type("external_id", "context.externalIds")),
                        KEY)
                .identification();

        find(event(
                "track",
                "u",
                null,
                null,
                null,
                null,
                "{\"externalIds\":[{\"id\":\"ann@example.com\",\"type\":\"email\",\"collection\":\"users\"}]}"));

        assertThat(identification.others()).containsExactly(ANN, "external_id:email/ann@example.com");
        assertThat(passedOn.context()).contains("\"id\":\"" + ANN + "\"");
    }

    @Test
    void namesThatAreWrittenWithEscapesAreFound() {
        find(event("identify", "u", null, null, null, "{\"\\u0065mail\":\"ann@example.com\"}", null));
        assertThat(identification.others()).containsExactly(ANN);
        assertThat(passedOn.traits()).isEqualTo("{\"\\u0065mail\":\"" + ANN + "\"}");

        identification = IdentityRules.of(List.of(type("user_id", "user_id"), type("slash", "traits['a/\"b']")), null)
                .identification();
        find(event("identify", "u", null, null, null, "{\"a\\/\\\"b\":\"x\"}", null));
        assertThat(identification.others()).containsExactly("slash:x");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"email\":\"bob@example.com\"",
                "{\"email\":\"bob@example.com",
                "{\"email\":\"bob@example.com\\",
                "{\"email\":\"bob@example.com\"} x",
                "{\"email\":\"bob@example.com\"}{}",
                "{\"email\":\"bob@example.com\",}",
                "{'email':\"email\"}",
                "{\"email\":\"bob@example.com\",\"email\"",
                "\"email\" x",
                "[\"email\"]",
                "\0{\"email\":1}",
                "{\0\"email\":1}",
                "\uFEFF{\"email\":",
                "{\"email\":01}",
                "{\"email\":\"a\nb\"}",
                "email: \"email\"",
                "{\"phone\":\"x\",\"\\u0065mail\":\"bob@example.com\"",
                "{\"email\":[\"bob@example.com\"",
                "{\"email\":[\"bob@example.com\"}",
                "{\"email\":{\"bob@example.com\"}}",
                "[{\"email\":\"bob@example.com\"}]",
                "{\0e\0m\0a\0i\0l\0"
            })
    void aFieldThatIsNoJsonObjectGivesNothingAndIsEmptiedAndCounted(String traits) {
        find(event("identify", "u", null, "{\"email\":\"ann@example.com\"}", null, traits, null));

        assertThat(identification.leaf()).isEqualTo("user_id:u");
        assertThat(identification.others()).containsExactly(ANN);
        assertThat(identification.unusable()).isEqualTo(1);
        assertThat(identification.blocked()).isZero();
        assertThat(passedOn.properties()).isEqualTo("{\"email\":\"" + ANN + "\"}");
        assertThat(passedOn.traits()).isEqualTo("{}");
    }

    @Test
    void aFieldThatIsNoJsonStaysWhereNothingInItMustBeHidden() {
        find(event("identify", "u", null, "{\"name\":", null, "", "{\"device\":{\"id\":\"d\"},"));
        assertThat(identification.others()).isEmpty();
        assertThat(identification.unusable()).isEqualTo(1);
        assertThat(identification.replacements()).isEmpty();

        identification = IdentityRules.of(
                        List.of(
                                type("user_id", "user_id"),
                                new IdentifierType(
                                        "email", List.of("traits.email"), false, null, null, Normaliser.EMAIL, null),
                                type("plan", "traits.plan"),
                                type("device_id", "context.device")),
                        KEY)
                .identification();
        find(event("identify", "u", null, null, null, "{\"plan\":\"p\"", "{\"device\":\"\\u0065\""));
        assertThat(identification.unusable()).isEqualTo(2);
        assertThat(identification.replacements()).isEmpty();

        find(event("identify", "u", null, null, null, "{\"plan\":\"p\",\"email\"", "\0"));
        assertThat(identification.unusable()).isEqualTo(2);
        assertThat(passedOn.traits()).isEqualTo("{}");
        assertThat(passedOn.context()).isEqualTo("\0");
    }

    @Test
    void anAddressAfterAByteOrderMarkIsFound() {
        find(event("identify", "u", null, null, null, "\uFEFF{\"email\":\"ann@example.com\",\"phone\":[1]}", null));

        assertThat(identification.others()).containsExactly(ANN);
        assertThat(passedOn.traits()).isEqualTo("\uFEFF{\"email\":\"" + ANN + "\",\"phone\":\"phone:unusable\"}");
    }

    @Test
    void bytesThatAreNoTextPointAtNobody() {
        // In Latin-1, two people.
        for (int letter : new int[] {0xFC, 0xF6}) {
            find(event("track", "M?ller", "a", null, null, null, null), letter);
            assertThat(identification.leaf()).isEqualTo("anonymous_id:a");
            assertThat(identification.others()).isEmpty();
            assertThat(identification.unusable()).isEqualTo(1);

            assertThat(found(event("track", "M?ller", null, null, null, null, null), letter))
                    .isFalse();
            assertThat(identification.oversized()).isFalse();

            // Not even a quote is sure to be one in such a field.
            find(event("track", "u", null, "{\"email\":\"m?ller@example.com\"}", null, null, null), letter);
            assertThat(identification.others()).isEmpty();
            assertThat(identification.unusable()).isEqualTo(1);
            assertThat(passedOn.properties()).isEqualTo("{}");
        }
        find(event("alias", "u", null, null, "M?ller", null, null), 0xFC);
        assertThat(identification.others()).isEmpty();
        assertThat(identification.alias()).isNull();
        assertThat(identification.unusable()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"M\uFFFDller", "M\\ufffdller", "M\\ud83dller", "\\ude00\\ud83d"})
    void textThatHasLostCharactersPointsAtNobody(String id) {
        find(event(
                "track",
                "u",
                null,
                null,
                null,
                "{\"email\":\"" + id + "@example.com\"}",
                "{\"device\":{\"id\":\"" + id + "\"},\"externalIds\":[{\"id\":\"" + id
                        + "\",\"type\":\"t\"},{\"id\":\"1\",\"type\":\"" + id + "\"}]}"));

        assertThat(identification.others()).isEmpty();
        assertThat(identification.unusable()).isEqualTo(4);
        assertThat(passedOn.traits()).isEqualTo("{\"email\":\"email:unusable\"}");
        assertThat(RULES.identifier("user_id", "M\ud83d")).isEmpty();
        assertThat(RULES.identifier("user_id", "\ud83d\ude00")).contains("user_id:\ud83d\ude00");
    }

    @Test
    void deepAndLongJsonIsNoTrouble() {
        String deep = "[".repeat(100_000) + "]".repeat(100_000);
        find(event("identify", "u", null, "{\"x\":" + deep + ",\"email\":\"ann@example.com\"}", null, null, null));
        assertThat(identification.others()).containsExactly(ANN);
        assertThat(identification.unusable()).isZero();
        assertThat(passedOn.properties()).isEqualTo("{\"x\":" + deep + ",\"email\":\"" + ANN + "\"}");

        find(event("identify", "u", null, "{\"email\":" + deep + "}", null, null, null));
        assertThat(identification.unusable()).isEqualTo(1);
        assertThat(passedOn.properties()).isEqualTo("{\"email\":\"email:unusable\"}");

        String deepest = "[".repeat(1_000_000) + "]".repeat(1_000_000);
        find(event(
                "identify",
                "u",
                null,
                "{\"email\":\"ann@example.com\",\"x\":" + deepest + "}",
                null,
                "{\"phone\":" + "{\"phone\":".repeat(100_000) + "1" + "}".repeat(100_001),
                "{\"x\":" + deepest + ",\"device\":{\"id\":1}}"));
        assertThat(identification.others()).isEmpty();
        assertThat(identification.unusable()).isEqualTo(3);
        assertThat(passedOn.properties()).isEqualTo("{}");
        assertThat(passedOn.traits()).isEqualTo("{\"phone\":\"phone:unusable\"}");
        assertThat(passedOn.context()).endsWith("\"device\":{\"id\":1}}");

        find(event(
                "identify",
                "u",
                null,
                "{\"n\":" + "9".repeat(5000) + ",\"" + "n".repeat(60_000) + "\":1,\"email\":\"ann@example.com\"}",
                null,
                "{\"phone\":" + "9".repeat(5000) + "}",
                null));
        assertThat(identification.others()).containsExactly(ANN);
        assertThat(passedOn.traits()).isEqualTo("{\"phone\":\"phone:unusable\"}");
    }

    @Test
    void aLeafThatIsTooLongIsToldAndOtherIdentifiersThatAreAreDropped() {
        String longest = "a".repeat(Identifier.MAX_CHARS - "anonymous_id:".length());

        find(event("track", "u", longest, null, null, null, null));
        assertThat(identification.others()).containsExactly("anonymous_id:" + longest);

        find(event("track", "u", longest + "a", null, null, null, null));
        assertThat(identification.others()).isEmpty();
        assertThat(identification.oversized()).isFalse();
        assertThat(identification.unusable()).isEqualTo(1);

        find(event("track", null, longest + "a", null, null, null, null));
        assertThat(identification.leaf()).isEqualTo("anonymous_id:" + longest + "a");
        assertThat(identification.oversized()).isTrue();

        find(event("track", "€".repeat(500), "b", null, null, null, null));
        assertThat(identification.oversized()).isFalse();
        find(event("track", "€".repeat(505), "b", null, null, null, null));
        assertThat(identification.oversized()).isTrue();
        find(event("track", "u", "b", null, null, null, null));
        assertThat(identification.oversized()).isFalse();
    }

    @Test
    void anEventGivesNoMoreIdentifiersThanItMay() {
        String ids = IntStream.rangeClosed(1, 1000)
                .mapToObj(i -> "{\"id\":" + i + ",\"type\":\"t\"}")
                .collect(Collectors.joining(","));

        find(event("track", "u", "a", null, null, null, "{\"externalIds\":[" + ids + "],\"device\":{\"id\":\"d\"}}"));

        assertThat(identification.leaf()).isEqualTo("user_id:u");
        assertThat(identification.others())
                .hasSize(Identification.MAX_IDENTIFIERS - 1)
                .startsWith("device_id:d", "anonymous_id:a", "external_id:t/1", "external_id:t/2");
        assertThat(identification.unusable()).isEqualTo(1003 - Identification.MAX_IDENTIFIERS);
    }

    @Test
    void whatIsGivenOutDoesNotChangeWithTheNextEvent() {
        find(event("track", "u", "a", "{\"email\":\"ann@example.com\"}", null, null, null));
        List<String> others = identification.others();
        List<Envelope.Replacement> replacements = identification.replacements();

        find(event("track", "v", "b", null, null, null, null));

        assertThat(others).containsExactly(ANN, "anonymous_id:a");
        assertThat(replacements).hasSize(1);
        assertThat(identification.others()).containsExactly("anonymous_id:b");
        assertThat(identification.replacements()).isEmpty();
    }

    private static IdentifierType type(String name, String from) {
        return new IdentifierType(name, List.of(from), false, null, null, null, null);
    }

    private void find(Event event) {
        assertThat(found(event)).isTrue();
    }

    /** Finds in the event with this byte in place of each question mark. */
    private void find(Event event, int instead) {
        assertThat(found(event, instead)).isTrue();
    }

    private boolean found(Event event) {
        return found(event, '?');
    }

    private boolean found(Event event, int instead) {
        Envelope envelope = BinaryEvent.envelope(event, random);
        for (int i = envelope.from(); i < envelope.to(); i++) {
            if (envelope.bytes()[i] == '?') {
                envelope.bytes()[i] = (byte) instead;
            }
        }
        boolean found = identification.find(envelope);
        byte[] bytes = envelope.with(identification.replacements());
        Envelope replaced = new Envelope();
        assertThat(replaced.read(bytes, 0, bytes.length)).isTrue();
        passedOn = replaced.event();
        return found;
    }

    private static Event event(
            String type,
            String userId,
            String anonymousId,
            String properties,
            String previousId,
            String traits,
            String context) {
        return new Event(
                "m",
                type,
                "Viewed",
                userId,
                anonymousId,
                previousId,
                null,
                "web",
                1L,
                null,
                2L,
                properties,
                traits,
                context,
                null);
    }
}
