package dev.millrace.core.identity;

import dev.millrace.core.event.Envelope.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A place in an event.
 *
 * @param field of the envelope
 * @param steps the way into the field's JSON, a member's name first; empty: the field's text itself
 */
record EventPath(Field field, List<Step> steps) {
    /** A step down: a {@link Member}, an {@link Element}, or {@link EveryElement}. */
    sealed interface Step permits Member, Element, EveryElement {}

    /** The member of an object that has this name. */
    record Member(String name) implements Step {}

    /** The element of an array at this place, from 0. */
    record Element(int index) implements Step {}

    /** All elements of an array. */
    record EveryElement() implements Step {}

    private static final Map<String, Field> FIELDS =
            Map.of("user_id", Field.USER_ID, "anonymous_id", Field.ANONYMOUS_ID, "group_id", Field.GROUP_ID);
    private static final Map<String, Field> PARTS = Map.of(
            "properties", Field.PROPERTIES, "traits", Field.TRAITS, "context", Field.CONTEXT, "extras", Field.EXTRAS);
    /** What can't stand in a name without quotes. */
    private static final String SPECIAL = ".[]'\"";

    private static final int MAX_INDEX_DIGITS = 9;

    EventPath {
        steps = List.copyOf(steps);
    }

    /** Throws IllegalArgumentException with a sentence that says where the text is no path. */
    static EventPath parse(String text) {
        if (FIELDS.containsKey(text)) {
            return new EventPath(FIELDS.get(text), List.of());
        }
        int end = endOfName(text, 0);
        Field part = PARTS.get(text.substring(0, end));
        if (part == null) {
            throw new IllegalArgumentException("'" + text + "' is neither a field (user_id, anonymous_id, group_id) nor"
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
