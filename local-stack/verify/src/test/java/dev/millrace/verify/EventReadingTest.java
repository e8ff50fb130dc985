package dev.millrace.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.identity.IdentityRules;
import dev.millrace.runtime.config.MillraceConfig.IdentityOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventReadingTest {
    private final IdentityOptions identity = new IdentityOptions(Configurations.KEY, null, null, null, null);
    private final EventReading reading = new EventReading(identity);
    private final IdentityRules jobs = identity.rules();

    private void read(String type, String user, String anonymous, String previous, String... bodies) {
        String[] fields = new String[RawRow.FIELDS.size()];
        fields[RawRow.TYPE] = type;
        fields[RawRow.USER_ID] = user;
        fields[RawRow.ANONYMOUS_ID] = anonymous;
        fields[RawRow.PREVIOUS_ID] = previous;
        System.arraycopy(bodies, 0, fields, RawRow.PROPERTIES, bodies.length);
        reading.read(new RawRow("raw", 0, 0, 0, true, fields, null, null, null));
    }

    @Test
    void identifiersComeByPriority() {
        read(
                "track",
                "42",
                "a",
                null,
                "{\"phone\": \"+43 664 1234567\", \"email\": \" Jane@Example.com\"}",
                null,
                "{\"device\": {\"id\": 7}, \"externalIds\": [{\"id\": \"x\", \"type\": \"crm\", \"collection\": \"users\"},"
                        + " {\"id\": \"y\", \"type\": \"crm\", \"collection\": \"accounts\"}, {\"id\": \"guest\", \"type\": \"crm\"}]}");

        assertThat(reading.identifiers())
                .containsExactly(
                        "user_id:42",
                        jobs.identifier("email", "jane@example.com").orElseThrow(),
                        jobs.identifier("phone", "+436641234567").orElseThrow(),
                        "device_id:7",
                        "anonymous_id:a",
                        "external_id:crm/x");
    }

    @Test
    void nobodyIsNamedByWhatClientsSendInPlaceOfAnId() {
        read("track", " Undefined ", "0", null, "{\"email\": \"none\", \"phone\": true}");

        assertThat(reading.identifiers()).isEmpty();
        assertThat(IdentifierReading.NOBODY).isEqualTo(IdentityRules.DEFAULT_BLOCKED_VALUES);
    }

    /** As the jobs do, which read bytes. */
    @Test
    void aByteOrderMarkIsNoneOfAFieldsText() {
        read("track", null, "a", null, "\uFEFF{\"email\": \"jane@example.com\"}");

        assertThat(reading.identifiers())
                .containsExactly(jobs.identifier("email", "jane@example.com").orElseThrow(), "anonymous_id:a");
    }

    @Test
    void aFieldThatIsNoJsonNamesNobody() {
        read("track", null, "a", null, "{\"email\": \"jane@example.com\"", null, "{\"device\": {\"id\": \"d\"}} x");

        assertThat(reading.identifiers()).containsExactly("anonymous_id:a");
    }

    @Test
    void aGroupsTraitsAreNobodys() {
        read("group", "42", null, null, null, "{\"email\": \"office@example.com\"}");

        assertThat(reading.identifiers()).containsExactly("user_id:42");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "alias,new,old,-,user_id:old",
                "alias,new,new,-,-",
                "alias,new,a,a,-",
                "alias,-,old,a,-",
                "track,new,old,-,-"
            })
    void anAliasNamesAnotherUser(String type, String user, String previous, String anonymous, String alias) {
        read(type, user, anonymous, previous);

        assertThat(reading.alias()).isEqualTo(alias);
    }

    @Test
    void anAddressIsSeenByMetricsAsItsHash() {
        int email = reading.want("traits.email");
        int nested = reading.want("properties.cart.items[1]['a.b']");
        int size = reading.want("properties.cart.items");
        read(
                "identify",
                "42",
                null,
                null,
                "{\"cart\": {\"items\": [1, {\"a.b\": 1.50}]}}",
                "{\"email\": \"j@example.com\"}");

        assertThat(reading.text(email))
                .isEqualTo(jobs.identifier("email", "j@example.com").orElseThrow());
        assertThat(reading.text(nested)).isEqualTo("1.50");
        assertThat(reading.exists(size)).isTrue();
        assertThat(reading.text(size)).isNull();
        read("identify", "42", null, null);
        assertThat(reading.exists(nested)).as("of the event before").isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "1.5,1500000",
        "0.0000005,0",
        "0.0000015,2",
        "-0.0000025,-2",
        "1e3,1000000000",
        "1e12,1000000000000000000",
        "1e13,",
        "007,",
        ".5,",
        "5.,",
        "0x1F,",
        "NaN,",
        "1e-999999999999,0",
        "1e999999999999,",
        "0e999999999999,0"
    })
    void amountsAreWholeMillionths(String text, Long micros) {
        assertThat(Amounts.micros(text)).isEqualTo(micros == null ? Amounts.NONE : micros);
    }
}
