package dev.millrace.core.identity;

import dev.millrace.core.event.Event;

/**
 * What the actor of an identifier decided, as readers of {@code millrace.stitched} see it. At most one of {@code event}
 * and {@code link} is given.
 *
 * @param identifier the actor, {@code type:value}
 * @param profileId the profile it belongs to from now on
 * @param watermarkMillis how far event time had come in all raw partitions; null: not known yet
 * @param writer which of StitchJob's parallel writers decided it, from 0
 * @param writers how many there were
 * @param topic raw topic of the event, like {@code partition} and {@code offset}; meaningless without event
 * @param eventTimeMillis when the event happened, by the collector's clock; meaningless without event
 * @param event the event whose leaf this identifier is; null: none
 * @param link a link of this identifier that is new or has become known from an earlier time; null: none
 * @param standing what is known of the identifier, where that has changed; null: as before
 */
public record Attribution(
        String identifier,
        String profileId,
        Long watermarkMillis,
        int writer,
        int writers,
        String topic,
        int partition,
        long offset,
        long eventTimeMillis,
        Event event,
        LinkKey link,
        Standing standing) {

    /** An attribution of an event, or one that says nothing but the profile. */
    public Attribution(
            String identifier,
            String profileId,
            Long watermarkMillis,
            int writer,
            int writers,
            String topic,
            int partition,
            long offset,
            long eventTimeMillis,
            Event event) {
        this(
                identifier,
                profileId,
                watermarkMillis,
                writer,
                writers,
                topic,
                partition,
                offset,
                eventTimeMillis,
                event,
                null,
                null);
    }
}
