package dev.millrace.core.store;

import java.io.Serializable;
import java.util.List;

/**
 * A row of {@code metric_definitions}, see {@code schemas/postgres}.
 *
 * @param metric as it stands in {@code metric_values}
 * @param description null where nobody has said, like {@code owner}
 * @param windows as the catalogue names them
 * @param dimensions names, in order
 * @param timeZone whose midnight the windows are aligned to
 * @param settlesMillis how long after its end a window is waited for, since what began in it may go on
 * @param arrivals whether it counts by when something arrived
 */
public record MetricDescription(
        String metric,
        String description,
        String owner,
        String aggregate,
        List<String> windows,
        List<String> dimensions,
        String timeZone,
        long settlesMillis,
        boolean arrivals)
        implements Serializable {}
