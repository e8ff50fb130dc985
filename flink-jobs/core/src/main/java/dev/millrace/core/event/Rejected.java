package dev.millrace.core.event;

/**
 * A record that could not be used: a dead letter.
 *
 * @param key verbatim; null where the record had none, like {@code value}
 * @param stage where it was refused
 * @param message a sentence: what is wrong and what to do
 */
public record Rejected(
        String topic,
        int partition,
        long offset,
        long recordMillis,
        byte[] key,
        byte[] value,
        String stage,
        RejectionReason reason,
        String message) {}
