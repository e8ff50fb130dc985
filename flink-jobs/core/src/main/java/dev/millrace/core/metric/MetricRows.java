package dev.millrace.core.metric;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.millrace.core.catalogue.DimensionValues;
import dev.millrace.core.catalogue.Metric;
import dev.millrace.core.catalogue.WindowSize;
import dev.millrace.core.store.MetricRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** The rows of {@code metric_values} that a total is written as. */
public final class MetricRows {
    /** Suffixes of the names of metrics that are several. */
    public static final String LENGTH = "_length_seconds";

    public static final String BOUNCE_RATE = "_bounce_rate";
    public static final String REACHED = "_reached";
    public static final String ABANDONED = "_abandoned";
    private static final JsonMapper JSON = new JsonMapper();
    private static final String LIFECYCLE = "lifecycle";
    private static final String STEP = "step";
    private static final double MILLIS_PER_SECOND = 1000.0;

    private MetricRows() {}

    /** The names that a metric's rows have. */
    public static List<String> names(Metric metric) {
        return switch (metric.aggregate()) {
            case SESSIONS -> List.of(metric.name(), metric.name() + LENGTH, metric.name() + BOUNCE_RATE);
            case FUNNEL -> List.of(metric.name() + REACHED, metric.name() + ABANDONED);
            default -> List.of(metric.name());
        };
    }

    /** The names of the dimensions that a metric's rows have. */
    public static List<String> dimensions(Metric metric) {
        List<String> names = new ArrayList<>(metric.dimensions());
        if (metric.lifecycle()) {
            names.add(LIFECYCLE);
        }
        if (!metric.steps().isEmpty()) {
            names.add(STEP);
        }
        return names;
    }

    /** Whether a row of the store is one that the metric, as it is now, could have written. */
    public static boolean isOf(
            Metric metric, String name, String window, long startMillis, long endMillis, String dimensions) {
        if (!names(metric).contains(name) || !byName(dimensions).keySet().equals(Set.copyOf(dimensions(metric)))) {
            return false;
        }
        for (WindowSize size : metric.windows()) {
            if (size.text().equals(window)
                    && size.covering(startMillis).contains(new WindowSize.Window(startMillis, endMillis))) {
                return true;
            }
        }
        return false;
    }

    /** The dimension values that a total is known by which has a row with these: a JSON object. */
    public static String values(Metric metric, String dimensions) {
        Map<String, String> byName = byName(dimensions);
        return DimensionValues.text(dimensions(metric).stream()
                .filter(name -> metric.steps().isEmpty() || !name.equals(STEP))
                .map(byName::get)
                .toArray(String[]::new));
    }

    private static Map<String, String> byName(String dimensions) {
        try {
            return JSON.readValue(dimensions, new TypeReference<>() {});
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("no dimensions: " + dimensions, e);
        }
    }

    /**
     * Writes a total.
     *
     * @param corrected whether it has changed after its window was complete
     */
    public static void write(
            Metric metric,
            TotalKey key,
            String dimensions,
            Total total,
            long nowMillis,
            boolean corrected,
            Consumer<MetricRow> out) {
        total.write(nowMillis, corrected);
        long[] amounts = total.amounts;
        String[] values = DimensionValues.parse(dimensions);
        List<String> names = dimensions(metric);
        Row row = new Row(key, total, nowMillis, out);
        switch (metric.aggregate()) {
            case COUNT, UNIQUE_PROFILES, NEW_PROFILES -> row.write(
                    metric.name(), DimensionValues.object(names, values), amounts[0]);
            case SUM -> row.write(metric.name(), DimensionValues.object(names, values), Amounts.sum(amounts));
            case AVERAGE -> row.write(
                    metric.name(), DimensionValues.object(names, values), by(Amounts.sum(amounts), amounts[0]));
            case SESSIONS -> {
                String object = DimensionValues.object(names, values);
                row.write(metric.name(), object, amounts[0]);
                row.write(metric.name() + LENGTH, object, by(amounts[1] / MILLIS_PER_SECOND, amounts[0]));
                row.write(metric.name() + BOUNCE_RATE, object, by(amounts[2], amounts[0]));
            }
            case FUNNEL -> {
                String[] withStep = Arrays.copyOf(values, values.length + 1);
                for (int i = 0; i < amounts.length; i++) {
                    withStep[values.length] = metric.steps().get(i);
                    String object = DimensionValues.object(names, withStep);
                    row.write(metric.name() + REACHED, object, amounts[i]);
                    if (i + 1 < amounts.length) {
                        row.write(metric.name() + ABANDONED, object, amounts[i] - amounts[i + 1]);
                    }
                }
            }
        }
    }

    private static double by(double sum, long number) {
        return number == 0 ? 0 : sum / number;
    }

    private record Row(TotalKey key, Total total, long nowMillis, Consumer<MetricRow> out) {
        void write(String name, String dimensions, double value) {
            out.accept(new MetricRow(
                    name,
                    key.window(),
                    key.startMillis(),
                    key.endMillis(),
                    dimensions,
                    value,
                    total.revision,
                    nowMillis,
                    total.correctedAtMillis == Total.NEVER ? null : total.correctedAtMillis));
        }
    }
}
