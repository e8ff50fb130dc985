package dev.millrace.core.metric;

/**
 * A row of {@code metric_values}, see {@code schemas/postgres}. Times are milliseconds since the epoch.
 *
 * @param correctedAtMillis null: never corrected
 */
public record MetricRow(
        String metric,
        String windowSize,
        long windowStartMillis,
        String dimensions,
        double value,
        int revision,
        long updatedAtMillis,
        Long correctedAtMillis) {}
