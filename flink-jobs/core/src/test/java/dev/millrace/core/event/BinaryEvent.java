package dev.millrace.core.event;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** Writes events in Avro binary by hand, after the specification. */
public final class BinaryEvent {
    private BinaryEvent() {}

    public static byte[] bytes(Event event) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        optional(out, event.messageId());
        text(out, event.type());
        optional(out, event.name());
        optional(out, event.userId());
        optional(out, event.anonymousId());
        optional(out, event.previousId());
        optional(out, event.groupId());
        optional(out, event.source());
        optional(out, event.timestampMillis());
        optional(out, event.sentAtMillis());
        optional(out, event.receivedAtMillis());
        optional(out, event.properties());
        optional(out, event.traits());
        optional(out, event.context());
        optional(out, event.extras());
        return out.toByteArray();
    }

    /** The event amid other bytes, as a record of a topic has it. */
    public static Envelope envelope(Event event, Random random) {
        byte[] bytes = bytes(event);
        int before = random.nextInt(20);
        byte[] all = new byte[before + bytes.length + random.nextInt(20)];
        random.nextBytes(all);
        System.arraycopy(bytes, 0, all, before, bytes.length);
        Envelope envelope = new Envelope();
        if (!envelope.read(all, before, before + bytes.length)) {
            throw new AssertionError("not read: " + event);
        }
        return envelope;
    }

    /** An event in which any field may be null, empty or long. */
    public static Event random(Random random) {
        return new Event(
                randomText(random),
                random.nextBoolean() ? "track" : "",
                randomText(random),
                randomText(random),
                randomText(random),
                randomText(random),
                randomText(random),
                randomText(random),
                randomTime(random),
                randomTime(random),
                randomTime(random),
                randomText(random),
                randomText(random),
                randomText(random),
                randomText(random));
    }

    private static String randomText(Random random) {
        if (random.nextInt(4) == 0) {
            return null;
        }
        int length = random.nextInt(8) == 0 ? random.nextInt(20_000) : random.nextInt(80);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append("aZ0{\"\\ä€".charAt(random.nextInt(8)));
        }
        return random.nextInt(4) == 0 ? text.append("😀").toString() : text.toString();
    }

    private static Long randomTime(Random random) {
        return random.nextInt(3) == 0 ? null : Long.valueOf(random.nextLong() >> random.nextInt(64));
    }

    private static void optional(ByteArrayOutputStream out, String value) {
        out.write(value == null ? 0 : 2);
        if (value != null) {
            text(out, value);
        }
    }

    private static void optional(ByteArrayOutputStream out, Long value) {
        out.write(value == null ? 0 : 2);
        if (value != null) {
            zigzag(out, value);
        }
    }

    private static void text(ByteArrayOutputStream out, String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        zigzag(out, utf8.length);
        out.writeBytes(utf8);
    }

    private static void zigzag(ByteArrayOutputStream out, long value) {
        long rest = value << 1 ^ value >> 63;
        while (rest >>> 7 != 0) {
            out.write((int) (rest & 0x7F | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }
}
