package dev.millrace.core.metric;

import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A tumbling window's length, aligned to the local time of a zone: {@code 1d} runs from midnight to midnight, and so
 * lasts 23 or 25 hours where the clock changes; so it is with its parts. Hours and less keep their length.
 *
 * @param text as the catalogue names it: a number and {@code m}, {@code h} or {@code d}; minutes and hours divide a day
 */
public record WindowSize(String text, long sizeMillis, ZoneId zone) implements Serializable {
    private static final Pattern TEXT = Pattern.compile("([1-9][0-9]{0,3})([mhd])");
    private static final long HOUR_MILLIS = Duration.ofHours(1).toMillis();
    private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();

    /** Start (inclusive) and end (exclusive), milliseconds since the epoch. */
    public record Window(long startMillis, long endMillis) {}

    /** The window size of that text. Throws IllegalArgumentException with a sentence. */
    public static WindowSize parse(String text, ZoneId zone) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "window '" + text + "' is not a number and m, h or d, as in 1m, 1h or 1d");
        }
        long number = Long.parseLong(matcher.group(1));
        Duration size =
                switch (matcher.group(2)) {
                    case "m" -> Duration.ofMinutes(number);
                    case "h" -> Duration.ofHours(number);
                    default -> Duration.ofDays(number);
                };
        long millis = size.toMillis();
        if (millis < DAY_MILLIS ? DAY_MILLIS % millis != 0 : millis != DAY_MILLIS) {
            throw new IllegalArgumentException("window '" + text + "' does not divide a day evenly; use one that does"
                    + " (1m, 5m, 15m, 1h, 6h, 1d)");
        }
        return new WindowSize(text, millis, zone);
    }

    /** The window that a time falls into. */
    public Window at(long millis) {
        if (sizeMillis <= HOUR_MILLIS || zone.equals(ZoneOffset.UTC)) {
            long offset = zone.equals(ZoneOffset.UTC)
                    ? 0
                    : 1000L
                            * zone.getRules()
                                    .getOffset(Instant.ofEpochMilli(millis))
                                    .getTotalSeconds();
            long start = Math.floorDiv(millis + offset, sizeMillis) * sizeMillis - offset;
            return new Window(start, start + sizeMillis);
        }
        LocalDateTime local = LocalDateTime.ofInstant(Instant.ofEpochMilli(millis), zone);
        LocalDateTime midnight = local.toLocalDate().atStartOfDay();
        long part = Duration.between(midnight, local).toMillis() / sizeMillis;
        // Where the clock changes, a local time may come twice or not at all: what counts is the instant.
        while (boundary(midnight, part + 1) <= millis) {
            part++;
        }
        while (boundary(midnight, part) > millis) {
            part--;
        }
        return new Window(boundary(midnight, part), boundary(midnight, part + 1));
    }

    private long boundary(LocalDateTime midnight, long part) {
        return midnight.plus(Duration.ofMillis(part * sizeMillis))
                .atZone(zone)
                .toInstant()
                .toEpochMilli();
    }
}
