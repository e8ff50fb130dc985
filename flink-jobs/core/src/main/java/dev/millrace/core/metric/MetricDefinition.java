package dev.millrace.core.metric;

import java.io.Serializable;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;

/**
 * One metric of the catalogue.
 *
 * @param name as it stands in {@code metric_values}: lower case, digits and underscores
 * @param aggregate what it makes of the events
 * @param dimensions envelope fields by which it is broken down ({@code type}, {@code event}, {@code source}); not for
 *     {@code unique_profiles}
 * @param windows sizes of tumbling windows, as in {@code 1m}, {@code 1h}, {@code 1d}
 */
public record MetricDefinition(String name, Aggregate aggregate, List<String> dimensions, List<String> windows)
        implements Serializable {
    /** Fields that may be dimensions. */
    public static final Set<String> DIMENSIONS = Set.of("type", "event", "source");

    /** What is measured where the configuration names no metrics. */
    public static final List<MetricDefinition> DEFAULT_CATALOGUE = List.of(
            new MetricDefinition("events", Aggregate.COUNT, List.of("type", "event"), List.of("1m", "1h", "1d")),
            new MetricDefinition("unique_profiles", Aggregate.UNIQUE_PROFILES, List.of(), List.of("1m", "1h", "1d")));

    public MetricDefinition {
        if (name == null || !name.matches("[a-z][a-z0-9_]{0,62}")) {
            throw new IllegalArgumentException("metric name '" + name
                    + "' must be lower-case letters, digits and underscores, starting with a letter");
        }
        if (aggregate == null) {
            throw new IllegalArgumentException("metric '" + name + "' has no aggregate: count or unique_profiles");
        }
        dimensions = dimensions == null ? List.of() : List.copyOf(dimensions);
        for (String dimension : dimensions) {
            if (!DIMENSIONS.contains(dimension)) {
                throw new IllegalArgumentException("metric '" + name + "' has the unknown dimension '" + dimension
                        + "'; known are type, event and source");
            }
        }
        if (Set.copyOf(dimensions).size() < dimensions.size()) {
            throw new IllegalArgumentException("metric '" + name + "' names a dimension twice");
        }
        if (aggregate == Aggregate.UNIQUE_PROFILES && !dimensions.isEmpty()) {
            throw new IllegalArgumentException("metric '" + name + "': unique_profiles takes no dimensions");
        }
        if (windows == null || windows.isEmpty()) {
            throw new IllegalArgumentException("metric '" + name + "' has no windows, as in [1m, 1h, 1d]");
        }
        windows = List.copyOf(windows);
        if (Set.copyOf(windows).size() < windows.size()) {
            throw new IllegalArgumentException("metric '" + name + "' names a window twice");
        }
        windows.forEach(window -> WindowSize.parse(window, ZoneOffset.UTC));
    }
}
