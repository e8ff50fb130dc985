package dev.millrace.core.catalogue;

import dev.millrace.core.event.EventPath;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Checks of the lists in a metric's definition. */
final class Entries {
    private Entries() {}

    /**
     * The entries of a list, none of them twice; null where it is left out. Throws IllegalArgumentException with a
     * sentence.
     */
    static <T> List<T> distinct(List<T> list, String key) {
        if (list == null) {
            return null;
        }
        if (list.isEmpty()) {
            throw new IllegalArgumentException("'" + key + "' is an empty list; name something or leave it out");
        }
        if (list.stream().anyMatch(Objects::isNull)) {
            throw new IllegalArgumentException("'" + key + "' has an entry that says nothing; remove it");
        }
        for (T entry : list) {
            if (list.indexOf(entry) != list.lastIndexOf(entry)) {
                throw new IllegalArgumentException("'" + key + "' has " + entry + " twice; once is enough");
            }
        }
        return List.copyOf(list);
    }

    /** As {@link #distinct}, of paths; a way to several values is refused. */
    static List<String> paths(List<String> list, String key) {
        List<String> paths = distinct(list, key);
        if (paths != null) {
            paths.forEach(Entries::path);
        }
        return paths;
    }

    /** The path of that text. Throws IllegalArgumentException with a sentence. */
    static EventPath path(String text) {
        EventPath path = EventPath.parse(text, EventPath.FIELDS);
        if (path.steps().stream().anyMatch(EventPath.EveryElement.class::isInstance)) {
            throw new IllegalArgumentException(
                    "'" + text + "' leads to any number of values; name one of them, as in [0]");
        }
        return path;
    }

    /** Whether a text may name a metric or a dimension. */
    static boolean isName(String text) {
        return text != null && text.matches("[a-z][a-z0-9_]{0,62}");
    }

    /** Throws IllegalArgumentException if one of these texts is not known. */
    static void requireKnown(List<String> texts, Set<String> known, String key) {
        for (String text : texts == null ? List.<String>of() : texts) {
            if (!known.contains(text)) {
                throw new IllegalArgumentException(
                        "'" + key + "' has '" + text + "', which is none; known are " + String.join(", ", known));
            }
        }
    }
}
