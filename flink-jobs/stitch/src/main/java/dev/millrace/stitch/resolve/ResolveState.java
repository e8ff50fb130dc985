package dev.millrace.stitch.resolve;

import dev.millrace.core.identity.Actor;
import org.apache.flink.api.common.state.ValueStateDescriptor;

/**
 * State of {@link ResolveFunction}, by identifier.
 *
 * <ul>
 *   <li>{@code actor}: the message ids lately seen, at most {@code stitch.dedupe_max_ids} of 16 bytes. Cleared by an
 *       event-time timer when all of them have left the dedupe window.
 * </ul>
 */
final class ResolveState {
    static final ValueStateDescriptor<Actor> ACTOR = new ValueStateDescriptor<>("actor", Actor.class);

    private ResolveState() {}
}
