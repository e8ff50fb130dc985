package dev.millrace.runtime.kafka;

import dev.millrace.core.event.Rejected;
import dev.millrace.core.identity.Attribution;

/**
 * A record of {@code millrace.stitched}.
 *
 * @param appendedMillis the record's Kafka timestamp
 * @param attribution what it says; null where it can't be read, and then {@code rejected} says why
 */
public record StitchedRead(long appendedMillis, Attribution attribution, Rejected rejected) {}
