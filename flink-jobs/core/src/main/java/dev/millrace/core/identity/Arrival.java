package dev.millrace.core.identity;

import java.util.List;

/**
 * A usable event on its way to its leaf.
 *
 * @param leaf the identifier it belongs to, {@code type:value}
 * @param others the other identifiers it names, each once
 * @param alias that of {@code others} which an alias says to be the same person; null: none
 * @param messageHash stands for its message id
 * @param eventTimeMillis when it happened, by the collector's clock
 * @param topic raw topic, like {@code partition} and {@code offset}
 * @param avro an array that holds, in {@code [from, to)}, the event as it is passed on: a {@code CustomerEvent} in Avro
 *     binary, with a message id
 */
public record Arrival(
        String leaf,
        List<String> others,
        String alias,
        long messageHash,
        long eventTimeMillis,
        String topic,
        int partition,
        long offset,
        byte[] avro,
        int from,
        int to) {}
