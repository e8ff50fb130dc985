package dev.millrace.measure.attribute;

import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * State of {@link AttributeFunction}.
 *
 * <ul>
 *   <li>{@code leaves}, by profile, metric and window: how many of the profile's leaves are in the window. Cleared by an
 *       event-time timer when the window is past the hot horizon.
 * </ul>
 */
final class AttributeState {
    static final ValueStateDescriptor<Integer> LEAVES = new ValueStateDescriptor<>("leaves", Types.INT);

    private AttributeState() {}
}
