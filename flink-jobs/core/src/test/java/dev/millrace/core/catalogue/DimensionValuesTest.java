package dev.millrace.core.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DimensionValuesTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void valuesAreAJsonArray() {
        assertThat(DimensionValues.text()).isEqualTo(DimensionValues.NONE).isEqualTo("[]");
        assertThat(DimensionValues.text("track", null)).isEqualTo("[\"track\",null]");
        assertThat(DimensionValues.text((String) null)).isEqualTo("[null]");
        assertThat(DimensionValues.text("")).isEqualTo("[\"\"]");
        assertThat(DimensionValues.text("a\"b\\c", "ü\n\u0001")).isEqualTo("[\"a\\\"b\\\\c\",\"ü\\n\\u0001\"]");
        assertThat(DimensionValues.text("null")).isEqualTo("[\"null\"]");
    }

    @Test
    void namesAndValuesAreAJsonObject() {
        assertThat(DimensionValues.object(List.of(), new String[0])).isEqualTo("{}");
        assertThat(DimensionValues.object(List.of("type", "event"), new String[] {"track", null}))
                .isEqualTo("{\"type\":\"track\",\"event\":null}");
        assertThat(DimensionValues.object(List.of("a"), new String[] {"ä\""})).isEqualTo("{\"a\":\"ä\\\"\"}");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DimensionValues.object(List.of("a", "b"), new String[] {"x"}))
                .withMessage("1 values for the dimensions [a, b]");
    }

    @Test
    void longValuesAreCut() {
        String longest = "a".repeat(200);
        assertThat(DimensionValues.parse(DimensionValues.text(longest))).containsExactly(longest);
        assertThat(DimensionValues.parse(DimensionValues.text(longest + "a"))).containsExactly("a".repeat(199) + '…');
        // The cut leaves half a character.
        assertThat(DimensionValues.bounded("a".repeat(198) + "😀😀")).isEqualTo("a".repeat(198) + "\uFFFD…");
    }

    @Test
    void whatPostgresCantHoldIsReplaced() {
        assertThat(DimensionValues.bounded("a\0b\uD83Dc\uDE00d😀")).isEqualTo("a\uFFFDb\uFFFDc\uFFFDd😀");
        assertThat(DimensionValues.text("\0")).isEqualTo("[\"\uFFFD\"]");
    }

    @Test
    void whatIsWrittenIsReadByAnyParser() throws Exception {
        long seed = 3;
        Random random = new Random(seed);
        for (int i = 0; i < 5_000; i++) {
            String[] values = new String[random.nextInt(4)];
            String[] expected = new String[values.length];
            for (int v = 0; v < values.length; v++) {
                values[v] = random.nextInt(5) == 0 ? null : text(random);
                expected[v] = values[v] == null ? null : DimensionValues.bounded(values[v]);
            }
            String text = DimensionValues.text(values);
            String as = "seed " + seed + ", number " + i + ": " + text;
            assertThat(DimensionValues.parse(text)).as(as).isEqualTo(expected);
            assertThat(DimensionValues.text(expected)).as(as).isEqualTo(text);
            JsonNode read = JSON.readTree(text);
            assertThat(read.size()).as(as).isEqualTo(values.length);
            for (int v = 0; v < values.length; v++) {
                assertThat(read.get(v).textValue()).as(as).isEqualTo(expected[v]);
            }
        }
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(20) == 0 ? 190 + random.nextInt(20) : random.nextInt(8);
        for (int i = 0; i < length; i++) {
            switch (random.nextInt(6)) {
                case 0 -> text.append((char) random.nextInt(32));
                case 1 -> text.append("\"\\/,[]nu".charAt(random.nextInt(8)));
                case 2 -> text.append((char) random.nextInt(0x10000));
                case 3 -> text.appendCodePoint(0x1F600 + random.nextInt(50));
                default -> text.append((char) ('a' + random.nextInt(26)));
            }
        }
        return text.toString();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "{}", "[", "]", "[a]", "[1]", "[\"a]", "[\"a\"", "[\"a\"b]", "[\"a\",]", "[nullx]", "[,]"})
    void otherTextIsRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DimensionValues.parse(text))
                .withMessage("not the text of dimension values: " + text);
    }
}
