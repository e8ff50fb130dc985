package dev.millrace.core.event;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * A {@code CustomerEvent} in Avro binary, read without decoding it: where its fields lie. What an event says is mostly
 * carried along, not looked at; so only the few fields that decide where it goes are ever made into text.
 *
 * <p>Knows the contract's fields in their order, and nothing of other versions of it: bytes that were written with another
 * schema are brought to this one first. Not for use by several threads.
 */
public final class Envelope {
    /** The fields of the contract, in order. */
    public enum Field {
        MESSAGE_ID,
        TYPE,
        EVENT,
        USER_ID,
        ANONYMOUS_ID,
        PREVIOUS_ID,
        GROUP_ID,
        SOURCE,
        TIMESTAMP,
        SENT_AT,
        RECEIVED_AT,
        PROPERTIES,
        TRAITS,
        CONTEXT,
        EXTRAS
    }

    /**
     * A piece of text to put in place of another.
     *
     * @param from where the old text begins in {@link #bytes}
     * @param to where it ends, exclusive
     */
    public record Replacement(Field field, int from, int to, String text) {}

    private static final Field[] FIELDS = Field.values();
    private static final int ABSENT = -1;
    /** Branches of a nullable field's union, as they stand in the bytes. */
    private static final byte NULL_BRANCH = 0;

    private static final byte TEXT_BRANCH = 2;
    /** Most bytes that a varint of 64 bits takes. */
    private static final int MAX_VARINT_BYTES = 10;

    private byte[] bytes = {};
    private int from;
    private int to;
    /** By field: where its text begins; {@link #ABSENT} where it is null. */
    private final int[] starts = new int[FIELDS.length];

    private final int[] ends = new int[FIELDS.length];
    /** Where the field itself begins, with what tells null from text. */
    private final int[] fieldStarts = new int[FIELDS.length + 1];

    private final long[] times = new long[FIELDS.length];
    /** Where {@link #varint} goes on. */
    private int position;

    /**
     * Finds the fields of the event in these bytes; they are not copied.
     *
     * @return whether it is one, whole and with nothing after it; if not, this holds nothing
     */
    public boolean read(byte[] avro, int begin, int end) {
        return readFrom(avro, begin, end) == end || forget();
    }

    /**
     * Finds the fields of the event that begins there; what comes after it is not looked at. The bytes are not copied.
     *
     * @param most where the event ends at the latest, exclusive
     * @return where it ends, exclusive; below zero where there is none, and then this holds nothing
     */
    public int readFrom(byte[] avro, int begin, int most) {
        bytes = avro;
        from = begin;
        to = most;
        position = begin;
        for (Field field : FIELDS) {
            if (!readField(field)) {
                forget();
                return ABSENT;
            }
        }
        fieldStarts[FIELDS.length] = position;
        to = position;
        return position;
    }

    private boolean forget() {
        bytes = new byte[0];
        Arrays.fill(starts, ABSENT);
        return false;
    }

    private boolean readField(Field field) {
        int i = field.ordinal();
        fieldStarts[i] = position;
        starts[i] = ABSENT;
        ends[i] = ABSENT;
        if (field != Field.TYPE) {
            // One byte: a longer form of the same number is not what Avro's own reader takes.
            byte branch = position < to ? bytes[position++] : -1;
            if (branch == NULL_BRANCH) {
                return true;
            }
            if (branch != TEXT_BRANCH) {
                return false;
            }
        }
        if (field == Field.TIMESTAMP || field == Field.SENT_AT || field == Field.RECEIVED_AT) {
            int start = position;
            times[i] = varint();
            if (position < 0) {
                return false;
            }
            starts[i] = start;
            ends[i] = position;
            return true;
        }
        long length = varint();
        if (position < 0 || length < 0 || length > to - position) {
            return false;
        }
        starts[i] = position;
        position += (int) length;
        ends[i] = position;
        return true;
    }

    /** A zigzag varint at {@link #position}; where there is none, the position is below zero and so is the answer. */
    private long varint() {
        if (position < 0) {
            return ABSENT;
        }
        long value = 0;
        int shift = 0;
        int last = Math.min(to, position + MAX_VARINT_BYTES);
        for (int at = position; at < last; at++) {
            byte b = bytes[at];
            value |= (long) (b & 0x7F) << shift;
            if (b >= 0) {
                position = at + 1;
                return (value >>> 1) ^ -(value & 1);
            }
            shift += 7;
        }
        position = ABSENT;
        return ABSENT;
    }

    /** The array that holds the event, among other things maybe: see {@link #start} and {@link #end}. */
    public byte[] bytes() {
        return bytes;
    }

