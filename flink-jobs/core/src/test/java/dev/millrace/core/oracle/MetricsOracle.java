package dev.millrace.core.oracle;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.core.event.Event;
import dev.millrace.core.oracle.OracleWindows.Window;
import java.math.BigDecimal;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** All rows of {@code metric_values}, and all sessions, from all events at once. */
public final class MetricsOracle {
    private static final String LIFECYCLE = "lifecycle";

    private final List<OracleEvent> events;
    private final ZoneId zone;
    /** Profile -> time of its earliest event of any kind. */
    private final Map<String, Long> earliest = new HashMap<>();

    private final Map<Row, Double> rows = new HashMap<>();

    private MetricsOracle(List<OracleEvent> events, ZoneId zone) {
        this.events = events;
        this.zone = zone;
        events.forEach(event -> earliest.merge(event.profileId(), event.timeMillis(), Math::min));
    }

    /**
     * Row -> value. Rows that would be 0 are not there; dimensions have no cap; metrics of signals have no rows.
     *
     * @param events in any order; each counts
     * @param catalogue the list {@code metrics} of the configuration
     * @param zone of metrics that name none
     */
    public static Map<Row, Double> rows(List<OracleEvent> events, JsonNode catalogue, ZoneId zone) {
        MetricsOracle oracle = new MetricsOracle(events, zone);
        for (JsonNode metric : catalogue) {
            if (!metric.path("match").has("signals")) {
                oracle.measure(metric);
            }
        }
        return oracle.rows;
    }

    /**
     * The sessions of all profiles, by profile and start. Texts are bounded like the values of dimensions.
     *
     * @param events in any order; each counts
     * @param options {@code gap}, {@code types}, {@code page}, {@code campaign}, {@code order}, {@code revenue}; each of
     *     them may be missing, and so may all (null)
     */
    public static List<SessionOracleRow> sessions(List<OracleEvent> events, JsonNode options) {
        return OracleSession.rows(events, options);
    }

    private void measure(JsonNode metric) {
        String name = metric.required("name").asText();
        JsonNode value = metric.path("value");
        List<OracleEvent> matching = events.stream()
                .filter(event -> OracleMatch.matches(event.event(), metric.path("match")))
                .toList();
        switch (metric.required("aggregate").asText()) {
            case "count" -> put(name, byRow(metric, matching), List::size);
            case "sum" -> put(name, byRow(metric, withAmount(matching, value)), cell -> sum(cell, value));
            case "average" -> put(
                    name, byRow(metric, withAmount(matching, value)), cell -> sum(cell, value) / cell.size());
            case "unique_profiles" -> put(name, byRow(metric, matching), MetricsOracle::profiles);
            case "new_profiles" -> put(name, byRow(metric, firstEvents()), MetricsOracle::profiles);
            case "sessions" -> measureSessions(metric, name, matching);
            case "funnel" -> measureFunnel(metric, name, matching);
            default -> throw new IllegalArgumentException("no aggregate: " + metric.get("aggregate"));
        }
    }

    private void measureSessions(JsonNode metric, String name, List<OracleEvent> matching) {
        long gapMillis = OracleTime.millis(metric.path("gap").asText(OracleSession.DEFAULT_GAP));
        Map<Row, List<OracleSession>> cells = new HashMap<>();
        for (OracleSession session : OracleSession.of(matching, gapMillis)) {
            List<String> values = session.first(event -> values(metric, event.event()));
            for (Row row : rowsOf(metric, session.events().get(0), values)) {
                cells.computeIfAbsent(row, any -> new ArrayList<>()).add(session);
            }
        }
        put(name, cells, List::size);
        put(name + "_length_seconds", cells, cell -> {
            long millis = cell.stream()
                    .mapToLong(session -> session.endMillis() - session.startMillis())
                    .sum();
            return millis / 1000.0 / cell.size();
        });
        put(name + "_bounce_rate", cells, cell -> {
            long bounces = cell.stream()
                    .filter(session -> session.events().size() == 1)
                    .count();
            return bounces / (double) cell.size();
        });
    }

    private void measureFunnel(JsonNode metric, String name, List<OracleEvent> matching) {
        JsonNode steps = metric.required("steps");
        long withinMillis = OracleTime.millis(metric.required("within").asText());
        // Row without step -> profile -> the furthest step it reached, from 1.
        Map<Row, Map<String, Integer>> cells = new HashMap<>();
        for (OracleEvent first : matching) {
            int reached = reached(first, matching, steps, withinMillis);
            if (reached > 0) {
                for (Row row : rowsOf(metric, first, values(metric, first.event()))) {
                    cells.computeIfAbsent(row, any -> new HashMap<>()).merge(first.profileId(), reached, Math::max);
                }
            }
        }
        cells.forEach((row, furthest) -> {
            for (int i = 1; i <= steps.size(); i++) {
                int step = i;
                String label = step + " " + steps.get(step - 1).required("name").asText();
                Row labelled = row.with("step", label);
                long reached =
                        furthest.values().stream().filter(last -> last >= step).count();
                put(labelled.of(name + "_reached"), reached);
                if (step < steps.size()) {
                    long abandoned = furthest.values().stream()
                            .filter(last -> last == step)
                            .count();
                    put(labelled.of(name + "_abandoned"), abandoned);
                }
            }
        });
    }

