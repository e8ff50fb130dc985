package dev.millrace.core.catalogue;

import dev.millrace.core.catalogue.EventValues.Place;
import dev.millrace.core.event.Envelope.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** How one metric reads an event. */
final class EventRule {
    private static final Place[] NOWHERE = {};

    private final Metric metric;
    /** One; of a funnel one a step; of session rows which events make sessions, and which of them are orders. */
    private final Alternative[] alternatives;

    private final Place[][] dimensions;
    private final Place[] page;
    private final Place[] amount;
    private final String[] values;

    /** Events that are something to a metric. */
    private record Alternative(Set<String> types, Set<String> names, Conditions conditions) {
        private static Alternative of(Match match, Function<String, Place> places) {
            return new Alternative(
                    match.types() == null ? null : Set.copyOf(match.types()),
                    match.events() == null ? null : Set.copyOf(match.events()),
                    match.where() == null ? Conditions.NONE : new Conditions(match.where(), places));
        }

        private boolean admits(String type, String name) {
            return (types == null || types.contains(type)) && (names == null || name != null && names.contains(name));
        }
    }

    private EventRule(
            Metric metric, List<Alternative> alternatives, Place[][] dimensions, Place[] page, Place[] amount) {
        this.metric = metric;
        this.alternatives = alternatives.toArray(Alternative[]::new);
        this.dimensions = dimensions;
        this.page = page;
        this.amount = amount;
        values = new String[dimensions.length];
    }

    /** @param places finds the place of a path */
    static EventRule of(Metric metric, MetricDefinition definition, Function<String, Place> places) {
        List<Alternative> alternatives = new ArrayList<>();
        if (definition.steps() == null) {
            alternatives.add(Alternative.of(definition.match() == null ? Match.ALL : definition.match(), places));
        } else {
            definition.steps().forEach(step -> alternatives.add(Alternative.of(step.match(), places)));
        }
        Place[][] dimensions = definition.dimensions().stream()
                .filter(dimension -> !dimension.isLifecycle())
                .map(dimension -> at(dimension.from(), places))
                .toArray(Place[][]::new);
        return new EventRule(metric, alternatives, dimensions, NOWHERE, at(definition.value(), places));
    }

    /** @param places finds the place of a path */
    static EventRule of(Metric metric, SessionRows rows, Function<String, Place> places) {
        Place[] page = at(rows.page(), places);
        Place[][] dimensions =
                rows.origin().stream().map(paths -> at(paths, places)).toArray(Place[][]::new);
        Alternative any = Alternative.of(Match.of(rows.types(), null), places);
        Alternative order = Alternative.of(rows.order(), places);
        return new EventRule(metric, List.of(any, order), dimensions, page, at(rows.revenue(), places));
    }

    private static Place[] at(List<String> paths, Function<String, Place> places) {
        return paths == null ? NOWHERE : paths.stream().map(places).toArray(Place[]::new);
    }

    /** Which alternatives are open to events of that type and name, as bits; 0: they are nothing to the metric. */
    int open(String type, String name) {
        int open = 0;
        for (int i = 0; i < alternatives.length; i++) {
            if (alternatives[i].admits(type, name)) {
                open |= 1 << i;
            }
        }
        return metric.isSessionRows() && (open & 1) == 0 ? 0 : open;
    }

    /** The places that may be asked for, of events to which these alternatives are open. */
    List<Place> places(int open) {
        List<Place> all = new ArrayList<>();
        for (int i = 0; i < alternatives.length; i++) {
            if ((open & 1 << i) != 0) {
                all.addAll(alternatives[i].conditions().places());
            }
        }
        Arrays.stream(dimensions).forEach(places -> all.addAll(Arrays.asList(places)));
        if (!metric.isSessionRows() || (open & 2) != 0) {
            all.addAll(Arrays.asList(amount));
        }
        return all;
    }

    /** Whether all events of one type and name, to which these alternatives are open, are the same to the metric. */
    boolean isFixed(int open) {
        return places(open).stream()
                .map(Place::path)
                .allMatch(path -> path.field() == Field.TYPE || path.field() == Field.EVENT);
    }

    /** What the event is to the metric, if these alternatives are open to it; null: nothing. */
    Hit read(EventValues event, int open) {
        int taken = 0;
        for (int rest = open; rest != 0; rest &= rest - 1) {
            int alternative = Integer.numberOfTrailingZeros(rest);
            if (alternatives[alternative].conditions().hold(event)) {
                taken |= 1 << alternative;
            }
        }
        if (metric.isSessionRows()) {
            return (taken & 1) == 0 ? null : sessionRow(event, (taken & 2) != 0);
        }
        if (taken == 0) {
            return null;
        }
        long micros = 0;
        if (amount.length > 0) {
            micros = event.micros(amount);
            if (micros == Amount.NONE) {
                return null;
            }
        }
        return new Hit(metric, dimensions(event), micros, metric.aggregate() == Aggregate.FUNNEL ? taken : 0, null);
    }

    private Hit sessionRow(EventValues event, boolean order) {
        long micros = order ? event.micros(amount) : 0;
        String itsPage = event.text(page);
        return new Hit(
                metric,
                dimensions(event),
                micros == Amount.NONE ? 0 : micros,
                order ? 1 : 0,
                itsPage == null ? null : DimensionValues.bounded(itsPage));
    }

    private String dimensions(EventValues event) {
        for (int i = 0; i < values.length; i++) {
            values[i] = event.text(dimensions[i]);
        }
        return DimensionValues.text(values);
    }
}
