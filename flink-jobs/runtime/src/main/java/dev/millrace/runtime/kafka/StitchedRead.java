package dev.millrace.runtime.kafka;

import dev.millrace.core.event.Rejected;
import dev.millrace.core.metric.Observation;

/**
 * A record of {@code millrace.stitched}.
 *
 * @param appendedMillis the record's Kafka timestamp
 * @param watermarkMillis how far event time had come in all raw partitions; null: not known yet
 * @param writer which of StitchJob's parallel writers wrote it, from 0
 * @param writers how many there were
 * @param observation what it says; null where it can't be read, and then {@code rejected} says why
 */
public record StitchedRead(
        long appendedMillis,
        Long watermarkMillis,
        int writer,
        int writers,
        Observation observation,
        Rejected rejected) {}
