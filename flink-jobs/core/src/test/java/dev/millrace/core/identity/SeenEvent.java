package dev.millrace.core.identity;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What identity sees of an event.
 *
 * @param leaf the identifier of the highest priority, of those the least
 * @param others the other identifiers, each once
 * @param alias the one of them that the event says is the same person as the leaf; null: none
 */
public record SeenEvent(long timeMillis, String leaf, List<String> others, String alias) {
    private static final List<String> PRIORITY = List.of("user_id", "email", "device_id", "anonymous_id");

    /** An event that names these identifiers, given in any order. */
    public static SeenEvent of(long timeMillis, String... identifiers) {
        return of(timeMillis, false, List.of(identifiers));
    }

    /** An alias of two identifiers, given in any order. */
    public static SeenEvent alias(long timeMillis, String one, String other) {
        return of(timeMillis, true, List.of(one, other));
    }

    /** An event that names these identifiers, given in any order; an alias is one of its leaf and the least after it. */
    public static SeenEvent of(long timeMillis, boolean alias, List<String> identifiers) {
        List<String> sorted = new ArrayList<>(identifiers);
        sorted.sort(Comparator.<String>comparingInt(identifier -> PRIORITY.indexOf(type(identifier)))
                .thenComparing(Comparator.naturalOrder()));
        return new SeenEvent(
                timeMillis, sorted.get(0), List.copyOf(sorted.subList(1, sorted.size())), alias ? sorted.get(1) : null);
    }

    private static String type(String identifier) {
        return identifier.substring(0, identifier.indexOf(':'));
    }
}
