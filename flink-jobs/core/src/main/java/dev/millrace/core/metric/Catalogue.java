package dev.millrace.core.metric;

import java.io.Serializable;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/** The metrics with their windows worked out: one entry a metric and window size. */
public record Catalogue(List<Entry> counts, List<Entry> uniques) implements Serializable {

    /** One metric in one window size. */
    public record Entry(String metric, List<String> dimensions, WindowSize window) implements Serializable {}

    /** The catalogue of these metrics, windows aligned to a zone. */
    public static Catalogue of(List<MetricDefinition> metrics, ZoneId zone) {
        List<Entry> counts = new ArrayList<>();
        List<Entry> uniques = new ArrayList<>();
        for (MetricDefinition metric : metrics) {
            for (String window : metric.windows()) {
                Entry entry = new Entry(metric.name(), metric.dimensions(), WindowSize.parse(window, zone));
                switch (metric.aggregate()) {
                    case COUNT -> counts.add(entry);
                    case UNIQUE_PROFILES -> uniques.add(entry);
                }
            }
        }
        return new Catalogue(List.copyOf(counts), List.copyOf(uniques));
    }
}
