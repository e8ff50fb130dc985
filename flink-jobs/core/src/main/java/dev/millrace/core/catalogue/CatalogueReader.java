package dev.millrace.core.catalogue;

import dev.millrace.core.catalogue.EventValues.Place;
import dev.millrace.core.catalogue.EventValues.Places;
import dev.millrace.core.event.Envelope;
import dev.millrace.core.event.Envelope.Field;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Says what events and signals are to the metrics of a catalogue. Not for use by several threads.
 *
 * <p>An event's type and name mostly decide which metrics it may be something to, and often all of what it is to them:
 * so that is worked out once for each type and name. What is left is read from the event's bytes.
 */
public final class CatalogueReader {
    /** So many reasons of a signal are remembered. */
    private static final int MOST_REASONS = 100;

    private final List<EventRule> rules = new ArrayList<>();
    private final List<SignalRule> signals = new ArrayList<>();
    private final Map<String, Place> places = new HashMap<>();
    private final EventValues values = new EventValues();
    private final EventKinds<Kind> kinds = new EventKinds<>(this::kind);
    /** By which alternatives of each rule are open. */
    private final Map<List<Integer>, Plan> plans = new HashMap<>();
    /** By signal and reason. */
    private final List<Map<String, Hit[]>> signalled = new ArrayList<>();

    private int unreadable;

    /**
     * How events are read to which the same alternatives are open.
     *
     * @param open of each rule: its alternatives, as bits
     */
    private record Plan(EventRule[] rules, int[] open, Places places) {}

    /**
     * Events of one type and name.
     *
     * @param fixed what they are to the metric of each rule of the plan; null where they have to be read
     */
    private record Kind(Plan plan, Hit[] fixed) {}

    private record SignalRule(Metric metric, List<Signal> signals) {
        private Hit read(Signal signal, String reason) {
            String[] values = metric.dimensions().stream()
                    .map(name -> name.equals(DimensionDefinition.SIGNAL)
                            ? signal.name().toLowerCase(Locale.ROOT)
                            : reason)
                    .toArray(String[]::new);
            return new Hit(metric, DimensionValues.text(values), 0, 0, null);
        }
    }

    CatalogueReader(ReadableCatalogue readable) {
        List<Metric> metrics = readable.catalogue().metrics();
        for (int i = 0; i < readable.definitions().size(); i++) {
            MetricDefinition definition = readable.definitions().get(i);
            if (definition.isOfSignals()) {
                signals.add(new SignalRule(metrics.get(i), definition.match().signals()));
            } else if (definition.aggregate() != Aggregate.NEW_PROFILES) {
                rules.add(EventRule.of(metrics.get(i), definition, this::place));
            }
        }
        if (readable.sessionRows() != null) {
            rules.add(EventRule.of(metrics.get(metrics.size() - 1), readable.sessionRows(), this::place));
        }
        for (int i = 0; i < Signal.values().length; i++) {
            signalled.add(new HashMap<>());
        }
    }

    private Place place(String path) {
        return places.computeIfAbsent(path, any -> new Place(Entries.path(any)));
    }

    /**
     * Says what an event is to each metric, one hit a metric at most. To {@code new_profiles} and metrics of signals it is
     * nothing.
     *
     * @param eventTimeMillis when it happened
     */
    public void read(Envelope event, long eventTimeMillis, Hits hits) {
        Kind kind = kinds.of(event);
        Plan plan = kind.plan;
        values.begin(event, plan.places);
        for (int i = 0; i < plan.rules.length; i++) {
            Hit hit = kind.fixed[i] == null ? plan.rules[i].read(values, plan.open[i]) : kind.fixed[i];
            if (hit != null) {
                hits.add(hit);
            }
        }
        unreadable = values.unreadable();
    }

    /** How many fields of the last event should have been looked into, but are no JSON: what is in them is as if absent. */
    public int unreadable() {
        return unreadable;
    }

    /**
     * Says what a signal is to each metric of signals.
     *
     * @param reason why a record was rejected; else null
     */
    public void signal(Signal signal, String reason, Hits hits) {
        Map<String, Hit[]> ofSignal = signalled.get(signal.ordinal());
        Hit[] itsHits = ofSignal.get(reason);
        if (itsHits == null) {
            itsHits = signals.stream()
                    .filter(rule -> rule.signals().contains(signal))
                    .map(rule -> rule.read(signal, reason))
                    .toArray(Hit[]::new);
            if (ofSignal.size() < MOST_REASONS) {
                ofSignal.put(reason, itsHits);
            }
        }
        for (Hit hit : itsHits) {
            hits.add(hit);
        }
    }

    private Kind kind(Envelope event) {
        String type = event.text(Field.TYPE);
        String name = event.text(Field.EVENT);
        List<Integer> open = rules.stream().map(rule -> rule.open(type, name)).toList();
        Plan plan = plans.computeIfAbsent(open, this::plan);
        Hit[] fixed = new Hit[plan.rules.length];
        values.begin(event, plan.places);
        for (int i = 0; i < fixed.length; i++) {
            if (plan.rules[i].isFixed(plan.open[i])) {
                fixed[i] = plan.rules[i].read(values, plan.open[i]);
            }
        }
        return new Kind(plan, fixed);
    }

    private Plan plan(List<Integer> open) {
        List<EventRule> itsRules = new ArrayList<>();
        List<Integer> itsOpen = new ArrayList<>();
        Set<Place> itsPlaces = new LinkedHashSet<>();
        for (int i = 0; i < open.size(); i++) {
            if (open.get(i) != 0) {
                itsRules.add(rules.get(i));
                itsOpen.add(open.get(i));
                itsPlaces.addAll(rules.get(i).places(open.get(i)));
            }
        }
        return new Plan(
                itsRules.toArray(EventRule[]::new),
                itsOpen.stream().mapToInt(Integer::intValue).toArray(),
                new Places(itsPlaces));
    }
}
