package dev.millrace.stitch.resolve;

import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * State of {@link ResolveFunction}, by identifier but for the last.
 *
 * <ul>
 *   <li>{@code actor}, a {@link dev.millrace.core.identity.Actor}: label, the first links, message ids lately seen. Kept for ever: an identifier's profile is not
 *       forgotten. Some 50 bytes and the links; the message ids are at most {@code stitch.dedupe_max_ids} of 12 bytes, and
 *       all but a few are cleared by an event-time timer when they have left the dedupe window.
 *   <li>{@code more-links}: links beyond those in the actor: the other identifier to event time. At most {@code max_links}
 *       of the identifier's type; kept for ever.
 *   <li>{@code saved-at}: when the checkpoint was taken, by the wall clock; one entry a subtask, all to each.
 * </ul>
 */
final class ResolveState {
    static final String ACTOR = "actor";
    static final MapStateDescriptor<String, Long> MORE_LINKS =
            new MapStateDescriptor<>("more-links", Types.STRING, Types.LONG);
    static final ListStateDescriptor<Long> SAVED_AT = new ListStateDescriptor<>("saved-at", Types.LONG);

    private ResolveState() {}
}
