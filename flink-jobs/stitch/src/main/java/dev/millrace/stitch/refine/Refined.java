package dev.millrace.stitch.refine;

import dev.millrace.core.event.Event;

/**
 * A usable event with where it came from.
 *
 * @param leaf the identifier it belongs to, {@code type:value}
 * @param eventTimeMillis when it happened, by the collector's clock
 * @param event its message id is not null
 */
public record Refined(String leaf, long eventTimeMillis, String topic, int partition, long offset, Event event) {}
