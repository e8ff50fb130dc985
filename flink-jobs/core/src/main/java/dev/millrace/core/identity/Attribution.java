package dev.millrace.core.identity;

import dev.millrace.core.event.Event;

/**
 * What the actor of an identifier decided: one record of {@code millrace.stitched}.
 *
 * @param identifier the actor, {@code type:value}
 * @param profileId the profile it belongs to from now on
 * @param watermarkMillis how far event time had come in all raw partitions; null: not known yet
 * @param writer which of StitchJob's parallel writers decided it, from 0
 * @param writers how many there were
 * @param topic raw topic of the event, like {@code partition} and {@code offset}; meaningless without event
 * @param eventTimeMillis when the event happened, by the collector's clock
 * @param event the event whose leaf this identifier is; null: only the profile changed
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
        Event event) {}
