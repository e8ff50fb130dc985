package dev.millrace.core.store;

/**
 * A row of {@code metric_values}, see {@code schemas/postgres}. Times are milliseconds since the epoch.
 *
 * @param dimensions JSON object
 * @param correctedAtMillis null: never corrected
 */
public record MetricRow(
        String metric,
        String windowSize,
        long windowStartMillis,
        long windowEndMillis,
        String dimensions,
        double value,
        int revision,
        long updatedAtMillis,
        Long correctedAtMillis) {}
