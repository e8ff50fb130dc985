package dev.millrace.core.people;

/**
 * A row of {@code identifiers}, see {@code schemas/postgres}. Times are event times, milliseconds since the epoch.
 *
 * @param firstSeenMillis the earliest known here; an earlier one that the store has stays
 * @param lastSeenMillis the latest known here; a later one that the store has stays
 * @param sinceMillis null: what the store has stays, and so does {@code linksLimited}
 * @param likelyNew whether the store most likely has no row of it yet
 */
public record IdentifierRow(
        String identifier,
        String profileId,
        long firstSeenMillis,
        long lastSeenMillis,
        Long sinceMillis,
        boolean linksLimited,
        boolean likelyNew) {}
