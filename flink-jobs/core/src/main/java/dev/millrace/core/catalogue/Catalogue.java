package dev.millrace.core.catalogue;

import java.io.Serializable;
import java.util.List;
import java.util.Objects;

/** The metrics that are kept. */
public final class Catalogue implements Serializable {
    private final List<Metric> metrics;
    private final long longestGapMillis;

    public Catalogue(List<Metric> metrics) {
        this.metrics = List.copyOf(metrics);
        this.longestGapMillis =
                metrics.stream().mapToLong(Metric::gapMillis).max().orElse(0);
    }

    public List<Metric> metrics() {
        return metrics;
    }

    /** The longest pause in a session of any of them; 0: there are no sessions. */
    public long longestGapMillis() {
        return longestGapMillis;
    }

    /** The metric with that id; null: there is none, or no more. */
    public Metric byId(int id) {
        for (Metric metric : metrics) {
            if (metric.id() == id) {
                return metric;
            }
        }
        return null;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Catalogue that && metrics.equals(that.metrics);
    }

    @Override
    public int hashCode() {
        return Objects.hash(metrics);
    }
}
