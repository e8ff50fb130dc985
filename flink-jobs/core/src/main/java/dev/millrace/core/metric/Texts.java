package dev.millrace.core.metric;

import java.io.ByteArrayInputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Reads texts that come again and again, as values of dimensions do: of those seen lately no second copy is made, so that
 * their hash is known and they are mostly the same object. Not for use by several threads.
 */
public final class Texts {
    private static final int SLOTS = 1 << 11;
    /** Longer ones are not kept. */
    private static final int LONGEST = 160;

    private static final int PREFIX = 2;

    private final String[] kept = new String[SLOTS];
    private final byte[] bytes = new byte[PREFIX + LONGEST];

    /** Reads what {@link java.io.DataOutput#writeUTF} has written. */
    public String read(DataInput in) throws IOException {
        int length = in.readUnsignedShort();
        if (length == 0) {
            return "";
        }
        byte[] read = length <= LONGEST ? bytes : new byte[PREFIX + length];
        in.readFully(read, PREFIX, length);
        int hash = 0;
        int any = 0;
        for (int i = PREFIX; i < PREFIX + length; i++) {
            hash = 31 * hash + read[i];
            any |= read[i];
        }
        if (any < 0) {
            read[0] = (byte) (length >>> Byte.SIZE);
            read[1] = (byte) length;
            return new DataInputStream(new ByteArrayInputStream(read, 0, PREFIX + length)).readUTF();
        }
        if (length > LONGEST) {
            return new String(read, PREFIX, length, StandardCharsets.ISO_8859_1);
        }
        int slot = (hash ^ hash >>> 16) & SLOTS - 1;
        String known = kept[slot];
        // A String of these characters has this hash.
        if (known == null || known.hashCode() != hash || !isSame(known, length)) {
            known = new String(read, PREFIX, length, StandardCharsets.ISO_8859_1);
            kept[slot] = known;
        }
        return known;
    }

    private boolean isSame(String text, int length) {
        if (text.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (text.charAt(i) != bytes[PREFIX + i]) {
                return false;
            }
        }
        return true;
    }
}
