package dev.millrace.verify;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * The windows of one size in a zone, as the catalogue writes it: {@code 1d}, or {@code 1h/15m} for one that begins each
 * quarter of an hour.
 *
 * <p>Windows begin at the zone's midnight and each {@code every} from there: where that divides an hour, by real time, else
 * by the local clock. A tumbling window ends where the next begins; a hopping one a size after its start, by real time up
 * to an hour, else by the local clock.
 */
final class Windows {
    /** Start (inclusive) and end (exclusive), milliseconds since the epoch. */
    record Window(long startMillis, long endMillis) {}

    private static final int HOUR = 60;
    private static final int DAY = 24 * HOUR;
    private static final long MINUTE_MILLIS = 60_000L;
    private static final int SLACK = 3 * HOUR;

    private final int size;
    private final int every;
    private final ZoneId zone;
    /** Day -> starts on it, the day before and the day after. */
    private final Map<LocalDate, NavigableSet<Long>> startsByDay = new HashMap<>();

    Windows(String text, ZoneId zone) {
        int slash = text.indexOf('/');
        this.size = minutes(slash < 0 ? text : text.substring(0, slash));
        this.every = slash < 0 ? size : minutes(text.substring(slash + 1));
        this.zone = zone;
    }

    private static int minutes(String text) {
        int number = Integer.parseInt(text.substring(0, text.length() - 1));
        return switch (text.charAt(text.length() - 1)) {
            case 'm' -> number;
            case 'h' -> number * HOUR;
            case 'd' -> number * DAY;
            default -> throw new IllegalArgumentException("'" + text + "' is no window size");
        };
    }

    /** How many windows a minute is in, where no clock changes. */
    int overlap() {
        return (size + every - 1) / every;
    }

    /** Those that hold a minute, given since the epoch; the earliest first. */
    List<Window> of(long minute) {
        long millis = minute * MINUTE_MILLIS;
        NavigableSet<Long> starts = startsByDay.computeIfAbsent(
                Instant.ofEpochMilli(millis).atZone(zone).toLocalDate(), this::startsAround);
        List<Window> windows = new ArrayList<>();
        // No window is longer than its size and what a clock is put back.
        for (long start : starts.subSet(millis - (size + SLACK) * MINUTE_MILLIS, true, millis, true)) {
            long end = size == every ? starts.higher(start) : endOfHopping(start);
            if (end > millis) {
                windows.add(new Window(start, end));
            }
        }
        return windows;
    }

    /** Starts on a day, the one before and the one after. */
    private NavigableSet<Long> startsAround(LocalDate day) {
        NavigableSet<Long> starts = new TreeSet<>();
        for (int i = -1; i <= 1; i++) {
            starts.addAll(starts(day.plusDays(i)));
        }
        return starts;
    }

    private List<Long> starts(LocalDate day) {
        List<Long> starts = new ArrayList<>();
        if (HOUR % every == 0) {
            long end = midnight(day.plusDays(1));
            for (long at = midnight(day); at < end; at += every * MINUTE_MILLIS) {
                starts.add(at);
            }
        } else {
            for (int at = 0; at < DAY; at += every) {
                starts.add(day.atStartOfDay()
                        .plusMinutes(at)
                        .atZone(zone)
                        .toInstant()
                        .toEpochMilli());
            }
        }
        return starts;
    }

    private long midnight(LocalDate day) {
        return day.atStartOfDay(zone).toInstant().toEpochMilli();
    }

    private long endOfHopping(long start) {
        if (size <= HOUR) {
            return start + size * MINUTE_MILLIS;
        }
        return Instant.ofEpochMilli(start)
                .atZone(zone)
                .toLocalDateTime()
                .plusMinutes(size)
                .atZone(zone)
                .toInstant()
                .toEpochMilli();
    }
}
