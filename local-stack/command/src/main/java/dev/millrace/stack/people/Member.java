package dev.millrace.stack.people;

import java.time.Instant;

/**
 * An identifier and the profile that it belongs to, as the store has it.
 *
 * @param since event time from which on it belongs to its profile
 * @param linksLimited whether it has as many links as its type may have, and takes no more
 */
record Member(
        String identifier,
        String profileId,
        Instant firstSeen,
        Instant lastSeen,
        Instant since,
        boolean linksLimited) {}
