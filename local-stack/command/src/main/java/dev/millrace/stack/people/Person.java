package dev.millrace.stack.people;

import java.time.Instant;
import java.util.SortedMap;

/**
 * A profile.
 *
 * @param identifiers how many it has
 * @param traits name to value; a value that is not text is as in JSON
 */
record Person(
        String profileId, Instant firstSeen, Instant lastSeen, long identifiers, SortedMap<String, String> traits) {}
