package dev.millrace.stack.people;

import dev.millrace.core.identity.LinkKey;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** How the commands write times, numbers and what customers sent. */
final class Wording {
    private Wording() {}

    /** UTC, to the second, or the millisecond where there are some. */
    static String time(Instant time) {
        return time.truncatedTo(ChronoUnit.MILLIS).toString();
    }

    static String time(LinkKey link) {
        return Instant.ofEpochMilli(link.timeMillis()).toString();
    }

    static String count(long number, String one, String several) {
        return String.format(Locale.ROOT, "%,d %s", number, number == 1 ? one : several);
    }

    /** Text from outside, safe to print: what a terminal would obey is written as in Java, and its length is bounded. */
    static String printable(String text, int maxChars) {
        StringBuilder safe = new StringBuilder();
        for (int i = 0; i < text.length() && i < maxChars; i++) {
            char c = text.charAt(i);
            int kind = Character.getType(c);
            if (Character.isISOControl(c)
                    || kind == Character.FORMAT
                    || kind == Character.LINE_SEPARATOR
                    || kind == Character.PARAGRAPH_SEPARATOR) {
                safe.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                safe.append(c);
            }
        }
        return text.length() > maxChars ? safe.append('…').toString() : safe.toString();
    }

    /** A table's row. */
    static List<String> cells(String... texts) {
        return Stream.of(texts).map(Wording::printable).toList();
    }

    /** An identifier, whole. */
    static String printable(String identifier) {
        return printable(identifier, Integer.MAX_VALUE);
    }
}
