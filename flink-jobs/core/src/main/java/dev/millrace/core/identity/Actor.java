package dev.millrace.core.identity;

import dev.millrace.core.event.RecentMessageIds;

/** What is remembered of one identifier. A mutable value, for a state backend. */
public final class Actor {
    /** No timer is set. */
    public static final long ASLEEP = Long.MIN_VALUE;

    public RecentMessageIds recent = new RecentMessageIds();
    /** Event time at which the actor is woken to forget message ids, milliseconds. */
    public long wakeAtMillis = ASLEEP;
}