    /** The last step of the longest chain that begins with this event; 0: it is not the first step. */
    private static int reached(OracleEvent first, List<OracleEvent> all, JsonNode steps, long withinMillis) {
        if (!isStep(first, steps.get(0))) {
            return 0;
        }
        long at = first.timeMillis();
        for (int step = 1; step < steps.size(); step++) {
            // The earliest one will do: what may follow a later one may follow it as well.
            JsonNode next = steps.get(step);
            long from = at;
            long to = first.timeMillis() + withinMillis;
            Optional<Long> earliestNext = all.stream()
                    .filter(event -> event.profileId().equals(first.profileId()))
                    .filter(event -> isStep(event, next))
                    .map(OracleEvent::timeMillis)
                    .filter(time -> time >= from && time <= to)
                    .min(Comparator.naturalOrder());
            if (earliestNext.isEmpty()) {
                return step;
            }
            at = earliestNext.get();
        }
        return steps.size();
    }

    private static boolean isStep(OracleEvent event, JsonNode step) {
        return OracleMatch.matches(event.event(), step.path("match"));
    }

    /** Of each profile an event that none of it is before. */
    private List<OracleEvent> firstEvents() {
        Map<String, OracleEvent> firsts = new HashMap<>();
        for (OracleEvent event : events) {
            if (event.timeMillis() == earliest.get(event.profileId())) {
                firsts.put(event.profileId(), event);
            }
        }
        return List.copyOf(firsts.values());
    }

    private static List<OracleEvent> withAmount(List<OracleEvent> matching, JsonNode value) {
        return matching.stream()
                .filter(event -> OracleValues.amount(event.event(), value).isPresent())
                .toList();
    }

    private static double sum(List<OracleEvent> cell, JsonNode value) {
        return cell.stream()
                .map(event -> OracleValues.amount(event.event(), value).orElseThrow())
                .reduce(BigDecimal.ZERO, BigDecimal::add)
                .doubleValue();
    }

    private static double profiles(List<OracleEvent> cell) {
        return cell.stream().map(OracleEvent::profileId).distinct().count();
    }

    private Map<Row, List<OracleEvent>> byRow(JsonNode metric, List<OracleEvent> counted) {
        Map<Row, List<OracleEvent>> cells = new HashMap<>();
        for (OracleEvent event : counted) {
            for (Row row : rowsOf(metric, event, values(metric, event.event()))) {
                cells.computeIfAbsent(row, any -> new ArrayList<>()).add(event);
            }
        }
        return cells;
    }

    /** The rows of all windows that contain the event's minute, with these values of the dimensions. */
    private List<Row> rowsOf(JsonNode metric, OracleEvent event, List<String> values) {
        ZoneId zoneOfMetric =
                metric.has("time_zone") ? ZoneId.of(metric.get("time_zone").asText()) : zone;
        List<Row> all = new ArrayList<>();
        for (JsonNode size : metric.required("windows")) {
            OracleWindows windows = OracleWindows.of(size.asText(), zoneOfMetric);
            for (Window window : windows.containing(event.timeMillis())) {
                boolean isNew = earliest.get(event.profileId()) >= window.startMillis();
                Map<String, String> dimensions = new HashMap<>();
                int at = 0;
                for (JsonNode dimension : metric.path("dimensions")) {
                    if (dimension.asText().equals(LIFECYCLE)) {
                        dimensions.put(LIFECYCLE, isNew ? "new" : "returning");
                    } else {
                        dimensions.put(name(dimension), values.get(at++));
                    }
                }
                all.add(new Row(
                        metric.get("name").asText(),
                        size.asText(),
                        window.startMillis(),
                        window.endMillis(),
                        dimensions));
            }
        }
        return all;
    }

    /** The event's values of the metric's dimensions but {@code lifecycle}, in their order. */
    private static List<String> values(JsonNode metric, Event event) {
        List<String> values = new ArrayList<>();
        for (JsonNode dimension : metric.path("dimensions")) {
            if (!dimension.asText().equals(LIFECYCLE)) {
                values.add(OracleValues.text(event, dimension.isObject() ? dimension.required("from") : dimension));
            }
        }
        return values;
    }

    private static String name(JsonNode dimension) {
        return dimension.isObject() ? dimension.required("name").asText() : dimension.asText();
    }

    private <T> void put(String name, Map<Row, List<T>> cells, ToDoubleFunction<List<T>> value) {
        cells.forEach((row, cell) -> put(row.of(name), value.applyAsDouble(cell)));
    }

    private void put(Row row, double value) {
        if (value != 0) {
            rows.put(row, value);
        }
    }
}
