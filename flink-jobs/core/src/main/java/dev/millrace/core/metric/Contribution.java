package dev.millrace.core.metric;

/**
 * What one leaf adds to one metric within one hour of event time (UTC). Times are milliseconds since the epoch.
 *
 * <p>What is compared for each event says itself when it is equal, here and in the rest of this package: the equality that a
 * record comes with goes through method handles, and until those are compiled takes several times as long.
 */
public sealed interface Contribution permits Presence, Step, Fragment {
    long HOUR_MILLIS = 3_600_000;
    long MINUTE_MILLIS = 60_000;

    /** The metric's id. */
    int metric();

    /** The hour that it lies in, counted from the epoch. */
    long hour();

    /** The hour that a time lies in. */
    static long hourOf(long millis) {
        return Math.floorDiv(millis, HOUR_MILLIS);
    }

    /** The start of the minute that a time lies in: all of a minute are in the same windows. */
    static long minuteOf(long millis) {
        return Math.floorDiv(millis, MINUTE_MILLIS) * MINUTE_MILLIS;
    }
}
