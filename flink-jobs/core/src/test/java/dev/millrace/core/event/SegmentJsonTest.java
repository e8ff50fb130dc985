package dev.millrace.core.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentJsonTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @Test
    void everyMemberFindsItsPlace() throws Exception {
        Event event = read(
                """
                {"messageId":"m","type":"track","event":"Order Completed","userId":"u","anonymousId":"a",
                 "previousId":"p","groupId":"g","source":"web","timestamp":"2024-02-29T12:00:00.250Z",
                 "sentAt":"2024-02-29T13:00:01+01:00","receivedAt":1709208002000,
                 "properties":{"revenue":1},"traits":{"plan":"x"},"context":{"ip":"::1"}}""");
        assertThat(event)
                .isEqualTo(new Event(
                        "m",
                        "track",
                        "Order Completed",
                        "u",
                        "a",
                        "p",
                        "g",
                        "web",
                        1709208000250L,
                        1709208001000L,
                        1709208002000L,
                        "{\"revenue\":1}",
                        "{\"plan\":\"x\"}",
                        "{\"ip\":\"::1\"}",
                        null));
    }

    @Test
    void anEmptyObjectIsAnEventOfWhichNothingIsKnown() throws Exception {
        assertThat(read("{}")).isEqualTo(empty(""));
        assertThat(read(" \n{ }\t ")).isEqualTo(empty(""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{ }",
                "{ \"a\" :\t1 ,\r\n \"b\": [ 1 , 2 ]\n}",
                "{\"ünï\":\"Łapczyński 漢字 😀\"}",
                "{\"escaped\":\"\\u00e4\\n\\\"\\\\\\/\\ud83d\\ude00\\ud800\\u0000\"}",
                "{\"}\":\"}{][\\\"}\"}",
                "{\"number\":1.50,\"n\":-0.0,\"e\":1E+3,\"big\":123456789012345678901234567890.000000000000000000001}",
                "{\"a\":{\"b\":{\"c\":[[[]],{},{\"d\":null}]}}}",
                "{\"twice\":1,\"twice\":2}",
                "{\"n\":1}"
            })
    void anObjectIsKeptAsTheTextItCameIn(String object) throws Exception {
        for (String member : List.of("properties", "traits", "context", "integrations")) {
            for (String around : List.of("{'%s':%s}", "{'%s' : %s , 'z':1}", "{'a':'\\u00e4😀','%s':\n%s\n}")) {
                String json = String.format(around.replace('\'', '"'), member, object);
                Event event = read(json);
                String kept =
                        switch (member) {
                            case "properties" -> event.properties();
                            case "traits" -> event.traits();
                            case "context" -> event.context();
                            default -> event.extras();
                        };
                if (member.equals("integrations")) {
                    assertThat(kept).as(json).contains("\"integrations\":" + object);
                } else {
                    assertThat(kept).as(json).isEqualTo(object);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-1",
                "12345678901234567890123",
                "1.50",
                "1e400",
                "-0.0E-1",
                "true",
                "false",
                "\"\"",
                "\"a\\\"b\\u0041\"",
                "[ 1 , [ ] ]",
                "[]"
            })
    void aValueInsideAnObjectOrAloneIsCutOutWhole(String value) throws Exception {
        for (String end : List.of("", " ", "\n\t", ",\"type\":\"track\"", " ,\"type\":\"track\" ")) {
            Event event = read("{\"extra\":" + value + end + "}");
            assertThat(event.extras()).isEqualTo("{\"extra\":" + value + "}");
            Event inside = read("{\"properties\":{\"v\":" + value + "}" + end + "}");
            assertThat(inside.properties()).isEqualTo("{\"v\":" + value + "}");
        }
    }

    @Test
    void idsMayBeNumbersAndKeepTheirDigits() throws Exception {
        Event event = read("{\"userId\":42,\"anonymousId\":12345678901234567890,\"groupId\":1.50,\"messageId\":-7,"
                + "\"previousId\":1e3,\"source\":0,\"event\":404}");
        assertThat(event.userId()).isEqualTo("42");
        assertThat(event.anonymousId()).isEqualTo("12345678901234567890");
        assertThat(event.groupId()).isEqualTo("1.50");
        assertThat(event.messageId()).isEqualTo("-7");
        assertThat(event.previousId()).isEqualTo("1e3");
        assertThat(event.source()).isEqualTo("0");
        assertThat(event.name()).isEqualTo("404");
        assertThat(event.extras()).isNull();
    }

    @Test
    void membersOutsideTheEnvelopeGoIntoTheExtrasInTheirOrder() throws Exception {
        Event event = read("{\"integrations\" : {\"All\": true} ,\"type\":\"track\",\"version\":1.10,\"channel\":\"s\","
                + "\"we\\\"ird\\n\":[ ],\"nothing\":null}");
        assertThat(event.type()).isEqualTo("track");
        assertThat(event.extras())
                .isEqualTo("{\"integrations\":{\"All\": true},\"version\":1.10,\"channel\":\"s\",\"we\\\"ird\\n\":[ ],"
                        + "\"nothing\":null}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "messageId|{\"a\":1}",
                "type|[\"track\"]",
                "event|true",
                "userId|[ 1, 2 ]",
                "userId|false",
                "anonymousId|{ }",
                "previousId|[]",
                "groupId|{\"id\":1}",
                "source|[null]",
                "timestamp|\"yesterday\"",
                "timestamp|\"\"",
                "timestamp|\"2024-13-01T00:00:00Z\"",
                "timestamp|\"+999999999-12-31T23:59:59Z\"",
                "timestamp|1.5e12",
                "timestamp|123456789012345678901234567890",
                "originalTimestamp|{\"t\":1}",
                "sentAt|[1]",
                "receivedAt|true",
                "properties|[ {\"a\":1} ]",
                "properties|\"{}\"",
                "traits|7",
                "context|false"
            })
    void aMemberThatIsNotOfItsKindIsKeptAmongTheExtras(String member, String value) throws Exception {
        Event event = read("{\"" + member + "\": " + value + " ,\"x\":1}");
        assertThat(event)
                .usingRecursiveComparison()
                .isEqualTo(new Event(
                        null,
                        "",
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        "{\"" + member + "\":" + value + ",\"x\":1}"));
    }

    @Test
    void aMemberOfTheEnvelopeThatIsNullIsAbsent() throws Exception {
        assertThat(read("{\"messageId\":null,\"type\":null,\"event\":null,\"name\":null,\"userId\":null,"
                        + "\"anonymousId\":null,\"previousId\":null,\"groupId\":null,\"source\":null,\"timestamp\":null,"
                        + "\"originalTimestamp\":null,\"sentAt\":null,\"receivedAt\":null,\"properties\":null,"
                        + "\"traits\":null,\"context\":null}"))
                .isEqualTo(empty(""));
    }

    @Test
    void theNameOfAPageOrScreenIsTheEventsName() throws Exception {
        assertThat(read("{\"type\":\"page\",\"name\":\"Home\"}").name()).isEqualTo("Home");
        assertThat(read("{\"name\":\"Home\",\"type\":\"screen\"}").name()).isEqualTo("Home");
        assertThat(read("{\"name\":\"Home\",\"type\":\"screen\"}").extras()).isNull();
        assertThat(SegmentJson.read("{\"name\":\"Home\"}", "page").name()).isEqualTo("Home");
    }

    @Test
    void aNameThatIsNotTheEventsNameIsAnExtra() throws Exception {
        Event track = read("{\"type\":\"track\",\"event\":\"E\",\"name\":\"N\"}");
        assertThat(track.name()).isEqualTo("E");
        assertThat(track.extras()).isEqualTo("{\"name\":\"N\"}");
        Event identify = read("{\"name\":\"N\",\"type\":\"identify\"}");
        assertThat(identify.name()).isNull();
        assertThat(identify.extras()).isEqualTo("{\"name\":\"N\"}");
        Event both = read("{\"type\":\"page\",\"event\":\"E\",\"name\":\"N\"}");
        assertThat(both.name()).isEqualTo("E");
        assertThat(both.extras()).isEqualTo("{\"name\":\"N\"}");
        Event misfit = read("{\"type\":\"page\",\"name\":[ 1 ]}");
        assertThat(misfit.name()).isNull();
        assertThat(misfit.extras()).isEqualTo("{\"name\":[ 1 ]}");
    }

    @Test
    void theOriginalTimestampGoesBeforeTheTimestamp() throws Exception {
        String original = "\"originalTimestamp\":\"2024-01-01T00:00:00Z\"";
        String corrected = "\"timestamp\":\"2024-01-01T05:00:00Z\"";
        long millis = 1704067200000L;
        assertThat(read("{" + original + "," + corrected + "}").timestampMillis())
                .isEqualTo(millis);
        assertThat(read("{" + corrected + "," + original + "}").timestampMillis())
                .isEqualTo(millis);
        assertThat(read("{" + original + "}").timestampMillis()).isEqualTo(millis);
        assertThat(read("{" + corrected + "}").timestampMillis()).isEqualTo(millis + 5 * 3_600_000);
        Event unusable = read("{\"originalTimestamp\":\"?\"," + corrected + "}");
        assertThat(unusable.timestampMillis()).isEqualTo(millis + 5 * 3_600_000);
        assertThat(unusable.extras()).isEqualTo("{\"originalTimestamp\":\"?\"}");
    }

    @ParameterizedTest
    @CsvSource({
        "1704067200123,1704067200123",
        "-1,-1",
        "'\"2024-01-01T00:00:00.123Z\"',1704067200123",
        "'\"2024-01-01T00:00:00.123456789Z\"',1704067200123",
        "'\"2024-01-01T01:30+01:30\"',1704067200000",
        "'\"2024-01-01T00:00:00\"',1704067200000",
        "'\"1969-12-31T23:59:59.999Z\"',-1"
    })
    void timesAreIsoOrMilliseconds(String text, long millis) throws Exception {
        for (String member : List.of("timestamp", "originalTimestamp")) {
            assertThat(read("{\"" + member + "\":" + text + "}").timestampMillis())
                    .isEqualTo(millis);
        }
        assertThat(read("{\"sentAt\":" + text + "}").sentAtMillis()).isEqualTo(millis);
        assertThat(read("{\"receivedAt\":" + text + "}").receivedAtMillis()).isEqualTo(millis);
    }

    @Test
    void timesAreWrittenAsTheyAreRead() throws Exception {
        for (long millis : new long[] {0, -1, 1704067200123L, 1704067200000L}) {
            assertThat(read("{\"timestamp\":\"" + SegmentJson.format(millis) + "\"}")
                            .timestampMillis())
                    .isEqualTo(millis);
        }
    }

    @Test
    void aTypeThatIsToldGoesBeforeThatInTheText() throws Exception {
        Event event = SegmentJson.read("{\"type\":\"page\",\"userId\":\"u\"}", "identify");
        assertThat(event.type()).isEqualTo("identify");
        assertThat(event.extras()).isNull();
        assertThat(SegmentJson.read("{}", "group").type()).isEqualTo("group");
    }

    @Test
    void aBatchHasItsEventsAndWhenItWasSent() throws Exception {
        SegmentJson.Batch batch = batch("{\"batch\":[{\"type\":\"track\",\"properties\":{ \"a\": 1 }}, {} ,"
                + "{\"type\":\"page\",\"extra\":[1]}],\"sentAt\":\"2024-01-01T00:00:00Z\"}");
        assertThat(batch.sentAtMillis()).isEqualTo(1704067200000L);
        assertThat(batch.events()).extracting(Event::type).containsExactly("track", "", "page");
        assertThat(batch.events().get(0).properties()).isEqualTo("{ \"a\": 1 }");
        assertThat(batch.events().get(2).extras()).isEqualTo("{\"extra\":[1]}");
        assertThat(batch("{\"sentAt\":5,\"batch\":[]}")).isEqualTo(new SegmentJson.Batch(List.of(), 5L));
        assertThat(batch("{\"batch\":[]}").sentAtMillis()).isNull();
        assertThat(batch("{\"batch\":[],\"sentAt\":{\"batch\":1}}").sentAtMillis())
                .isNull();
        assertThat(batch("{\"batch\":[],\"sentAt\":null}").sentAtMillis()).isNull();
    }

    @Test
    void whatStandsBesideTheEventsOfABatchIsKeptInEach() throws Exception {
        SegmentJson.Batch batch = batch("{\"integrations\":{ \"All\":true },\"batch\":[{\"context\":{\"a\": 1}},"
                + "{\"x\":1}],\"context\":{ \"b\":2},\"n\":1.50}");
        assertThat(batch.events().get(0).context()).isEqualTo("{\"a\": 1}");
        assertThat(batch.events().get(0).extras())
                .isEqualTo("{\"batch\":{\"context\":{ \"b\":2},\"integrations\":{ \"All\":true },\"n\":1.50}}");
        assertThat(batch.events().get(1).context()).isEqualTo("{ \"b\":2}");
        assertThat(batch.events().get(1).extras())
                .isEqualTo("{\"x\":1,\"batch\":{\"integrations\":{ \"All\":true },\"n\":1.50}}");
    }

    @Test
    void aWriteKeyIsNotKept() throws Exception {
        assertThat(read("{\"writeKey\":\"secret\",\"type\":\"track\"}")).isEqualTo(empty("track"));
        assertThat(read("{\"writeKey\":[\"secret\"],\"type\":\"track\"}")).isEqualTo(empty("track"));
        assertThat(batch("{\"writeKey\":\"secret\",\"batch\":[{\"writeKey\":\"secret\"}]}")
                        .events())
                .containsExactly(empty(""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``|an event must be a JSON object, but this starts with nothing",
                "`  `|an event must be a JSON object, but this starts with nothing",
                "[]|an event must be a JSON object, but this starts with START_ARRAY",
                "[{}]|an event must be a JSON object",
                "\"a\"|an event must be a JSON object",
                "1|an event must be a JSON object",
                "null|an event must be a JSON object",
                "hello|not JSON: ",
                "{|not JSON: ",
                "{\"a\"|not JSON: ",
                "{\"a\":|not JSON: ",
                "{\"a\":}|not JSON: ",
                "{\"a\":1|not JSON: ",
                "{\"a\":1,}|not JSON: ",
                "{'a':1}|not JSON: ",
                "{a:1}|not JSON: ",
                "{\"a\":01}|not JSON: ",
                "{\"a\":NaN}|not JSON: ",
                "{\"a\":tru}|not JSON: ",
                "{\"a\":\"x|not JSON: ",
                "{\"a\":\"\\x\"}|not JSON: ",
                "{\"properties\":{\"a\":[1,2}}|not JSON: ",
                "{\"properties\":{\"a\":1}|not JSON: ",
                "{\"userId\":\"\\ud8|not JSON: ",
                "{}{}|there is more text after the event's closing brace",
                "{} x|not JSON: ",
                "{}]|not JSON: "
            })
    void whatIsNoEventIsRefusedWithASentence(String json, String sentence) {
        assertThatExceptionOfType(MalformedEventException.class)
                .as(json)
                .isThrownBy(() -> read(json))
                .withMessageContaining(sentence);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``|a batch must be a JSON object with a member \"batch\"",
                "[]|a batch must be a JSON object with a member \"batch\"",
                "{}|the batch has no array \"batch\"",
                "{\"batch\":{}}|the batch has no array \"batch\"",
                "{\"batch\":null}|the batch has no array \"batch\"",
                "{\"batch\":[{},7]}|batch[1] is not a JSON object",
                "{\"batch\":[[]]}|batch[0] is not a JSON object",
                "{\"batch\":[]}{}|there is more text after the batch's closing brace",
                "{\"batch\":[{\"a\":]}|not JSON: ",
                "{\"batch\":[{}|not JSON: "
            })
    void whatIsNoBatchIsRefusedWithASentence(String json, String sentence) {
        assertThatExceptionOfType(MalformedEventException.class)
                .as(json)
                .isThrownBy(() -> batch(json))
                .withMessageContaining(sentence);
    }

    @Test
    void whatIsWrongIsSaidWithItsPlace() {
        assertThatExceptionOfType(MalformedEventException.class)
                .isThrownBy(() -> read("{\n  \"type\": track\n}"))
                .withMessageContaining("(line 2, column");
    }

    @Test
    void bytesThatAreNoUtf8AreRefused() {
        byte[] latin1 = {'{', '"', (byte) 0xe4, '"', ':', '1', '}'};
        assertThatExceptionOfType(MalformedEventException.class)
                .isThrownBy(() -> SegmentJson.read(latin1))
                .withMessage("the text is not UTF-8");
        assertThatExceptionOfType(MalformedEventException.class)
                .isThrownBy(() -> SegmentJson.readBatch(latin1))
                .withMessage("the text is not UTF-8");
    }

    @Test
    void textThatIsNestedTooDeepIsRefusedNotOverflown() {
        String deep = "{\"properties\":{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}}";
        assertThatExceptionOfType(MalformedEventException.class)
                .isThrownBy(() -> read(deep))
                .withMessageContaining("nesting depth");
    }

    @Test
    void anyObjectsCutOutOfAnyEventAreTheTextThatWasPutIn() throws Exception {
        for (long seed = 0; seed < 2000; seed++) {
            Random random = new Random(seed);
            RandomJson json = new RandomJson(random);
            String properties = json.object(4);
            String traits = json.object(3);
            String context = json.object(3);
            String extra = json.value(3);
            List<String> members = new ArrayList<>(List.of(
                    "\"properties\"" + json.space() + ":" + json.space() + properties,
                    "\"traits\":" + traits + json.space(),
                    "\"context\":" + json.space() + context,
                    "\"extra\":" + json.space() + extra + json.space(),
                    "\"userId\":" + json.string(),
                    "\"type\":\"track\""));
            Collections.shuffle(members, random);
            String text = json.space() + "{" + String.join(json.space() + ",", members) + "}" + json.space();

            Event event = read(text);
            assertThat(event.properties()).as("seed %d: %s", seed, text).isEqualTo(properties);
            assertThat(event.traits()).as("seed %d: %s", seed, text).isEqualTo(traits);
            assertThat(event.context()).as("seed %d: %s", seed, text).isEqualTo(context);
            assertThat(event.extras()).as("seed %d: %s", seed, text).isEqualTo("{\"extra\":" + extra + "}");
            JsonNode expected = MAPPER.readTree(text);
            assertThat(event.userId())
                    .as("seed %d: %s", seed, text)
                    .isEqualTo(expected.get("userId").textValue());
            Event second = batch("{\"writeKey\":" + extra + ",\"batch\":[{}," + text + "]}")
                    .events()
                    .get(1);
            assertThat(second).as("seed %d, in a batch: %s", seed, text).isEqualTo(event);
        }
    }

    @Test
    void brokenTextIsRefusedAndNothingElse() throws Exception {
        for (long seed = 0; seed < 3000; seed++) {
            Random random = new Random(seed);
            RandomJson json = new RandomJson(random);
            byte[] bytes = ("{\"properties\":" + json.object(3) + ",\"userId\":" + json.string() + "}").getBytes(UTF_8);
            for (int i = random.nextInt(3); i >= 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                assertThat(SegmentJson.read(bytes)).isNotNull();
            } catch (MalformedEventException e) {
                assertThat(e).as("seed %d", seed).hasMessageMatching("(?s).{10,}");
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + new String(bytes, UTF_8), e);
            }
        }
    }

    private static Event read(String json) throws MalformedEventException {
        return SegmentJson.read(json.getBytes(UTF_8));
    }

    private static SegmentJson.Batch batch(String json) throws MalformedEventException {
        return SegmentJson.readBatch(json.getBytes(UTF_8));
    }

    private static Event empty(String type) {
        return new Event(null, type, null, null, null, null, null, null, null, null, null, null, null, null, null);
    }

    /** JSON text with what makes cutting it hard: space, escapes, braces in strings, long numbers, nesting. */
    private record RandomJson(Random random) {
        String object(int depth) {
            StringBuilder text = new StringBuilder("{").append(space());
            for (int i = random.nextInt(4), n = i; i > 0; i--) {
                text.append(i == n ? "" : ",").append(space()).append(string()).append(space());
                text.append(':').append(space()).append(value(depth - 1)).append(space());
            }
            return text.append('}').toString();
        }

        String array(int depth) {
            StringBuilder text = new StringBuilder("[").append(space());
            for (int i = random.nextInt(4), n = i; i > 0; i--) {
                text.append(i == n ? "" : ",")
                        .append(space())
                        .append(value(depth - 1))
                        .append(space());
            }
            return text.append(']').toString();
        }

        String value(int depth) {
            return switch (random.nextInt(depth > 0 ? 7 : 5)) {
                case 0 -> string();
                case 1 -> number();
                case 2 -> "true";
                case 3 -> "false";
                case 4 -> "null".equals(string()) ? "1" : number();
                case 5 -> array(depth);
                default -> object(depth);
            };
        }

        String number() {
            return switch (random.nextInt(5)) {
                case 0 -> Integer.toString(random.nextInt());
                case 1 -> Double.toString(random.nextGaussian());
                case 2 -> Long.toString(random.nextLong()) + random.nextInt(1000) + ".00" + random.nextInt(10);
                case 3 -> "-0";
                default -> random.nextInt(100) + "e" + random.nextInt(400);
            };
        }

        String string() {
            List<String> parts = List.of(
                    "a",
                    " ",
                    "{",
                    "}",
                    "[",
                    "]",
                    ",",
                    ":",
                    "\\\"",
                    "\\\\",
                    "\\/",
                    "\\n",
                    "\\u0041",
                    "\\ud83d\\ude00",
                    "ä",
                    "漢",
                    "😀",
                    "'",
                    "\\u0000",
                    "/*",
                    "#",
                    "\\\\\\\"",
                    "\u2028",
                    "0",
                    "null");
            StringBuilder text = new StringBuilder("\"");
            for (int i = random.nextInt(random.nextInt(20) == 0 ? 3000 : 8); i > 0; i--) {
                text.append(parts.get(random.nextInt(parts.size())));
            }
            return text.append('"').toString();
        }

        String space() {
            return List.of("", "", "", " ", "\n", "\t", "\r\n  ").get(random.nextInt(7));
        }
    }
}
