package dev.millrace.core.people;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.millrace.core.event.Event;
import dev.millrace.core.event.EventPath;
import dev.millrace.core.event.EventType;
import dev.millrace.core.identity.Attribution;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The traits that a record tells: the members of an {@code identify} event's {@code traits}. Of members with one name the
 * last holds.
 *
 * <p>Left out is what would be too much ({@link #MAX_TRAITS}, {@link #MAX_NAME_CHARS}, {@link #MAX_VALUE_CHARS}), and what
 * PostgreSQL can't hold: NUL and half surrogate pairs anywhere in the value, numbers with exponents that no double has,
 * and what is nested too deep.
 *
 * @param leftOut how many members were left out
 * @param unreadable whether there are traits, but they are no JSON object, or one that goes deeper than anybody reads
 */
public record Traits(List<Trait> traits, int leftOut, boolean unreadable) {
    /** Most traits of one event. */
    public static final int MAX_TRAITS = 100;
    /** Longest name of a trait, in UTF-16 characters. */
    public static final int MAX_NAME_CHARS = 256;
    /** Longest value, in UTF-16 characters of its JSON. */
    public static final int MAX_VALUE_CHARS = 4096;
    /** Objects and arrays within each other. PostgreSQL's own limit is its stack. */
    static final int MAX_DEPTH = 100;
    /** Doubles end near 308; PostgreSQL's numbers near 131,000, and the JSON of such a number has as many digits. */
    static final int MAX_EXPONENT = 400;

    /** Names are the clients': none is worth remembering. What is too long or too deep is left out, not refused. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(EventPath.MAX_DEPTH)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private static final Traits NONE = new Traits(List.of(), 0, false);
    private static final Traits UNREADABLE = new Traits(List.of(), 0, true);

    /**
     * The traits that a record tells of its identifier.
     *
     * @param likelyNew whether nothing is known of the identifier yet
     */
    public static Traits of(Attribution record, boolean likelyNew) {
        Event event = record.event();
        if (event == null || event.traits() == null || !event.type().equals(EventType.IDENTIFY.wireName())) {
            return NONE;
        }
        char[] text = event.traits().toCharArray();
        try (JsonParser parser = JSON.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return UNREADABLE;
            }
            Traits traits = read(parser, text, record, likelyNew);
            return parser.nextToken() == null ? traits : UNREADABLE;
        } catch (JsonProcessingException e) {
            return UNREADABLE;
        } catch (IOException e) {
            throw new UncheckedIOException(e); // The text is in memory.
        }
    }

    private static Traits read(JsonParser parser, char[] text, Attribution record, boolean likelyNew)
            throws IOException {
        Map<String, Trait> traits = new LinkedHashMap<>();
        int leftOut = 0;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            int start = (int) parser.currentTokenLocation().getCharOffset();
            boolean storable = passOver(parser);
            int end = end(parser, start);
            boolean fits = name.length() <= MAX_NAME_CHARS
                    && end - start <= MAX_VALUE_CHARS
                    && (traits.size() < MAX_TRAITS || traits.containsKey(name));
            if (storable && fits && StoreBounds.canHold(record.identifier(), name)) {
                String value = new String(text, start, end - start);
                traits.put(name, new Trait(record.identifier(), name, value, record.eventTimeMillis(), likelyNew));
            } else {
                leftOut++;
            }
        }
        return new Traits(new ArrayList<>(traits.values()), leftOut, false);
    }

    /** Leaves the parser at the last token of the current value. Whether PostgreSQL can hold it. */
    private static boolean passOver(JsonParser parser) throws IOException {
        boolean storable = true;
        int depth = 0;
        while (true) {
            switch (parser.currentToken()) {
                case START_OBJECT, START_ARRAY -> {
                    depth++;
                    storable &= depth <= MAX_DEPTH;
                }
                case END_OBJECT, END_ARRAY -> depth--;
                case FIELD_NAME -> storable &= StoreBounds.isText(parser.currentName());
                case VALUE_STRING -> storable &= StoreBounds.isText(parser.getText());
                case VALUE_NUMBER_FLOAT -> storable &= hasExponentOfADouble(parser.getText());
                default -> {}
            }
            if (depth == 0) {
                return storable;
            }
            parser.nextToken();
        }
    }

    private static boolean hasExponentOfADouble(String number) {
        int mark = Math.max(number.indexOf('e'), number.indexOf('E'));
        if (mark < 0) {
            return true;
        }
        int exponent = 0;
        for (int i = mark + 1; i < number.length() && exponent <= MAX_EXPONENT; i++) {
            int digit = Character.digit(number.charAt(i), 10);
            exponent = digit < 0 ? exponent : 10 * exponent + digit; // Below zero it is the sign.
        }
        return exponent <= MAX_EXPONENT;
    }

    /** Where the value ends whose last token the parser is at. */
    private static int end(JsonParser parser, int start) throws IOException {
        if (parser.currentToken().isNumeric()) {
            return start + parser.getTextLength(); // The parser may be past the character that ended it.
        }
        return (int) parser.currentLocation().getCharOffset();
    }
}
