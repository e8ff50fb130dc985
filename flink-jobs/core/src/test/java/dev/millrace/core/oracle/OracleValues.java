package dev.millrace.core.oracle;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.core.event.Event;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an event has at a path.
 *
 * <p>A path is a field of the envelope ({@code type}, {@code event}, {@code source}, {@code user_id}, {@code anonymous_id},
 * {@code previous_id}, {@code group_id}, {@code message_id}), or {@code properties}, {@code traits}, {@code context} or
 * {@code extras} and the steps into its JSON: {@code .name}, {@code ['any name']}, {@code [0]}.
 *
 * <p>A value is a String, {@link JsonNumber}, Boolean, Map or List; null for JSON's null and for what is not there.
 */
final class OracleValues {
    /** A number as it stands in JSON. */
    record JsonNumber(String text) {}

    private static final int MAX_CHARS = 200;
    private static final BigDecimal MOST = new BigDecimal("1e12");
    /** Absolute values below this are 0 in millionths. */
    private static final BigDecimal LEAST = new BigDecimal("1e-7");

    private static final JsonFactory JSON = new JsonFactory();
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Pattern STEP =
            Pattern.compile("\\.(?<name>[^.\\[\\]'\"\\s]+)|\\['(?<quoted>.*?)'\\]|\\[(?<index>[0-9]+)\\]");
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");

    private OracleValues() {}

    /** The value at a path; null: there is none. */
    static Object at(Event event, String path) {
        switch (path) {
            case "message_id":
                return event.messageId();
            case "type":
                return event.type();
            case "event":
                return event.name();
            case "source":
                return event.source();
            case "user_id":
                return event.userId();
            case "anonymous_id":
                return event.anonymousId();
            case "previous_id":
                return event.previousId();
            case "group_id":
                return event.groupId();
            default:
                break;
        }
        String part = path.split("[.\\[]", 2)[0];
        String json =
                switch (part) {
                    case "properties" -> event.properties();
                    case "traits" -> event.traits();
                    case "context" -> event.context();
                    case "extras" -> event.extras();
                    default -> throw new IllegalArgumentException("no path: " + path);
                };
        return json == null ? null : descend(parse(json), path, part.length());
    }

    private static Object descend(Object value, String path, int from) {
        Object here = value;
        int at = from;
        while (at < path.length()) {
            Matcher step = STEP.matcher(path).region(at, path.length());
            if (!step.lookingAt()) {
                throw new IllegalArgumentException("no path: " + path);
            }
            if (step.group("index") != null) {
                int index = Integer.parseInt(step.group("index"));
                here = here instanceof List<?> list && index < list.size() ? list.get(index) : null;
            } else {
                String name = step.group("name") != null ? step.group("name") : step.group("quoted");
                here = here instanceof Map<?, ?> map ? map.get(name) : null;
            }
            at = step.end();
        }
        return here;
    }

    /** The first text that one of these paths (one, or a list of them) has; null: none has one. */
    static String text(Event event, JsonNode paths) {
        for (String path : list(paths)) {
            String text = text(at(event, path));
            if (text != null) {
                return text;
            }
        }
        return null;
    }

    /** A value as text that can stand in a key: bounded, and without what PostgreSQL can't hold. Null: it is no scalar. */
    static String text(Object value) {
        if (value instanceof String text) {
            return bounded(text);
        }
        if (value instanceof JsonNumber number) {
            return bounded(number.text());
        }
        return value instanceof Boolean truth ? truth.toString() : null;
    }

    private static String bounded(String text) {
        String cut = text.length() > MAX_CHARS ? text.substring(0, MAX_CHARS - 1) + "…" : text;
        StringBuilder clean = new StringBuilder();
        cut.codePoints().forEach(character -> {
            boolean half = character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE;
            clean.appendCodePoint(character == 0 || half ? 0xFFFD : character);
        });
        return clean.toString();
    }

    /** The first amount that one of these paths (one, or a list of them) has, in whole millionths. */
    static Optional<BigDecimal> amount(Event event, JsonNode paths) {
        return list(paths).stream()
                .map(path -> number(at(event, path)))
                .flatMap(Optional::stream)
                .filter(number -> number.abs().compareTo(MOST) <= 0)
                .findFirst()
                .map(OracleValues::rounded);
    }

    private static BigDecimal rounded(BigDecimal number) {
        return number.abs().compareTo(LEAST) < 0 ? BigDecimal.ZERO : number.setScale(6, RoundingMode.HALF_EVEN);
    }

    /** The value as a number, exactly: a number, or a text that JSON would take for one. */
    static Optional<BigDecimal> number(Object value) {
        if (value instanceof JsonNumber number) {
            return Optional.of(new BigDecimal(number.text()));
        }
        return value instanceof String text && NUMBER.matcher(text).matches()
                ? Optional.of(new BigDecimal(text))
                : Optional.empty();
    }

    /** The texts of a node that is one text or a list of them; none where it is missing. */
    static List<String> list(JsonNode node) {
        List<String> all = new ArrayList<>();
        if (node.isArray()) {
            node.forEach(one -> all.add(one.asText()));
        } else if (!node.isMissingNode() && !node.isNull()) {
            all.add(node.asText());
        }
        return all;
    }

    /** Texts and nulls as a JSON array, which is how they are compared with others. */
    static String array(List<String> texts) {
        try {
            return MAPPER.writeValueAsString(texts);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Object parse(String json) {
        try (JsonParser parser = JSON.createParser(json)) {
            parser.nextToken();
            return value(parser);
        } catch (IOException e) {
            throw new UncheckedIOException("no JSON: " + json, e);
        }
    }

    /** The value that the parser stands at; leaves it at the value's last token. A tree of nodes would lose how numbers are written. */
    private static Object value(JsonParser parser) throws IOException {
        switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, Object> members = new HashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    members.put(name, value(parser));
                }
                return members;
            }
            case START_ARRAY -> {
                List<Object> elements = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    elements.add(value(parser));
                }
                return elements;
            }
            case VALUE_STRING -> {
                return parser.getText();
            }
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
                return new JsonNumber(parser.getText());
            }
            case VALUE_TRUE -> {
                return true;
            }
            case VALUE_FALSE -> {
                return false;
            }
            case VALUE_NULL -> {
                return null;
            }
            default -> throw new IOException("unexpected " + parser.currentToken());
        }
    }
}
