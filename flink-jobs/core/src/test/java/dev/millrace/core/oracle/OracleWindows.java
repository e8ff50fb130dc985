package dev.millrace.core.oracle;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The windows of one size, {@code 1h} or {@code 1h/15m}, in a zone.
 *
 * <p>A local day begins at midnight, and in it a window begins each {@code every} (tumbling: each size). Hours and parts
 * of one follow each other by real time, all longer ones by the local clock. A tumbling window ends where the next begins. A
 * hopping one ends a size after its start: if they begin each hour or more often by real time, else by the local clock.
 */
final class OracleWindows {
    /** Start (inclusive) and end (exclusive), milliseconds since the epoch. */
    record Window(long startMillis, long endMillis) {}

    private static final int HOUR = 60;
    private static final int DAY = 24 * HOUR;
    private static final int SLACK = 3 * HOUR;

    /** Size and zone -> its windows: there are few, and to list them takes long. */
    private static final Map<String, OracleWindows> KNOWN = new ConcurrentHashMap<>();

    private final int size;
    private final int every;
    private final ZoneId zone;
    /** Local day -> starts on it and on the two days before and after. */
    private final Map<LocalDate, NavigableSet<Instant>> starts = new ConcurrentHashMap<>();

    private OracleWindows(String text, ZoneId zone) {
        String[] parts = text.split("/", -1);
        this.size = minutes(parts[0]);
        this.every = parts.length == 1 ? size : minutes(parts[1]);
        this.zone = zone;
        if (parts.length > 2 || every > size || DAY % every != 0) {
            throw new IllegalArgumentException("no window: " + text);
        }
    }

    static OracleWindows of(String text, ZoneId zone) {
        return KNOWN.computeIfAbsent(text + " " + zone, any -> new OracleWindows(text, zone));
    }

    private static int minutes(String text) {
        int minutes = Math.toIntExact(OracleTime.millis(text) / 60_000);
        if (minutes < 1 || minutes > DAY) {
            throw new IllegalArgumentException("no window: " + text);
        }
        return minutes;
    }

    /** The windows that contain the minute of a time, earliest first. */
    List<Window> containing(long timeMillis) {
        Instant minute = Instant.ofEpochMilli(OracleTime.minute(timeMillis));
        NavigableSet<Instant> around =
                starts.computeIfAbsent(minute.atZone(zone).toLocalDate(), this::startsAround);
        List<Window> found = new ArrayList<>();
        // No window is longer than its size and what a clock is put back.
        for (Instant start : around.subSet(minute.minusSeconds(60L * (size + SLACK)), true, minute, true)) {
            Instant end = size == every ? around.higher(start) : hoppingEnd(start);
            if (end.isAfter(minute)) {
                found.add(new Window(start.toEpochMilli(), end.toEpochMilli()));
            }
        }
        return found;
    }

    private NavigableSet<Instant> startsAround(LocalDate day) {
        NavigableSet<Instant> all = new TreeSet<>();
        for (int i = -2; i <= 2; i++) {
            all.addAll(startsOn(day.plusDays(i)));
        }
        return all;
    }

    private List<Instant> startsOn(LocalDate day) {
        List<Instant> all = new ArrayList<>();
        if (HOUR % every == 0) {
            Instant tomorrow = day.plusDays(1).atStartOfDay(zone).toInstant();
            Instant at = day.atStartOfDay(zone).toInstant();
            while (at.isBefore(tomorrow)) {
                all.add(at);
                at = at.plusSeconds(60L * every);
            }
        } else {
            for (int minute = 0; minute < DAY; minute += every) {
                LocalDateTime clock = day.atTime(minute / HOUR, minute % HOUR);
                ZoneOffsetTransition change = zone.getRules().getTransition(clock);
                // What the clock leaves out is when it does.
                all.add(
                        change != null && change.isGap()
                                ? change.getInstant()
                                : clock.atZone(zone).toInstant());
            }
        }
        return all;
    }

    private Instant hoppingEnd(Instant start) {
        if (every <= HOUR) {
            return start.plusSeconds(60L * size);
        }
        return ZonedDateTime.of(start.atZone(zone).toLocalDateTime().plusMinutes(size), zone)
                .toInstant();
    }
}
