package dev.millrace.core.oracle;

/**
 * A session, as a row.
 *
 * @param startedAtMillis time of its first event, milliseconds since the epoch; so is {@code endedAtMillis} of its last
 * @param source of the first event, nullable; so are {@code campaign} and {@code landingPage}
 * @param exitPage page of the last event, nullable
 * @param events how many there are
 * @param orders how many of them are orders
 * @param revenueMicros sum of what the orders brought in, in millionths
 */
public record SessionOracleRow(
        String profileId,
        long startedAtMillis,
        long endedAtMillis,
        String source,
        String campaign,
        String landingPage,
        String exitPage,
        long events,
        long orders,
        long revenueMicros) {}
