package dev.millrace.core.oracle;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * The key of a row of {@code metric_values}.
 *
 * @param windowSize as the catalogue names it
 * @param windowStartMillis inclusive, milliseconds since the epoch
 * @param windowEndMillis exclusive, milliseconds since the epoch
 * @param dimensions name -> value, null where an event has none; sorted by name
 */
public record Row(
        String metric,
        String windowSize,
        long windowStartMillis,
        long windowEndMillis,
        Map<String, String> dimensions) {
    private static final ObjectMapper JSON = new ObjectMapper();

    public Row {
        dimensions = Collections.unmodifiableSortedMap(new TreeMap<>(dimensions));
    }

    /** The row whose column {@code dimensions} is this JSON object of texts and nulls. */
    public static Row of(String metric, String windowSize, long startMillis, long endMillis, String dimensionsJson) {
        try {
            Map<String, String> dimensions =
                    JSON.readValue(dimensionsJson, new TypeReference<Map<String, String>>() {});
            return new Row(metric, windowSize, startMillis, endMillis, dimensions);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("no dimensions: " + dimensionsJson, e);
        }
    }

    /** The same row of another metric. */
    Row of(String otherMetric) {
        return new Row(otherMetric, windowSize, windowStartMillis, windowEndMillis, dimensions);
    }

    /** This row with one dimension more. */
    Row with(String dimension, String value) {
        Map<String, String> more = new TreeMap<>(dimensions);
        more.put(dimension, value);
        return new Row(metric, windowSize, windowStartMillis, windowEndMillis, more);
    }
}
