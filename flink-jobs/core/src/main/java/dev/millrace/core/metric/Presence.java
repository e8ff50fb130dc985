package dev.millrace.core.metric;

/**
 * The minutes of an hour in which a leaf had events of a metric of unique profiles.
 *
 * @param dimensions the events' values
 * @param minutes as bits, the hour's first minute lowest; never 0
 */
public record Presence(int metric, long hour, String dimensions, long minutes) implements Contribution {

    @Override
    public int hashCode() {
        return 31 * (31 * (31 * metric + Long.hashCode(hour)) + Long.hashCode(minutes)) + dimensions.hashCode();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Presence that
                && minutes == that.minutes
                && hour == that.hour
                && metric == that.metric
                && dimensions.equals(that.dimensions);
    }

    /** The bit of a time's minute. */
    static long bitOf(long millis) {
        return 1L << Math.floorMod(Math.floorDiv(millis, MINUTE_MILLIS), 60L);
    }

    /** When a minute of the hour begins. */
    static long minuteMillis(long hour, int minute) {
        return hour * HOUR_MILLIS + minute * MINUTE_MILLIS;
    }
}
