package dev.millrace.measure.attribute;

import dev.millrace.core.metric.Day;
import dev.millrace.runtime.binary.BinaryType;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * State of {@link AttributeOperator}.
 *
 * <ul>
 *   <li>{@code profile}, by profile, a {@link dev.millrace.core.metric.Profile}: when its leaves were first seen, and what
 *       they contribute, of the newest day. Cleared by an event-time timer once nothing of it is in a window that still
 *       changes.
 *   <li>{@code profile-days}, by profile: contributions of the days before; each goes when it is past the horizon.
 *   <li>{@code saved-at}, union of all subtasks: when the checkpoint was taken, by the clock.
 *   <li>{@code hot-since}, {@code passed}: see {@link dev.millrace.measure.EventTime}.
 *   <li>{@code metrics}: see {@link dev.millrace.measure.KeptMetrics}; sessions are one.
 * </ul>
 */
final class AttributeState {
    static final String PROFILE = "profile";
    static final MapStateDescriptor<Long, Day> DAYS =
            new MapStateDescriptor<>("profile-days", Types.LONG, BinaryType.DAY);

    static final ListStateDescriptor<Long> SAVED_AT = new ListStateDescriptor<>("saved-at", Types.LONG);

    private AttributeState() {}
}
