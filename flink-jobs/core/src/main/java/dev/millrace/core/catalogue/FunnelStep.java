package dev.millrace.core.catalogue;

import java.io.Serializable;

/**
 * A step of a funnel.
 *
 * @param name any text; the dimension {@code step} has it after the step's number
 * @param match which events take it
 */
public record FunnelStep(String name, Match match) implements Serializable {
    /** Longest name, in UTF-16 characters. */
    public static final int MAX_CHARS = 100;

    public FunnelStep {
        if (name == null || name.isBlank() || name.length() > MAX_CHARS) {
            throw new IllegalArgumentException("a step's name must have 1 to " + MAX_CHARS + " characters, but is '"
                    + name + "'; give it one, as in {name: viewed, match: {events: [Product Viewed]}}");
        }
        if (match == null || match.isEmpty() || match.signals() != null) {
            throw new IllegalArgumentException("step '" + name + "' must say which events take it, as in"
                    + " {name: viewed, match: {events: [Product Viewed]}}");
        }
    }
}
