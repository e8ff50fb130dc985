package dev.millrace.core.catalogue;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonFormat;
import java.io.Serializable;
import java.util.List;

/**
 * By what a metric is broken down.
 *
 * @param name as it stands in {@code metric_values.dimensions}
 * @param from where events have it, as {@link Condition#path}; the first place that has a value counts. Default: the field
 *     of that name. Empty for what is no part of an event: {@code lifecycle}, {@code signal}, {@code reason}
 */
public record DimensionDefinition(
        String name, @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> from)
        implements Serializable {
    /** Whether the profile was first seen in the window; comes last. */
    public static final String LIFECYCLE = "lifecycle";
    /** Which signal. */
    public static final String SIGNAL = "signal";
    /** Why a record was rejected. */
    public static final String REASON = "reason";
    /** Of a funnel: added to it by itself. */
    public static final String STEP = "step";

    public DimensionDefinition {
        if (!Entries.isName(name)) {
            String path = name != null && (name.contains(".") || name.contains("["))
                    ? "; a path needs a name, as in {name: currency, from: properties.currency}"
                    : "";
            throw new IllegalArgumentException(
                    "dimension '" + name + "' must be named with lower-case letters, digits and"
                            + " underscores, starting with a letter" + path);
        }
        if (from == null) {
            from = isOfEvents(name) ? Entries.paths(List.of(field(name)), "from") : List.of();
        } else if (!isOfEvents(name) && from.isEmpty()) {
            from = List.of();
        } else if (name.equals(LIFECYCLE)) {
            throw new IllegalArgumentException("dimension '" + LIFECYCLE
                    + "' is worked out and has no 'from'; leave that out, or give what is in events another name");
        } else {
            from = Entries.paths(from, "from");
        }
    }

    /** The dimension of that name, as text alone gives it. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static DimensionDefinition of(String name) {
        return new DimensionDefinition(name, null);
    }

    private static boolean isOfEvents(String name) {
        return !List.of(LIFECYCLE, SIGNAL, REASON).contains(name);
    }

    private static String field(String name) {
        try {
            Entries.path(name);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "dimension '" + name + "' is no field of an event (type, event, source,"
                            + " user_id, anonymous_id, group_id); say where events have it, as in {name: " + name
                            + ", from: properties." + name + "}",
                    e);
        }
        return name;
    }

    boolean isLifecycle() {
        return name.equals(LIFECYCLE);
    }

    /** Whether it is a part of signals, not of events. */
    boolean isOfSignals() {
        return from.isEmpty() && !isLifecycle();
    }
}
