package dev.millrace.core.metric;

/** What a metric makes of the events of a window. */
public enum Aggregate {
    /** Number of events. */
    COUNT,
    /** Number of profiles with at least one event. */
    UNIQUE_PROFILES
}
