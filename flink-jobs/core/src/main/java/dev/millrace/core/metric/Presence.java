package dev.millrace.core.metric;

/** A window of a metric in which somebody can be present: by at least one event. */
public record Presence(String metric, String windowSize, long windowStartMillis, long windowEndMillis) {

    /** The row that counts those present. */
    public TotalKey total() {
        return new TotalKey(metric, windowSize, windowStartMillis, windowEndMillis, Dimensions.NONE);
    }
}
