package dev.millrace.measure.total;

import dev.millrace.core.metric.Total;
import dev.millrace.runtime.binary.BinaryType;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * State of {@link TotalOperator}. The first three are cleared by an event-time timer when the window is past the hot horizon; the
 * rows stay in the store.
 *
 * <ul>
 *   <li>{@code totals}, by metric and window: the rows, by their dimension values.
 *   <li>{@code rows}, by metric and window: how many there are.
 *   <li>{@code folded-from}, by metric and window: how many values a dimension had to have for others to be folded, at the
 *       least; none: nothing was, or by an earlier version.
 *   <li>{@code saved-at}, union of all subtasks: when the checkpoint was taken, by the clock.
 *   <li>{@code hot-since}, {@code passed}: see {@link dev.millrace.measure.EventTime}.
 *   <li>{@code metrics}: see {@link dev.millrace.measure.KeptMetrics}.
 * </ul>
 */
final class TotalState {
    static final MapStateDescriptor<String, Total> TOTALS =
            new MapStateDescriptor<>("totals", Types.STRING, BinaryType.TOTAL);
    static final ValueStateDescriptor<Integer> ROWS = new ValueStateDescriptor<>("rows", Types.INT);
    static final ValueStateDescriptor<Integer> FOLDED_FROM = new ValueStateDescriptor<>("folded-from", Types.INT);

    static final ListStateDescriptor<Long> SAVED_AT = new ListStateDescriptor<>("saved-at", Types.LONG);

    private TotalState() {}
}
