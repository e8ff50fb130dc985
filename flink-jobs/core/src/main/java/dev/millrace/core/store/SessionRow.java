package dev.millrace.core.store;

/**
 * A row of {@code sessions}, see {@code schemas/postgres}. Times are milliseconds since the epoch.
 *
 * @param source null where there is none, like {@code campaign}, {@code landingPage} and {@code exitPage}
 * @param revenueMicros millionths
 * @param deleted whether there is no such session (any more); only the key is of meaning then
 */
public record SessionRow(
        String profileId,
        long startedAtMillis,
        long endedAtMillis,
        String source,
        String campaign,
        String landingPage,
        String exitPage,
        int events,
        int orders,
        long revenueMicros,
        long updatedAtMillis,
        boolean deleted) {}
