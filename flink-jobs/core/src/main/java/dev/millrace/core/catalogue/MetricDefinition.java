package dev.millrace.core.catalogue;

import com.fasterxml.jackson.annotation.JsonFormat;
import java.io.Serializable;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * A metric as the configuration defines it. Throws {@link RefusedMetricException} where it can't be kept.
 *
 * @param name as it stands in {@code metric_values}: lower case, digits and underscores
 * @param description what it says, for who reads it; may be null
 * @param owner whom to ask about it; may be null
 * @param match which events count, or which signals; null: all events. Of a funnel its steps say it
 * @param aggregate what it makes of them
 * @param value sum and average: where events have the number; the first place that has one counts. Else null
 * @param windows texts of window sizes, as {@link WindowSize} has them
 * @param timeZone whose midnight windows are aligned to; null: that of the catalogue
 * @param dimensions by what it is broken down
 * @param maxValues of each dimension in a window (default 10000); what comes beyond goes under {@code (other)}
 * @param gap sessions: one ends where the next event is further away (default 30m). Else null
 * @param steps funnel: from the first to the last. Else null
 * @param within funnel: how long after the first step the others count (default 1d). Else null
 */
public record MetricDefinition(
        String name,
        String description,
        String owner,
        Match match,
        Aggregate aggregate,
        @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> value,
        @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> windows,
        String timeZone,
        @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<DimensionDefinition> dimensions,
        Integer maxValues,
        Duration gap,
        List<FunnelStep> steps,
        Duration within)
        implements Serializable {
    /** Values of a dimension in a window, where nothing else is said. */
    public static final int DEFAULT_MAX_VALUES = 10_000;
    /** The most that may be said. */
    public static final int MOST_VALUES = 1_000_000;
    /** A funnel has no more steps: they are bits of an int. */
    public static final int MOST_STEPS = 31;

    static final Duration DEFAULT_GAP = Duration.ofMinutes(30);
    private static final Duration DEFAULT_WITHIN = Duration.ofDays(1);
    /** More than that would reach beyond what is remembered of a window that still changes. */
    private static final Duration LONGEST = Duration.ofDays(1);

    public MetricDefinition {
        if (!Entries.isName(name)) {
            throw new RefusedMetricException(
                    name, "its name must be lower-case letters, digits and underscores, starting with a letter");
        }
        if (aggregate == null) {
            throw new RefusedMetricException(
                    name,
                    "it has no aggregate; give one of count, sum, average, unique_profiles, new_profiles, sessions and"
                            + " funnel");
        }
        try {
            requireFitting(aggregate, match, value, gap, steps, within);
            if (aggregate == Aggregate.SESSIONS) {
                gap = span(gap, DEFAULT_GAP, "gap");
            }
            if (aggregate == Aggregate.FUNNEL) {
                within = span(within, DEFAULT_WITHIN, "within");
            }
            value = Entries.paths(value, "value");
            if (windows == null) {
                throw new IllegalArgumentException("it has no windows; give some, as in [1m, 1h, 1d]");
            }
            windows = Entries.distinct(windows, "windows");
            windows.forEach(window -> WindowSize.parse(window, ZoneOffset.UTC));
            if (timeZone != null) {
                TimeZones.of(timeZone);
            }
            dimensions =
                    dimensions == null || dimensions.isEmpty() ? List.of() : Entries.distinct(dimensions, "dimensions");
            requireFitting(aggregate, match, dimensions);
            maxValues = maxValues == null ? DEFAULT_MAX_VALUES : maxValues;
            if (maxValues < 1 || maxValues > MOST_VALUES) {
                throw new IllegalArgumentException(
                        "'max_values' must be from 1 to 1,000,000, but is " + maxValues + "; leave it out for 10,000");
            }
            if (steps != null) {
                requireNoNulls(steps);
                steps = List.copyOf(steps);
            }
        } catch (IllegalArgumentException e) {
            throw new RefusedMetricException(name, e.getMessage(), e);
        }
    }

    /** Names that stand in {@code metric_values}: a metric of sessions has three, a funnel two. */
    public Set<String> outputs() {
        return switch (aggregate) {
            case COUNT, SUM, AVERAGE, UNIQUE_PROFILES, NEW_PROFILES -> Set.of(name);
            case SESSIONS -> Set.of(name, name + "_length_seconds", name + "_bounce_rate");
            case FUNNEL -> Set.of(name + "_reached", name + "_abandoned");
        };
    }

    /** Whether it is of signals, not of events. */
    boolean isOfSignals() {
        return match != null && match.signals() != null;
    }

    private static void requireFitting(
            Aggregate aggregate,
            Match match,
            List<String> value,
            Duration gap,
            List<FunnelStep> steps,
            Duration within) {
        boolean amounts = aggregate == Aggregate.SUM || aggregate == Aggregate.AVERAGE;
        if (amounts && (value == null || value.isEmpty())) {
            throw new IllegalArgumentException(
                    "it has no 'value', which says what is added up, as in properties.total");
        }
        requireOnlyFor(amounts, value, "value", "sum and average");
        requireOnlyFor(aggregate == Aggregate.SESSIONS, gap, "gap", "sessions");
        requireOnlyFor(aggregate == Aggregate.FUNNEL, steps, "steps", "funnel");
        requireOnlyFor(aggregate == Aggregate.FUNNEL, within, "within", "funnel");
        if (aggregate == Aggregate.FUNNEL && (steps == null || steps.size() < 2 || steps.size() > MOST_STEPS)) {
            throw new IllegalArgumentException(
                    "a funnel has 2 to " + MOST_STEPS + " 'steps', but this one " + (steps == null ? 0 : steps.size())
                            + "; a step is {name: viewed, match: {events: [Product Viewed]}}");
        }
        if (match == null) {
            return;
        }
        if (match.isEmpty()) {
            throw new IllegalArgumentException(
                    "its 'match' says nothing; leave it out to match all events, or give types, events or where");
        }
        if (aggregate == Aggregate.FUNNEL) {
            throw new IllegalArgumentException("each of a funnel's steps has a 'match'; move this one into them");
        }
        if (aggregate == Aggregate.NEW_PROFILES) {
            throw new IllegalArgumentException(
                    "new_profiles are those whose first event, whichever it is, lies in the window; leave out 'match'");
        }
        if (match.signals() != null && aggregate != Aggregate.COUNT) {
            throw new IllegalArgumentException(
                    "signals can only be counted; make the aggregate count, or leave out" + " 'signals'");
        }
    }

    private static void requireFitting(Aggregate aggregate, Match match, List<DimensionDefinition> dimensions) {
        Set<String> names = new TreeSet<>();
        boolean signals = match != null && match.signals() != null;
        for (DimensionDefinition dimension : dimensions) {
            String name = dimension.name();
            if (!names.add(name)) {
                throw new IllegalArgumentException(
                        "'dimensions' has '" + name + "' twice; remove one or give it another name");
            }
            if (aggregate == Aggregate.FUNNEL && name.equals(DimensionDefinition.STEP)) {
                throw new IllegalArgumentException(
                        "a funnel has a dimension 'step' by itself; give the other one another name");
            }
            if (signals && !dimension.isOfSignals()) {
                throw new IllegalArgumentException(
                        "signals have no dimension '" + name + "'; they have 'signal' and 'reason'");
            }
            if (!signals && dimension.isOfSignals()) {
                throw new IllegalArgumentException("only signals have the dimension '" + name
                        + "'; say where events have it, as in {name: " + name + ", from: properties." + name + "}");
            }
            if (dimension.isLifecycle()) {
                requireLifecycle(aggregate, dimensions);
            }
        }
        if (aggregate == Aggregate.NEW_PROFILES && !dimensions.isEmpty()) {
            throw new IllegalArgumentException("new_profiles are no events, which dimensions are of; leave them out");
        }
    }

    private static void requireLifecycle(Aggregate aggregate, List<DimensionDefinition> dimensions) {
        if (aggregate != Aggregate.UNIQUE_PROFILES && aggregate != Aggregate.SESSIONS) {
            throw new IllegalArgumentException(
                    "the dimension 'lifecycle' is for unique_profiles and sessions; remove it");
        }
        if (!dimensions.get(dimensions.size() - 1).isLifecycle()) {
            throw new IllegalArgumentException("the dimension 'lifecycle' must be the last; move it there");
        }
    }

    private static void requireOnlyFor(boolean taken, Object given, String key, String aggregates) {
        if (!taken && given != null) {
            throw new IllegalArgumentException("'" + key + "' is for " + aggregates + "; leave it out");
        }
    }

    private static void requireNoNulls(List<FunnelStep> steps) {
        if (steps.stream().anyMatch(Objects::isNull)) {
            throw new IllegalArgumentException("'steps' has an entry that says nothing; remove it");
        }
    }

    /** A span of time, checked. Throws IllegalArgumentException with a sentence. */
    static Duration span(Duration given, Duration byDefault, String key) {
        if (given == null) {
            return byDefault;
        }
        if (given.isZero() || given.isNegative() || given.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("'" + key + "' must be above zero and at most 1d");
        }
        return given;
    }
}
