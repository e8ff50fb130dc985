package dev.millrace.core.identity;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Values that point at nobody, compared without case and surrounding space. Nearly every value asked about is none of
 * them, and is told by its first character or its length, without being made into text.
 */
final class BlockedValues {
    private static final int ASCII = 128;

    private final Set<String> values;
    /** The values that begin with this character and are ASCII throughout; null: none. */
    private final byte[][][] byFirst = new byte[ASCII][][];
    /** Whether a value begins with this character. */
    private final boolean[] begins = new boolean[ASCII];
    /** Most bytes that a value, and any text that is equal to it without case, can have. */
    private final int maxBytes;

    BlockedValues(Collection<String> given) {
        values = given.stream().map(BlockedValues::normal).collect(Collectors.toUnmodifiableSet());
        int longest = 0;
        for (int first = 0; first < ASCII; first++) {
            List<byte[]> ascii = new ArrayList<>();
            for (String value : values) {
                if (!value.isEmpty() && value.charAt(0) == first) {
                    begins[first] = true;
                    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
                    if (bytes.length == value.length()) {
                        ascii.add(bytes);
                    }
                }
            }
            byFirst[first] = ascii.toArray(byte[][]::new);
        }
        for (String value : values) {
            longest = Math.max(longest, 3 * value.length());
        }
        maxBytes = longest;
    }

    static String normal(String value) {
        return value.strip().toLowerCase(Locale.ROOT);
    }

    boolean contains(String value) {
        return values.contains(normal(value));
    }

    /** Whether the UTF-8 text in these bytes is one. */
    boolean contains(byte[] text, int begin, int end) {
        int from = begin;
        int to = end;
        while (from < to && isSpace(text[from])) {
            from++;
        }
        while (from < to && isSpace(text[to - 1])) {
            to--;
        }
        if (from == to) {
            return values.contains("");
        }
        if (text[from] < 0 || text[to - 1] < 0) {
            return contains(new String(text, from, to - from, StandardCharsets.UTF_8));
        }
        int first = lowerCase(text[from]);
        if (!begins[first] || to - from > maxBytes) {
            return false;
        }
        for (int i = from; i < to; i++) {
            if (text[i] < 0) {
                return contains(new String(text, from, to - from, StandardCharsets.UTF_8));
            }
        }
        for (byte[] value : byFirst[first]) {
            if (equal(value, text, from, to)) {
                return true;
            }
        }
        return false;
    }

    private static boolean equal(byte[] value, byte[] text, int from, int to) {
        if (value.length != to - from) {
            return false;
        }
        for (int i = 0; i < value.length; i++) {
            if (value[i] != lowerCase(text[from + i])) {
                return false;
            }
        }
        return true;
    }

    /** As {@link Character#isWhitespace(char)}, of ASCII. */
    private static boolean isSpace(byte b) {
        return b == ' ' || b >= '\t' && b <= '\r' || b >= 0x1C && b <= 0x1F;
    }

    private static int lowerCase(byte b) {
        return b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b;
    }
}
