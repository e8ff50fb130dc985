package dev.millrace.core.catalogue;

import java.io.Serializable;
import java.util.List;

/** The metrics that are kept. */
public record Catalogue(List<Metric> metrics) implements Serializable {
    public Catalogue {
        metrics = List.copyOf(metrics);
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
}
