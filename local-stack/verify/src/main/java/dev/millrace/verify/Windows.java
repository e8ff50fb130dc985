package dev.millrace.verify;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * The windows of one size in a zone, as the catalogue writes it: {@code 1d}, or {@code 1h/15m} for one that begins each
 * quarter of an hour.
 *
 * <p>Windows begin at the zone's midnight and each {@code every} from there, by the local clock. Of an hour and less they
 * do so each time the clock says it, and where the clock is changed by no multiple of it; of more the first time, and where
 * the clock leaves it out, then. A tumbling window ends where the next begins, a hopping one where as many have begun as
 * overlap.
 */
final class Windows {
    /** Start (inclusive) and end (exclusive), milliseconds since the epoch. */
    record Window(long startMillis, long endMillis) {}

    private static final int HOUR = 60;
    private static final int DAY = 24 * HOUR;
    private static final long MINUTE_MILLIS = 60_000L;
    /** A window is at most a day long, and begins or ends up to two days before or after one that it is in. */
    private static final int DAYS_AROUND = 2;

    private final int size;
    private final int every;
    private final ZoneId zone;
    /** Day -> starts on it and on the days around it, in order. */
    private final Map<LocalDate, long[]> startsByDay = new HashMap<>();

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

    /** How many windows a minute is in. */
    int overlap() {
        return size / every;
    }

    /** Those that hold a minute, given since the epoch; the earliest first. */
    List<Window> of(long minute) {
        long millis = minute * MINUTE_MILLIS;
        long[] starts = startsByDay.computeIfAbsent(
                Instant.ofEpochMilli(millis).atZone(zone).toLocalDate(), this::startsAround);
        int found = Arrays.binarySearch(starts, millis);
        int last = found < 0 ? -found - 2 : found;
        List<Window> windows = new ArrayList<>(overlap());
        for (int i = last - overlap() + 1; i <= last; i++) {
            windows.add(new Window(starts[i], starts[i + overlap()]));
        }
        return windows;
    }

    private long[] startsAround(LocalDate day) {
        NavigableSet<Long> starts = new TreeSet<>();
        for (int i = -DAYS_AROUND; i <= DAYS_AROUND; i++) {
            starts.addAll(every <= HOUR ? byEachMinute(day.plusDays(i)) : byTheClock(day.plusDays(i)));
        }
        return starts.stream().mapToLong(Long::longValue).toArray();
    }

    private List<Long> byEachMinute(LocalDate day) {
        List<Long> starts = new ArrayList<>();
        ZoneRules rules = zone.getRules();
        Instant end = day.plusDays(1).atStartOfDay(zone).toInstant();
        for (Instant at = day.atStartOfDay(zone).toInstant(); at.isBefore(end); at = at.plusSeconds(60)) {
            ZoneOffset offset = rules.getOffset(at);
            int changed = (offset.getTotalSeconds()
                            - rules.getOffset(at.minusSeconds(60)).getTotalSeconds())
                    / 60;
            int clock = LocalDateTime.ofInstant(at, offset).toLocalTime().toSecondOfDay() / 60;
            if (clock % every == 0 || changed % every != 0) {
                starts.add(at.toEpochMilli());
            }
        }
        return starts;
    }

    private List<Long> byTheClock(LocalDate day) {
        List<Long> starts = new ArrayList<>();
        for (int at = 0; at < DAY; at += every) {
            LocalDateTime clock = day.atStartOfDay().plusMinutes(at);
            ZoneOffsetTransition change = zone.getRules().getTransition(clock);
            Instant start = change != null && change.isGap()
                    ? change.getInstant()
                    : clock.atZone(zone).toInstant();
            starts.add(start.toEpochMilli());
        }
        return starts;
    }
}
