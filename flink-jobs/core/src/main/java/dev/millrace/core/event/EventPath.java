package dev.millrace.core.event;

import dev.millrace.core.event.Envelope.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A place in an event.
 *
 * @param field of the envelope
 * @param steps the way into the field's JSON, a member's name first; empty: the field's text itself
 */
public record EventPath(Field field, List<Step> steps) {
    /** A step down: a {@link Member}, an {@link Element}, or {@link EveryElement}. */
    public sealed interface Step permits Member, Element, EveryElement {}

    /** The member of an object that has this name. */
    public record Member(String name) implements Step {}

    /** The element of an array at this place, from 0. */
    public record Element(int index) implements Step {}

    /** All elements of an array. */
    public record EveryElement() implements Step {}

    /** Fields of plain text that name somebody. */
    public static final List<Field> IDENTIFIERS = List.of(Field.USER_ID, Field.ANONYMOUS_ID, Field.GROUP_ID);

    /** Fields of plain text that say what an event is and whose. */
    public static final List<Field> FIELDS =
            List.of(Field.TYPE, Field.EVENT, Field.SOURCE, Field.USER_ID, Field.ANONYMOUS_ID, Field.GROUP_ID);

    /**
     * Objects and arrays within each other in a field that is looked into. The parser remembers each that it is in; of more
     * it would take all memory.
     */
    public static final int MAX_DEPTH = 200_000;

    private static final Map<String, Field> PARTS = Map.of(
            "properties", Field.PROPERTIES, "traits", Field.TRAITS, "context", Field.CONTEXT, "extras", Field.EXTRAS);
    /** What can't stand in a name without quotes. */
    private static final String SPECIAL = ".[]'\"";

    private static final int MAX_INDEX_DIGITS = 9;

    public EventPath {
        steps = List.copyOf(steps);
    }

    /** The path of that text, where the only fields of plain text are {@link #IDENTIFIERS}. */
    public static EventPath parse(String text) {
        return parse(text, IDENTIFIERS);
    }

    /**
     * The path of that text. Throws IllegalArgumentException with a sentence that says where the text is no path.
     *
     * @param fields fields of plain text that may be named, by their names in lower case
     */
    public static EventPath parse(String text, List<Field> fields) {
        for (Field field : fields) {
            if (name(field).equals(text)) {
                return new EventPath(field, List.of());
            }
        }
        int end = endOfName(text, 0);
        Field part = PARTS.get(text.substring(0, end));
        if (part == null) {
            throw new IllegalArgumentException("'" + text + "' is neither a field (" + names(fields) + ") nor"
                    + " a path into one (properties., traits., context. or extras. and so on)");
        }
        List<Step> steps = new ArrayList<>();
        int at = end;
        while (at < text.length()) {
            at = step(text, at, steps);
        }
        if (steps.isEmpty() || !(steps.get(0) instanceof Member)) {
            throw refused(text, end, "the name of a member is expected");
        }
        return new EventPath(part, steps);
    }

    /** How a path names a field. */
    public static String name(Field field) {
        return field.name().toLowerCase(Locale.ROOT);
    }

    /** How paths name these fields, as a sentence lists them. */
    public static String names(List<Field> fields) {
        return fields.stream().map(EventPath::name).collect(Collectors.joining(", "));
    }

    /** Reads a step; returns where the next one begins. */
    private static int step(String text, int at, List<Step> steps) {
        if (text.charAt(at) == '.') {
            int end = endOfName(text, at + 1);
            if (end == at + 1) {
                throw refused(text, end, "a name is expected; one with special characters is written ['like this']");
            }
            steps.add(new Member(text.substring(at + 1, end)));
            return end;
        }
        if (text.startsWith("['", at)) {
            int end = text.indexOf("']", at + 2);
            if (end < 0) {
                throw refused(text, at, "a quoted name must end with ']");
            }
            steps.add(new Member(text.substring(at + 2, end)));
            return end + 2;
        }
        if (text.startsWith("[*]", at)) {
            steps.add(new EveryElement());
            return at + 3;
        }
        if (text.charAt(at) == '[') {
            int end = text.indexOf(']', at);
            String index = end < 0 ? "" : text.substring(at + 1, end);
            if (index.isEmpty() || index.length() > MAX_INDEX_DIGITS || !index.matches("[0-9]+")) {
                throw refused(text, at, "what stands in brackets must be a number, * or a 'quoted name'");
            }
            steps.add(new Element(Integer.parseInt(index)));
            return end + 1;
        }
        throw refused(text, at, "a dot or an opening bracket is expected");
    }

    private static int endOfName(String text, int from) {
        int at = from;
        while (at < text.length() && SPECIAL.indexOf(text.charAt(at)) < 0 && !Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private static IllegalArgumentException refused(String text, int at, String expected) {
        return new IllegalArgumentException(
                "'" + text + "' is no path: after '" + text.substring(0, at) + "' " + expected);
    }
}
