package dev.millrace.core.metric;

import java.util.Locale;

/** What a metric makes of the events of a window. */
public enum Aggregate {
    /** Number of events. */
    COUNT,
    /** Number of profiles with at least one event. */
    UNIQUE_PROFILES;

    /** As the catalogue names it. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
