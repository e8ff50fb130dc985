package dev.millrace.core.catalogue;

/** What a metric makes of the events of a window. */
public enum Aggregate {
    /** Number of events. */
    COUNT,
    /** Sum of {@code value}; an event without one adds nothing. */
    SUM,
    /** Sum of {@code value} by the number of events that have one. */
    AVERAGE,
    /** Number of profiles with at least one event. */
    UNIQUE_PROFILES,
    /** Number of profiles that were first seen in the window. */
    NEW_PROFILES,
    /**
     * Sessions that began in the window: their number, mean length in seconds, and the share that has one event alone. A
     * session is a run of one profile's events, whatever the device, with no longer than {@code gap} between two.
     */
    SESSIONS,
    /**
     * Profiles that took the first step in the window, by how far they came within {@code within} of a first step, on
     * whichever device: for each step, how many reached it, and how many of those did not reach the next.
     */
    FUNNEL
}
