package dev.millrace.measure.contribute;

import dev.millrace.core.metric.Day;
import dev.millrace.runtime.binary.BinaryType;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * State of {@link ContributeOperator}.
 *
 * <ul>
 *   <li>{@code leaf}, by identifier, a {@link dev.millrace.core.metric.Leaf}: profile, counted offsets a raw partition,
 *       recent message ids, contributions of the newest day. Cleared by an event-time timer once nothing of it is in a
 *       window that still changes.
 *   <li>{@code leaf-days}, by identifier: contributions of the days before; each goes when it is past the horizon.
 *   <li>{@code hot-since}, {@code passed}: see {@link dev.millrace.measure.EventTime}.
 * </ul>
 */
final class ContributeState {
    static final String LEAF = "leaf";
    static final MapStateDescriptor<Long, Day> DAYS = new MapStateDescriptor<>("leaf-days", Types.LONG, BinaryType.DAY);

    private ContributeState() {}
}