    /** Where the event begins in {@link #bytes}. */
    public int from() {
        return from;
    }

    /** Where the event ends in {@link #bytes}, exclusive. */
    public int to() {
        return to;
    }

    public boolean has(Field field) {
        return starts[field.ordinal()] != ABSENT;
    }

    /** Whether a field has no text: it is null, or of length 0. */
    public boolean isEmpty(Field field) {
        return starts[field.ordinal()] == ABSENT || starts[field.ordinal()] == ends[field.ordinal()];
    }

    /** Where the field's UTF-8 text begins in {@link #bytes}; meaningless where it is null. */
    public int start(Field field) {
        return starts[field.ordinal()];
    }

    /** Where the field's text ends, exclusive. */
    public int end(Field field) {
        return ends[field.ordinal()];
    }

    /** The text of a field; null where it is null. */
    public String text(Field field) {
        int start = starts[field.ordinal()];
        return start == ABSENT ? null : new String(bytes, start, ends[field.ordinal()] - start, StandardCharsets.UTF_8);
    }

    /** A time, milliseconds since the epoch; null where it is null. */
    public Long time(Field field) {
        return has(field) ? Long.valueOf(times[field.ordinal()]) : null;
    }

    /** All of it, decoded. */
    public Event event() {
        return new Event(
                text(Field.MESSAGE_ID),
                text(Field.TYPE),
                text(Field.EVENT),
                text(Field.USER_ID),
                text(Field.ANONYMOUS_ID),
                text(Field.PREVIOUS_ID),
                text(Field.GROUP_ID),
                text(Field.SOURCE),
                time(Field.TIMESTAMP),
                time(Field.SENT_AT),
                time(Field.RECEIVED_AT),
                text(Field.PROPERTIES),
                text(Field.TRAITS),
                text(Field.CONTEXT),
                text(Field.EXTRAS));
    }

    /** The event's own bytes, in an array of their own. */
    public byte[] copy() {
        return Arrays.copyOfRange(bytes, from, to);
    }

    /** The event's bytes under another message id. */
    public byte[] withMessageId(String id) {
        return with(Field.MESSAGE_ID, id.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The event's bytes with pieces of its texts replaced.
     *
     * @param replacements none overlapping another; in any order
     */
    public byte[] with(List<Replacement> replacements) {
        List<Replacement> inOrder = replacements.stream()
                .sorted(Comparator.comparingInt(Replacement::from))
                .toList();
        ByteArrayOutputStream all = new ByteArrayOutputStream(to - from + 128);
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        int copied = from;
        for (int i = 0; i < inOrder.size(); ) {
            int field = inOrder.get(i).field().ordinal();
            text.reset();
            int at = starts[field];
            for (; i < inOrder.size() && inOrder.get(i).field().ordinal() == field; i++) {
                Replacement replacement = inOrder.get(i);
                text.write(bytes, at, replacement.from() - at);
                text.writeBytes(replacement.text().getBytes(StandardCharsets.UTF_8));
                at = replacement.to();
            }
            text.write(bytes, at, ends[field] - at);
            all.write(bytes, copied, fieldStarts[field] - copied);
            all.writeBytes(head(FIELDS[field], text.size()));
            all.writeBytes(text.toByteArray());
            copied = fieldStarts[field + 1];
        }
        all.write(bytes, copied, to - copied);
        return all.toByteArray();
    }

    private byte[] with(Field field, byte[] text) {
        int i = field.ordinal();
        byte[] head = head(field, text.length);
        int before = fieldStarts[i] - from;
        int after = to - fieldStarts[i + 1];
        byte[] all = new byte[before + head.length + text.length + after];
        System.arraycopy(bytes, from, all, 0, before);
        System.arraycopy(head, 0, all, before, head.length);
        System.arraycopy(text, 0, all, before + head.length, text.length);
        System.arraycopy(bytes, fieldStarts[i + 1], all, before + head.length + text.length, after);
        return all;
    }

    /** What stands before a field's text: which branch it is, and how long. */
    private static byte[] head(Field field, int textLength) {
        byte[] head = new byte[1 + MAX_VARINT_BYTES];
        int length = 0;
        if (field != Field.TYPE) {
            head[length++] = TEXT_BRANCH;
        }
        long rest = (long) textLength << 1;
        while ((rest & ~0x7FL) != 0) {
            head[length++] = (byte) (rest & 0x7F | 0x80);
            rest >>>= 7;
        }
        head[length++] = (byte) rest;
        return Arrays.copyOf(head, length);
    }
}
