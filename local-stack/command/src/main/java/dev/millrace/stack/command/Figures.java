package dev.millrace.stack.command;

import java.time.Duration;
import java.util.Locale;

/** Durations and sizes as people read them. */
final class Figures {
    private static final double KIBI = 1024;

    private Figures() {}

    static String bytes(long bytes) {
        if (bytes < KIBI) {
            return bytes + " B";
        }
        double size = bytes;
        for (String unit : new String[] {"KiB", "MiB"}) {
            size /= KIBI;
            if (size < KIBI) {
                return String.format(Locale.ROOT, size < 10 ? "%.1f %s" : "%.0f %s", size, unit);
            }
        }
        return String.format(Locale.ROOT, "%.1f GiB", size / KIBI);
    }

    static String duration(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3_600) {
            return seconds / 60 + " min " + seconds % 60 + " s";
        }
        return seconds < 86_400
                ? seconds / 3_600 + " h " + seconds % 3_600 / 60 + " min"
                : seconds / 86_400 + " d " + seconds % 86_400 / 3_600 + " h";
    }
}
