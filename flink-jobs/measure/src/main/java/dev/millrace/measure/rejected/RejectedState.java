package dev.millrace.measure.rejected;

import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * State of {@link RejectedOperator}.
 *
 * <ul>
 *   <li>{@code last-rejected}, by the place of dead letters: the highest offset that was counted. A number each.
 * </ul>
 */
final class RejectedState {
    static final ValueStateDescriptor<Long> LAST = new ValueStateDescriptor<>("last-rejected", Types.LONG);

    private RejectedState() {}
}
