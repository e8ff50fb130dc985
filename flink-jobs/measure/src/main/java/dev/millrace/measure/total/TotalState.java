package dev.millrace.measure.total;

import dev.millrace.core.metric.Total;
import org.apache.flink.api.common.state.ValueStateDescriptor;

/**
 * State of {@link TotalFunction}.
 *
 * <ul>
 *   <li>{@code total}, by metric, window and dimensions: the row. Cleared by an event-time timer when the window is past
 *       the hot horizon; the row stays in the store.
 * </ul>
 */
final class TotalState {
    static final ValueStateDescriptor<Total> TOTAL = new ValueStateDescriptor<>("total", Total.class);

    private TotalState() {}
}
