package dev.millrace.core.oracle;

import dev.millrace.core.event.Event;

/**
 * An event, and whose it is in the end.
 *
 * @param leaf identifier, as in {@code user_id:42}
 * @param timeMillis when it happened; event time, milliseconds since the epoch
 * @param arrivedMillis when it arrived, milliseconds since the epoch; decides nothing here
 */
public record OracleEvent(String leaf, String profileId, long timeMillis, long arrivedMillis, Event event) {
    /** This event as another profile's. */
    public OracleEvent of(String profile) {
        return new OracleEvent(leaf, profile, timeMillis, arrivedMillis, event);
    }
}
