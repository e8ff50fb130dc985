package dev.millrace.measure.contribute;

import dev.millrace.core.metric.Leaf;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * State of {@link ContributeFunction}.
 *
 * <ul>
 *   <li>{@code leaf}, by identifier: profile, counted offsets a raw partition, recent message ids, windows it is present
 *       in. Bounded by the hot horizon; cleared by an event-time timer once all its windows are past it.
 *   <li>{@code hot-since}, union of all subtasks: up to when windows had passed the horizon at the checkpoint. Flink
 *       does not keep watermarks; without it a restored job would for a moment take what is past the horizon for hot.
 * </ul>
 */
final class ContributeState {
    static final ValueStateDescriptor<Leaf> LEAF = new ValueStateDescriptor<>("leaf", Leaf.class);
    static final ListStateDescriptor<Long> HOT_SINCE = new ListStateDescriptor<>("hot-since", Types.LONG);

    private ContributeState() {}
}
