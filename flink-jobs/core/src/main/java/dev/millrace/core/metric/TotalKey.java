package dev.millrace.core.metric;

/**
 * The key of a row of {@code metric_values}, with the end of its window.
 *
 * @param dimensions JSON object, see {@link Dimensions}
 */
public record TotalKey(
        String metric, String windowSize, long windowStartMillis, long windowEndMillis, String dimensions) {}
