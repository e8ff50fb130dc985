package dev.millrace.runtime.binary;

import dev.millrace.core.catalogue.Aggregate;
import dev.millrace.core.catalogue.Catalogues;
import dev.millrace.core.catalogue.Condition;
import dev.millrace.core.catalogue.DimensionDefinition;
import dev.millrace.core.catalogue.FunnelStep;
import dev.millrace.core.catalogue.Match;
import dev.millrace.core.catalogue.Metric;
import dev.millrace.core.catalogue.MetricDefinition;
import dev.millrace.core.catalogue.ReadableCatalogue;
import dev.millrace.core.catalogue.SessionRows;
import java.time.ZoneOffset;
import java.util.List;

/** A metric of each kind, and rows of sessions. */
public final class TestCatalogue {
    /** As the jobs have it. */
    public static final ReadableCatalogue READABLE = Catalogues.of(
            List.of(
                    metric("events", Aggregate.COUNT, null, null, "source"),
                    metric(
                            "priced",
                            Aggregate.COUNT,
                            where(Condition.exists("properties.price")),
                            null,
                            "type",
                            "event"),
                    metric("revenue", Aggregate.SUM, named("Bought"), "properties.price", "source"),
                    metric("basket", Aggregate.AVERAGE, named("Bought"), "properties.price"),
                    metric("visitors", Aggregate.UNIQUE_PROFILES, null, null, "source", "lifecycle"),
                    metric("newcomers", Aggregate.NEW_PROFILES, null, null),
                    metric("visits", Aggregate.SESSIONS, Match.of(List.of("track", "page"), null), null, "source"),
                    funnel()),
            SessionRows.DEFAULT,
            ZoneOffset.UTC);

    private TestCatalogue() {}

    /** The metric of that name. */
    public static Metric metric(String name) {
        return READABLE.catalogue().metrics().stream()
                .filter(metric -> metric.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static MetricDefinition metric(
            String name, Aggregate aggregate, Match match, String value, String... dimensions) {
        List<String> values = value == null ? null : List.of(value);
        List<DimensionDefinition> by =
                List.of(dimensions).stream().map(DimensionDefinition::of).toList();
        return new MetricDefinition(
                name, null, null, match, aggregate, values, List.of("1h", "5m/1m"), null, by, null, null, null, null);
    }

    private static MetricDefinition funnel() {
        List<FunnelStep> steps =
                List.of(new FunnelStep("viewed", named("Viewed")), new FunnelStep("bought", named("Bought")));
        return new MetricDefinition(
                "buying",
                null,
                null,
                null,
                Aggregate.FUNNEL,
                null,
                List.of("1d"),
                null,
                List.of(DimensionDefinition.of("source")),
                null,
                null,
                steps,
                null);
    }

    private static Match named(String event) {
        return Match.of(List.of("track"), List.of(event));
    }

    private static Match where(Condition condition) {
        return new Match(null, null, List.of(condition), null);
    }
}
