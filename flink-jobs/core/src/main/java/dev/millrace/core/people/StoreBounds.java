package dev.millrace.core.people;

import dev.millrace.core.identity.LinkKey;
import java.nio.charset.StandardCharsets;

/** What the serving store can hold: one row that it refuses would hold up all that come after. */
public final class StoreBounds {
    /** PostgreSQL's index holds keys of up to 2704 bytes; what else is in a key, and its headers, take less than 200. */
    static final int MAX_KEY_BYTES = 2500;

    private StoreBounds() {}

    /** Whether there can be a row of this identifier. */
    public static boolean canHold(String identifier) {
        return isText(identifier) && bytes(identifier) <= MAX_KEY_BYTES;
    }

    /** Whether there can be a row of this link: its two ends are two, and one key holds both. */
    public static boolean canHold(LinkKey link) {
        return isText(link.lesser())
                && isText(link.greater())
                && !link.lesser().equals(link.greater())
                && bytes(link.lesser()) + bytes(link.greater()) <= MAX_KEY_BYTES;
    }

    /** Whether a key holds the trait of that name beside its identifier. */
    static boolean canHold(String identifier, String trait) {
        return isText(trait) && bytes(identifier) + bytes(trait) <= MAX_KEY_BYTES;
    }

    /** Whether PostgreSQL holds it as it is: it knows no NUL, and UTF-8 no half of a surrogate pair. */
    static boolean isText(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0 || Character.isLowSurrogate(c)) {
                return false;
            }
            if (Character.isHighSurrogate(c)) {
                i++;
                if (i == text.length() || !Character.isLowSurrogate(text.charAt(i))) {
                    return false;
                }
            }
        }
        return true;
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
