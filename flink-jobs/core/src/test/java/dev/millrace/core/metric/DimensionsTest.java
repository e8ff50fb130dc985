package dev.millrace.core.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.core.event.Event;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DimensionsTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @Test
    void anObjectHasTheDimensionsInTheirOrder() {
        Event event = event("track", "Viewed", "web");
        assertThat(Dimensions.of(event, List.of())).isEqualTo("{}").isEqualTo(Dimensions.NONE);
        assertThat(Dimensions.of(event, List.of("type", "event", "source")))
                .isEqualTo("{\"type\":\"track\",\"event\":\"Viewed\",\"source\":\"web\"}");
        assertThat(Dimensions.of(event, List.of("source", "type")))
                .isEqualTo("{\"source\":\"web\",\"type\":\"track\"}");
    }

    @Test
    void aValueThatTheEventLacksIsNull() {
        assertThat(Dimensions.of(event("identify", null, null), List.of("type", "event", "source")))
                .isEqualTo("{\"type\":\"identify\",\"event\":null,\"source\":null}");
        assertThat(Dimensions.of(event("", "null", ""), List.of("event", "source")))
                .isEqualTo("{\"event\":\"null\",\"source\":\"\"}");
    }

    @Test
    void whatJsonReservesIsEscaped() {
        assertThat(name("a\"b\\c\nd\u0001/")).isEqualTo("{\"event\":\"a\\\"b\\\\c\\nd\\u0001/\"}");
        assertThat(name("\"},{\"x\":\"")).isEqualTo("{\"event\":\"\\\"},{\\\"x\\\":\\\"\"}");
        assertThat(name("漢字 😀")).isEqualTo("{\"event\":\"漢字 😀\"}");
    }

    @Test
    void whatPostgresCantHoldIsReplaced() {
        assertThat(name("a\u0000b")).isEqualTo("{\"event\":\"a\uFFFDb\"}");
        assertThat(name("a\ud83db")).isEqualTo("{\"event\":\"a\uFFFDb\"}");
        assertThat(name("a\ude00b")).isEqualTo("{\"event\":\"a\uFFFDb\"}");
        assertThat(name("\ude00\ud83d")).isEqualTo("{\"event\":\"\uFFFD\uFFFD\"}");
        assertThat(name("\ud83d\ud83d\ude00\ude00")).isEqualTo("{\"event\":\"\uFFFD😀\uFFFD\"}");
        assertThat(name("\ud83d")).isEqualTo("{\"event\":\"\uFFFD\"}");
    }

    @Test
    void aLongValueIsCut() {
        String longest = "x".repeat(Dimensions.MAX_CHARS);
        assertThat(name(longest)).isEqualTo("{\"event\":\"" + longest + "\"}");
        String cut = "x".repeat(Dimensions.MAX_CHARS - 1) + "…";
        assertThat(name(longest + "x")).isEqualTo("{\"event\":\"" + cut + "\"}");
        // Not through the middle of a character.
        String pair = "x".repeat(Dimensions.MAX_CHARS - 2) + "😀 and more";
        assertThat(name(pair)).isEqualTo("{\"event\":\"" + "x".repeat(Dimensions.MAX_CHARS - 2) + "\uFFFD…\"}");
    }

    @Test
    void whateverTheTextTheObjectIsJsonThatFitsTheStore() throws Exception {
        CharsetEncoder utf8 = StandardCharsets.UTF_8.newEncoder();
        for (long seed = 0; seed < 5000; seed++) {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(300); i > 0; i--) {
                text.append(
                        switch (random.nextInt(4)) {
                            case 0 -> (char) random.nextInt(128);
                            case 1 -> (char) (0xD7F0 + random.nextInt(0x810));
                            case 2 -> (char) random.nextInt(0x10000);
                            default -> "\"\\{}\0".charAt(random.nextInt(5));
                        });
            }
            String json = name(text.toString());
            assertThat(utf8.canEncode(json)).as("seed %d", seed).isTrue();
            JsonNode value = MAPPER.readTree(json).get("event");
            assertThat(value.textValue().length()).as("seed %d", seed).isLessThanOrEqualTo(Dimensions.MAX_CHARS);
            assertThat(value.textValue()).as("seed %d", seed).doesNotContain("\0");
            if (text.length() <= Dimensions.MAX_CHARS) {
                assertThat(value.textValue()).as("seed %d", seed).hasSameSizeAs(text);
            }
        }
    }

    @Test
    void anUnknownDimensionIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Dimensions.of(event("track", null, null), List.of("colour")))
                .withMessageContaining("colour");
    }

    private static String name(String name) {
        return Dimensions.of(event("track", name, null), List.of("event"));
    }

    private static Event event(String type, String name, String source) {
        return new Event(null, type, name, null, null, null, null, source, null, null, null, null, null, null, null);
    }
}
