package dev.millrace.core.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.millrace.core.event.Envelope.Field;
import dev.millrace.core.event.EventPath.Element;
import dev.millrace.core.event.EventPath.EveryElement;
import dev.millrace.core.event.EventPath.Member;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventPathTest {
    @Test
    void aFieldOfTheEnvelopeIsAPathWithoutSteps() {
        assertThat(EventPath.parse("user_id")).isEqualTo(new EventPath(Field.USER_ID, List.of()));
        assertThat(EventPath.parse("anonymous_id")).isEqualTo(new EventPath(Field.ANONYMOUS_ID, List.of()));
        assertThat(EventPath.parse("group_id")).isEqualTo(new EventPath(Field.GROUP_ID, List.of()));
    }

    @Test
    void dotsQuotesAndBracketsLeadDown() {
        assertThat(EventPath.parse("properties.email"))
                .isEqualTo(new EventPath(Field.PROPERTIES, List.of(new Member("email"))));
        assertThat(EventPath.parse("traits.$e-mail_ä.b"))
                .isEqualTo(new EventPath(Field.TRAITS, List.of(new Member("$e-mail_ä"), new Member("b"))));
        assertThat(EventPath.parse("context['a.b c']['']"))
                .isEqualTo(new EventPath(Field.CONTEXT, List.of(new Member("a.b c"), new Member(""))));
        assertThat(EventPath.parse("extras.list[0][*].id[12]"))
                .isEqualTo(new EventPath(
                        Field.EXTRAS,
                        List.of(
                                new Member("list"),
                                new Element(0),
                                new EveryElement(),
                                new Member("id"),
                                new Element(12))));
        assertThat(EventPath.parse("traits['email']")).isEqualTo(EventPath.parse("traits.email"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``|neither a field (user_id, anonymous_id, group_id) nor",
                "userid|'userid' is neither a field",
                "message_id|neither",
                "user_id.x|neither",
                "trait.email|neither",
                ".email|neither",
                "traits|after 'traits' the name of a member is expected",
                "traits.|after 'traits.' a name is expected",
                "traits..email|after 'traits.' a name is expected",
                "traits.a b|after 'traits.a' a dot or an opening bracket is expected",
                "traits.a.|after 'traits.a.' a name is expected",
                "traits[0].a|after 'traits' the name of a member is expected",
                "traits[*]|after 'traits' the name of a member is expected",
                "traits['a|after 'traits' a quoted name must end with ']",
                "traits['a'|a quoted name must end with ']",
                "traits.a[|after 'traits.a' what stands in brackets must be a number, * or a 'quoted name'",
                "traits.a[]|what stands in brackets",
                "traits.a[-1]|what stands in brackets",
                "traits.a[1234567890]|what stands in brackets",
                "traits.a[b]|what stands in brackets",
                "traits.a[0]b|after 'traits.a[0]' a dot or an opening bracket is expected",
                "traits.a]|after 'traits.a' a dot or an opening bracket is expected"
            })
    void textThatIsNoPathIsRefusedWhereItIsNone(String text, String sentence) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EventPath.parse(text))
                .withMessageStartingWith("'" + text + "' is ")
                .withMessageContaining(sentence);
    }
}
