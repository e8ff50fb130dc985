package dev.millrace.measure;

import dev.millrace.core.catalogue.Metric;
import dev.millrace.core.catalogue.MetricDefinition;
import dev.millrace.core.catalogue.ReadableCatalogue;
import dev.millrace.core.catalogue.WindowSize;
import dev.millrace.core.metric.MetricRows;
import dev.millrace.core.store.MetricDescription;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the store is told of the metrics, so that whoever reads them knows what they are. */
final class Descriptions {
    private Descriptions() {}

    static List<MetricDescription> of(ReadableCatalogue catalogue, String timeZone) {
        List<MetricDescription> descriptions = new ArrayList<>();
        for (int i = 0; i < catalogue.definitions().size(); i++) {
            MetricDefinition definition = catalogue.definitions().get(i);
            Metric metric = catalogue.catalogue().metrics().get(i);
            for (String name : MetricRows.names(metric)) {
                descriptions.add(new MetricDescription(
                        name,
                        definition.description(),
                        definition.owner(),
                        metric.aggregate().name().toLowerCase(Locale.ROOT),
                        metric.windows().stream().map(WindowSize::text).toList(),
                        MetricRows.dimensions(metric),
                        definition.timeZone() == null ? timeZone : definition.timeZone(),
                        metric.settlesMillis(),
                        metric.arrivals()));
            }
        }
        return descriptions;
    }
}
