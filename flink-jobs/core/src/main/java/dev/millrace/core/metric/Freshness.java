package dev.millrace.core.metric;

/** How long the events had lain in the topic that something was made of. */
public enum Freshness {
    /** Some of them came just now: somebody may watch for them. */
    LIVE,
    /** None of them did: they are history, or a backlog. */
    BACKLOG,
    /** Nobody says. */
    UNKNOWN
}
