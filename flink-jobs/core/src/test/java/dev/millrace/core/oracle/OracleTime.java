package dev.millrace.core.oracle;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as the configuration writes them, and minutes. */
final class OracleTime {
    private static final Pattern DURATION = Pattern.compile("([0-9]+)(ms|s|m|h|d)");

    private OracleTime() {}

    /** Milliseconds of {@code 30m} and the like. */
    static long millis(String text) {
        Matcher parts = DURATION.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("no duration: " + text);
        }
        return Long.parseLong(parts.group(1))
                * switch (parts.group(2)) {
                    case "ms" -> 1L;
                    case "s" -> 1000L;
                    case "m" -> 60_000L;
                    case "h" -> 3_600_000L;
                    default -> 86_400_000L;
                };
    }

    /** Start of the UTC minute of a time. */
    static long minute(long timeMillis) {
        return Math.floorDiv(timeMillis, 60_000L) * 60_000L;
    }
}
