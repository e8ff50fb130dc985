package dev.millrace.core.event;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.apache.commons.codec.digest.MurmurHash3;

/** Ids of messages: given where the client gave none, and short where they are kept. */
public final class MessageIds {
    private MessageIds() {}

    /**
     * A message id for an event without one, the same whenever the same raw record is read again: a hash of what the
     * event says, so that a client's resend counts once. An event that carries no time of its own says too little for
     * that (two equal heartbeats are two events); it is told from others by where it lies in Kafka.
     */
    public static String derive(Event e, String topic, int partition, long offset) {
        Long time = e.timestampMillis() != null ? e.timestampMillis() : e.receivedAtMillis();
        String place = time == null ? topic + "/" + partition + "/" + offset : "";
        StringBuilder text = new StringBuilder(256);
        for (Object part : new Object[] {
            e.type(),
            e.name(),
            e.userId(),
            e.anonymousId(),
            e.previousId(),
            e.groupId(),
            e.source(),
            time,
            e.properties(),
            e.traits(),
            e.context(),
            e.extras(),
            place
        }) {
            String value = Objects.toString(part, null);
            // Lengths keep ("ab", "c") apart from ("a", "bc"), and null from "".
            text.append(value == null ? -1 : value.length()).append(':').append(value);
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        long[] hash = MurmurHash3.hash128x64(bytes);
        return "derived-" + hex(hash[0]) + hex(hash[1]);
    }

    /** 64 bits that stand for a message id among those of one identifier. */
    public static long hash(String messageId) {
        byte[] bytes = messageId.getBytes(StandardCharsets.UTF_8);
        return hash(bytes, 0, bytes.length);
    }

    /** The same of UTF-8 text in {@code [from, to)}. */
    public static long hash(byte[] bytes, int from, int to) {
        return MurmurHash3.hash128x64(bytes, from, to - from, 0)[0];
    }

    private static String hex(long value) {
        return String.format("%016x", value);
    }
}
