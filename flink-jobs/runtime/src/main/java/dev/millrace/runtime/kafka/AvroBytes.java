package dev.millrace.runtime.kafka;

import java.nio.charset.StandardCharsets;

/**
 * Reads Avro binary field by field. Where the bytes are not what is asked for, it says nothing at the time, answers with
 * nothing from then on, and is not {@link #isWhole} any more. Not for use by several threads.
 */
final class AvroBytes {
    private static final int FAILED = -1;
    private static final int MAX_VARINT_BYTES = 10;

    private byte[] bytes = {};
    private int position;
    private int end;

    void over(byte[] all, int from, int to) {
        bytes = all;
        position = from;
        end = to;
    }

    byte[] bytes() {
        return bytes;
    }

    int position() {
        return position;
    }

    void position(int at) {
        position = at;
    }

    int end() {
        return end;
    }

    void fail() {
        position = FAILED;
    }

    /** Whether all so far was as asked. */
    boolean isWhole() {
        return position != FAILED;
    }

    boolean isAtEnd() {
        return position == end;
    }

    /** A long, or the branch of a union. */
    long number() {
        if (position == FAILED) {
            return 0;
        }
        long value = 0;
        int shift = 0;
        int last = Math.min(end, position + MAX_VARINT_BYTES);
        for (int at = position; at < last; at++) {
            byte b = bytes[at];
            value |= (long) (b & 0x7F) << shift;
            if (b >= 0) {
                position = at + 1;
                return (value >>> 1) ^ -(value & 1);
            }
            shift += 7;
        }
        fail();
        return 0;
    }

    /** A number that must be an int. */
    int integer() {
        long number = number();
        if (number != (int) number) {
            fail();
            return 0;
        }
        return (int) number;
    }

    String text() {
        long length = number();
        if (position == FAILED || length < 0 || length > end - position) {
            fail();
            return "";
        }
        String text = new String(bytes, position, (int) length, StandardCharsets.UTF_8);
        position += (int) length;
        return text;
    }

    boolean flag() {
        if (position == FAILED || position >= end || bytes[position] < 0 || bytes[position] > 1) {
            fail();
            return false;
        }
        return bytes[position++] == 1;
    }

    /** Whether a value follows that may be left out. */
    boolean isGiven() {
        long branch = number();
        if (branch < 0 || branch > 1) {
            fail();
        }
        return position != FAILED && branch == 1;
    }
}
