package dev.millrace.core.catalogue;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes metrics of their definitions. */
public final class Catalogues {
    /** Dimensions of the rows of {@code sessions}. */
    public static final List<String> SESSION_ROW_DIMENSIONS = List.of("source", "campaign", "page");

    private Catalogues() {}

    /**
     * The catalogue of these metrics. Throws {@link RefusedMetricException} where two can't be in one.
     *
     * @param sessionRows null: sessions are not kept as rows
     * @param zone whose midnight windows are aligned to, where a metric says nothing
     */
    public static ReadableCatalogue of(List<MetricDefinition> definitions, SessionRows sessionRows, ZoneId zone) {
        List<Metric> metrics = new ArrayList<>();
        Map<String, String> outputs = new HashMap<>();
        Map<Integer, String> ids = new HashMap<>();
        Map<String, MetricDefinition> names = new HashMap<>();
        for (MetricDefinition definition : definitions) {
            String name = definition.name();
            if (names.put(name, definition) != null) {
                throw new RefusedMetricException(name, "there are two of that name; give one another name");
            }
            for (String output : definition.outputs()) {
                String other = outputs.put(output, name);
                if (other != null) {
                    throw new RefusedMetricException(
                            name,
                            "it is written as '" + output + "', and so is metric '" + other
                                    + "'; give one another name");
                }
            }
            add(metric(definition, zone), metrics, ids);
        }
        if (sessionRows != null) {
            add(metric(sessionRows), metrics, ids);
        }
        return new ReadableCatalogue(new Catalogue(metrics), definitions, sessionRows);
    }

    private static void add(Metric metric, List<Metric> metrics, Map<Integer, String> ids) {
        String other = ids.put(metric.id(), metric.name());
        if (other != null) {
            throw new RefusedMetricException(
                    metric.name(),
                    "state would take it for metric '" + other
                            + "', since by chance their hashes are the same; give one" + " another name");
        }
        metrics.add(metric);
    }

    private static Metric metric(MetricDefinition definition, ZoneId byDefault) {
        ZoneId zone = definition.timeZone() == null ? byDefault : TimeZones.of(definition.timeZone());
        List<DimensionDefinition> dimensions = definition.dimensions();
        boolean lifecycle = dimensions.stream().anyMatch(DimensionDefinition::isLifecycle);
        List<String> steps = new ArrayList<>();
        for (FunnelStep step : definition.steps() == null ? List.<FunnelStep>of() : definition.steps()) {
            steps.add(steps.size() + 1 + " " + step.name());
        }
        return new Metric(
                MetricId.of(definition, zone),
                definition.name(),
                definition.aggregate(),
                definition.isOfSignals(),
                definition.windows().stream()
                        .map(window -> WindowSize.parse(window, zone))
                        .toList(),
                dimensions.stream()
                        .filter(dimension -> !dimension.isLifecycle())
                        .map(DimensionDefinition::name)
                        .toList(),
                lifecycle,
                definition.maxValues(),
                definition.gap() == null ? 0 : definition.gap().toMillis(),
                List.copyOf(steps),
                definition.within() == null ? 0 : definition.within().toMillis());
    }

    private static Metric metric(SessionRows rows) {
        return new Metric(
                MetricId.of(rows),
                Metric.SESSION_ROWS,
                Aggregate.SESSIONS,
                false,
                List.of(),
                SESSION_ROW_DIMENSIONS,
                false,
                MetricDefinition.DEFAULT_MAX_VALUES,
                rows.gap().toMillis(),
                List.of(),
                0);
    }
}
