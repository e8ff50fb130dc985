package dev.millrace.core.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.millrace.core.event.BinaryEvent;
import dev.millrace.core.event.Event;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdentityRulesTest {
    private static final String KEY = "a key for tests alone";
    private static final IdentifierType USER = type("user_id", "user_id");

    private final IdentityRules rules = IdentityRules.of(IdentifierType.DEFAULT_TYPES, KEY);

    @Test
    void theUserIdGoesBeforeTheAnonymousId() {
        assertThat(leaf(rules, "u", "a")).contains("user_id:u");
        assertThat(leaf(rules, "u", null)).contains("user_id:u");
        assertThat(leaf(rules, null, "a")).contains("anonymous_id:a");
        assertThat(leaf(rules, null, null)).isEmpty();
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
        assertThat(leaf(rules, value, "a")).contains("anonymous_id:a");
        assertThat(leaf(rules, null, value)).isEmpty();
        assertThat(leaf(rules, value, value)).isEmpty();
        assertThat(rules.identifier("user_id", value)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "-10", "00", "nullable", "unknown1", "user:0", "A", " a ", "0x0", "ä€😀"})
    void anyOtherValueIsKeptAsItIs(String value) {
        assertThat(leaf(rules, value, null)).contains("user_id:" + value);
        assertThat(rules.identifier("user_id", value)).contains("user_id:" + value);
    }

    @Test
    void blockedValuesAreComparedWithoutCaseAndSpaceAndComeOnTopOfTheBuiltInOnes() {
        IdentityRules own = new IdentityRules(IdentifierType.DEFAULT_TYPES, List.of(" Test-User "), KEY, "US", 16);

        assertThat(leaf(own, "test-user", null)).isEmpty();
        assertThat(leaf(own, "\tTEST-USER", null)).isEmpty();
        assertThat(leaf(own, null, "Test-user")).isEmpty();
        assertThat(leaf(own, "null", null)).isEmpty();
        assertThat(leaf(own, "test-user-2", null)).contains("user_id:test-user-2");
    }

    @Test
    void aTypeHasBlockedValuesOfItsOwn() {
        IdentityRules own = IdentityRules.of(
                List.of(
                        new IdentifierType("user_id", List.of("user_id"), true, null, List.of("Kiosk"), null, null),
                        type("anonymous_id", "anonymous_id")),
                null);

        assertThat(leaf(own, "kiosk", "kiosk")).contains("anonymous_id:kiosk");
    }

    @Test
    void emailAddressesAreOneHoweverTheyAreWritten() {
        Optional<String> email = rules.identifier("email", "ann@example.com");

        assertThat(email).hasValueSatisfying(text -> assertThat(text).matches("email:[0-9a-f]{32}"));
        assertThat(rules.identifier("email", " Ann@Example.COM\n")).isEqualTo(email);
        assertThat(rules.identifier("email", "bob@example.com")).isNotEqualTo(email);
        for (String none : List.of("ann", "@example.com", "ann@", "a@b@c", "@", "a b@c", "unknown", "")) {
            assertThat(rules.identifier("email", none)).as(none).isEmpty();
        }
    }

    @Test
    void phoneNumbersAreOneHoweverTheyAreWritten() {
        Optional<String> phone = rules.identifier("phone", "+16502530000");

        assertThat(phone).hasValueSatisfying(text -> assertThat(text).matches("phone:[0-9a-f]{32}"));
        for (String same : List.of(
                "(650) 253-0000", "650 253 0000", "+1-650-253-0000", "011 1 650 253 0000", "tel:+1-650-253-0000")) {
            assertThat(rules.identifier("phone", same)).as(same).isEqualTo(phone);
        }
        for (String none : List.of("12", "call me", "+", "253 0000", "+999 12345", "a@b.c", "9".repeat(300))) {
            assertThat(rules.identifier("phone", none)).as(none).isEmpty();
        }
    }

    @Test
    void aPhoneNumberWithoutCountryCodeIsOfTheDefaultRegion() {
        IdentityRules austrian = new IdentityRules(IdentifierType.DEFAULT_TYPES, List.of(), KEY, "AT", 16);

        assertThat(austrian.identifier("phone", "0664 1234567"))
                .isPresent()
                .isEqualTo(austrian.identifier("phone", "0043 664 1234567"))
                .isEqualTo(rules.identifier("phone", "+436641234567"));
    }

    @Test
    void aHashIsOfTheKeyTheTypeAndTheValue() {
        IdentityRules other = IdentityRules.of(IdentifierType.DEFAULT_TYPES, KEY + "!");
        IdentityRules hashed = IdentityRules.of(
                List.of(
                        USER,
                        new IdentifierType("one", List.of("traits.one"), false, null, null, null, true),
                        new IdentifierType(
                                "two", List.of("traits.two"), false, null, null, Normaliser.LOWER_CASE, true)),
                KEY);

        assertThat(rules.identifier("email", "ann@example.com")).contains("email:122b93e89484a3abfef44ebc8e6458f9");
        assertThat(other.identifier("email", "ann@example.com"))
                .isNotEqualTo(rules.identifier("email", "ann@example.com"));
        String one = hashed.identifier("one", "value").orElseThrow();
        String two = hashed.identifier("two", " VALUE ").orElseThrow();
        assertThat(one.substring(4)).isNotEqualTo(two.substring(4));
        assertThat(hashed.identifier("two", "value")).contains(two);
        assertThat(hashed.identifier("one", "VALUE")).isNotEqualTo(Optional.of(one));
    }

    @Test
    void aHashNamesItsIdentifierToo() {
        String identifier = rules.identifier("email", "ann@example.com").orElseThrow();

        assertThat(rules.identifier("email", identifier.substring("email:".length())))
                .contains(identifier);
        assertThat(rules.identifier("user_id", "0123456789abcdef0123456789abcdef"))
                .contains("user_id:0123456789abcdef0123456789abcdef");
        assertThat(rules.identifier("email", "0123456789ABCDEF0123456789ABCDEF"))
                .isEmpty();
        assertThat(rules.identifier("cookie", "x")).isEmpty();
    }

    @Test
    void aTypeSaysWhetherItIsAnAnchorAndHowManyLinksItTakes() {
        IdentityRules own = new IdentityRules(
                List.of(
                        new IdentifierType("user_id", List.of("user_id"), true, 7, null, null, null),
                        new IdentifierType("user", List.of("traits.user"), true, null, null, null, null),
                        new IdentifierType("device", List.of("context.device.id"), false, 3, null, null, null),
                        type("other", "anonymous_id")),
                List.of(),
                null,
                "US",
                5);

        assertThat(own.isAnchor("user_id:1")).isTrue();
        assertThat(own.isAnchor("user:1")).isTrue();
        assertThat(own.isAnchor("device:user_id:1")).isFalse();
        assertThat(own.isAnchor("forgotten:1")).isFalse();
        assertThat(own.maxLinks("user_id:1")).isEqualTo(7);
        assertThat(own.maxLinks("user:1")).isEqualTo(10_000);
        assertThat(own.maxLinks("device:1")).isEqualTo(3);
        assertThat(own.maxLinks("other:1")).isEqualTo(100);
        assertThat(own.maxLinks("forgotten:1")).isEqualTo(100);
        assertThat(own.maxPath()).isEqualTo(5);
        assertThat(rules.isAnchor("user_id:1")).isTrue();
        assertThat(rules.isAnchor("anonymous_id:1")).isFalse();
        assertThat(rules.maxPath()).isEqualTo(16);
    }

    @Test
    void rulesGoIntoAJobGraph() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(rules);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            IdentityRules copy = (IdentityRules) in.readObject();
            assertThat(copy.identifier("email", "a@b.c")).isEqualTo(rules.identifier("email", "a@b.c"));
            assertThat(leaf(copy, "u", "a")).contains("user_id:u");
            assertThat(copy.isAnchor("user_id:1")).isTrue();
        }
    }

    @Test
    void typesThatCantBeTogetherAreRefused() {
        refused(List.of(), "'types' must name at least one type of identifier");
        refused(List.of(USER, type("user_id", "anonymous_id")), "'types' names 'user_id' twice");
        refused(
                List.of(USER, type("a", "traits.x"), type("b", "traits['x']")),
                "identifier types 'a' and 'b' both take 'traits['x']'");
        refused(List.of(type("a", "user_id", "user_id")), "identifier type 'a' names 'user_id' twice");
        refused(List.of(type("a", "group_id", "traits.id")), "no identifier type takes user_id or anonymous_id");
        assertThat(IdentityRules.of(List.of(type("a", "anonymous_id")), null).types())
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "|user_id|must be named with lower-case letters",
                "User|user_id|identifier type 'User' must be named",
                "1a|user_id|must be named",
                "a-b|user_id|must be named",
                "a:b|user_id|must be named",
                "a||identifier type 'a' has no 'from'",
                "a|userId|identifier type 'a': 'userId' is neither a field (user_id, anonymous_id, group_id) nor a path",
                "a|traits..x|identifier type 'a': 'traits..x' is no path: after 'traits.' a name is expected"
            })
    void aTypeThatCantBeIsRefused(String name, String from, String sentence) {
        List<String> places = from == null ? List.of() : List.of(from);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new IdentifierType(name, places, false, null, null, null, null))
                .withMessageContaining(sentence);
    }

    @Test
    void limitsMustBeAboveZero() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new IdentifierType("a", List.of("user_id"), false, 0, null, null, null))
                .withMessage("identifier type 'a': 'max_links' must be above zero, but is 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new IdentityRules(List.of(USER), List.of(), null, "US", 0))
                .withMessage("'max_path' must be above zero, but is 0");
    }

    @Test
    void pathsAreBounded() {
        assertThat(new IdentityRules(List.of(USER), List.of(), null, "US", 128).maxPath())
                .isEqualTo(128);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new IdentityRules(List.of(USER), List.of(), null, "US", 129))
                .withMessage("'max_path' must be at most 128, but is 129");
    }

    @Test
    void addressesCantBeLeftInClear() {
        assertThat(new IdentifierType("e", List.of("traits.e"), false, null, null, Normaliser.EMAIL, null).hashed())
                .isTrue();
        assertThat(new IdentifierType("p", List.of("traits.p"), false, null, null, Normaliser.PHONE, true).hashed())
                .isTrue();
        assertThat(USER.hashed()).isFalse();
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new IdentifierType("e", List.of("traits.e"), false, null, null, Normaliser.EMAIL, false))
                .withMessageContaining("identifier type 'e': email addresses and phone numbers are always hashed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"us", "USA", "XX", "", "001", "UK"})
    void aRegionWithoutPhoneNumbersIsRefused(String region) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new IdentityRules(List.of(USER), List.of(), null, region, 16))
                .withMessageContaining("'default_region' must be the two capital letters")
                .withMessageContaining("'" + region + "'");
    }

    @Test
    void aHashKeyIsNeededWhereSomethingIsHashedAndNeverShown() {
        for (String none : new String[] {null, ""}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> IdentityRules.of(IdentifierType.DEFAULT_TYPES, none))
                    .withMessageStartingWith(
                            "'hash_key' is missing: identifiers of type email, phone are hashed with it.")
                    .withMessageContaining("any long random text (16 characters or more)")
                    .withMessageContaining("keep it for ever");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IdentityRules.of(List.of(USER), "too short"))
                .withMessageContaining("'hash_key' must have 16 characters or more, but has 9")
                .withMessageNotContaining("too short");
        assertThat(IdentityRules.of(List.of(USER), null).types()).containsExactly(USER);
        assertThat(rules.toString()).doesNotContain(KEY);
    }

    @Test
    void aProfileIdIsTheSameForEver() {
        assertThat(ProfileId.ledBy("user_id:42")).isEqualTo("c674a0b9-5df9-3704-a6b6-430c33c8075d");
        assertThat(ProfileId.ledBy("user_id:42")).isNotEqualTo(ProfileId.ledBy("anonymous_id:42"));
        assertThat(ProfileId.ledBy("user_id:ä😀")).isEqualTo(ProfileId.ledBy("user_id:\u00e4\ud83d\ude00"));
    }

    private static void refused(List<IdentifierType> types, String sentence) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IdentityRules.of(types, null))
                .withMessageContaining(sentence);
    }

    private static IdentifierType type(String name, String... from) {
        return new IdentifierType(name, List.of(from), name.equals("user_id"), null, null, null, null);
    }

    private static Optional<String> leaf(IdentityRules rules, String userId, String anonymousId) {
        Identification identification = rules.identification();
        identification.find(BinaryEvent.envelope(
                new Event(
                        null,
                        "track",
                        null,
                        userId,
                        anonymousId,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null),
                new Random(1)));
        return Optional.ofNullable(identification.leaf());
    }
}
