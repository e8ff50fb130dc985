package dev.millrace.core.catalogue;

import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How long windows are, and how often one begins. Tumbling: each begins where the last one ends. Hopping: they overlap.
 *
 * <p>Windows are aligned to the local time of a zone. A tumbling {@code 1d} runs from midnight to midnight, and so lasts
 * 23 or 25 hours where the clock changes; so it is with its parts. Hours and less keep their length. A hopping window
 * begins where a tumbling one of the length {@code everyMillis} does, and lasts for {@code sizeMillis / everyMillis} of
 * them: {@code 1d/1h} is always 24 hours long, {@code 1d/6h} ends when the clock is where it began.
 *
 * @param text as the catalogue names it: a number and {@code m}, {@code h} or {@code d}; minutes and hours divide a day.
 *     Hopping: the same, a slash, and how often one begins, as in {@code 5m/1m}
 * @param sizeMillis how long a window is where no clock changes; at most a day
 * @param everyMillis how long after a window the next one begins; equal to the size if they tumble
 */
public record WindowSize(String text, long sizeMillis, long everyMillis, ZoneId zone) implements Serializable {
    /** So many windows of a size overlap at most. */
    public static final int MAX_HOPS = 64;

    private static final Pattern TEXT = Pattern.compile("([1-9][0-9]{0,3})([mhd])(?:/([1-9][0-9]{0,3})([mhd]))?");
    private static final long MINUTE_MILLIS = Duration.ofMinutes(1).toMillis();
    private static final long HOUR_MILLIS = Duration.ofHours(1).toMillis();
    private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();

    /** Start (inclusive) and end (exclusive), milliseconds since the epoch. */
    public record Window(long startMillis, long endMillis) {}

    /** The window size of that text. Throws IllegalArgumentException with a sentence. */
    public static WindowSize parse(String text, ZoneId zone) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "window '" + text + "' is not a number and m, h or d, as in 1m, 1h or 1d;"
                            + " or two of these, how long and how often, as in 5m/1m");
        }
        long size = millis(matcher.group(1), matcher.group(2));
        if (size > DAY_MILLIS || DAY_MILLIS % size != 0) {
            throw new IllegalArgumentException("window '" + text + "' does not divide a day evenly; use one that does"
                    + " (1m, 5m, 15m, 1h, 6h, 1d)");
        }
        if (matcher.group(3) == null) {
            return new WindowSize(text, size, size, zone);
        }
        long every = millis(matcher.group(3), matcher.group(4));
        if (every >= size || size % every != 0) {
            throw new IllegalArgumentException("window '" + text + "' begins at intervals that do not divide its length"
                    + " into equal parts; use some that do, as in 5m/1m or 1d/1h, or leave them out");
        }
        if (size / every > MAX_HOPS) {
            throw new IllegalArgumentException("window '" + text + "' overlaps with more than " + MAX_HOPS
                    + " others, and each event would count in all; let it begin less often");
        }
        return new WindowSize(text, size, every, zone);
    }

    private static long millis(String number, String unit) {
        long count = Long.parseLong(number);
        return switch (unit) {
            case "m" -> Duration.ofMinutes(count).toMillis();
            case "h" -> Duration.ofHours(count).toMillis();
            default -> Duration.ofDays(count).toMillis();
        };
    }

    /** Whether each window begins where the last one ends. */
    public boolean isTumbling() {
        return everyMillis == sizeMillis;
    }

    /** In how many windows a time lies. */
    public int hops() {
        return (int) (sizeMillis / everyMillis);
    }

    /** The window that a time falls into; of hopping ones the last that had begun. */
    public Window at(long millis) {
        Window hop = hop(millis);
        if (isTumbling()) {
            return hop;
        }
        long end = hop.endMillis();
        for (int i = 1; i < hops(); i++) {
            end = hop(end).endMillis();
        }
        return new Window(hop.startMillis(), end);
    }

    /** All windows that the minute of a time (UTC) lies in, the first to begin first. */
    public List<Window> covering(long millis) {
        Window last = hop(Math.floorDiv(millis, MINUTE_MILLIS) * MINUTE_MILLIS);
        if (isTumbling()) {
            return List.of(last);
        }
        List<Window> windows = new ArrayList<>(hops());
        if (hasEqualHops(last)) {
            long start = last.endMillis() - sizeMillis;
            for (; start <= last.startMillis(); start += everyMillis) {
                windows.add(new Window(start, start + sizeMillis));
            }
        } else {
            int hops = hops();
            long[] boundaries = boundaries(last);
            for (int i = 0; i < hops; i++) {
                windows.add(new Window(boundaries[i], boundaries[i + hops]));
            }
        }
        return windows;
    }

    /** Where the windows that this hop lies in begin, and then where they end. */
    private long[] boundaries(Window last) {
        int hops = hops();
        long[] boundaries = new long[2 * hops];
        boundaries[hops - 1] = last.startMillis();
        boundaries[hops] = last.endMillis();
        for (int i = hops - 2; i >= 0; i--) {
            boundaries[i] = hop(boundaries[i + 1] - 1).startMillis();
        }
        for (int i = hops + 1; i < boundaries.length; i++) {
            boundaries[i] = hop(boundaries[i - 1]).endMillis();
        }
        return boundaries;
    }

    /** How long a window may be: longer than its size where it may hold an hour that comes twice. */
    public long longestMillis() {
        ZoneRules rules = zone.getRules();
        if (everyMillis <= HOUR_MILLIS || rules.isFixedOffset()) {
            return sizeMillis;
        }
        Stream<ZoneOffsetTransition> past = rules.getTransitions().stream();
        Stream<ZoneOffsetTransition> coming = rules.getTransitionRules().stream()
                .map(rule -> rule.createTransition(Instant.EPOCH.atZone(zone).getYear()));
        // Events do not happen before 1970, and some zones have moved across the date line until then.
        long repeated = Stream.concat(past.filter(change -> !change.getInstant().isBefore(Instant.EPOCH)), coming)
                .mapToLong(change -> -change.getDuration().toMillis())
                .max()
                .orElse(0);
        return sizeMillis + Math.max(0, repeated);
    }

    /** Whether the windows around this hop are as long as in a zone whose clock does not change. */
    private boolean hasEqualHops(Window hop) {
        ZoneRules rules = zone.getRules();
        if (rules.isFixedOffset()) {
            return true;
        }
        // No zone changes its clock there and back within two days.
        return everyMillis <= HOUR_MILLIS
                && offsetMillis(rules, hop.startMillis() - sizeMillis)
                        == offsetMillis(rules, hop.endMillis() + sizeMillis);
    }

    /** The tumbling window of the length {@code everyMillis} that a time falls into. */
    private Window hop(long millis) {
        if (zone.equals(ZoneOffset.UTC)) {
            return aligned(millis, 0);
        }
        ZoneRules rules = zone.getRules();
        if (rules.isFixedOffset()) {
            return aligned(millis, offsetMillis(rules, millis));
        }
        return everyMillis <= HOUR_MILLIS ? ofHour(rules, millis) : ofDay(millis);
    }

    private Window aligned(long millis, long offsetMillis) {
        long start = Math.floorDiv(millis + offsetMillis, everyMillis) * everyMillis - offsetMillis;
        return new Window(start, start + everyMillis);
    }

    /** Keeps its length, unless the clock changes within it and by no multiple of it: then it is cut there. */
    private Window ofHour(ZoneRules rules, long millis) {
        long offset = offsetMillis(rules, millis);
        Window whole = aligned(millis, offset);
        long start = whole.startMillis();
        long end = whole.endMillis();
        if ((offset - offsetMillis(rules, start)) % everyMillis != 0) {
            start = rules.previousTransition(Instant.ofEpochMilli(millis + 1))
                    .getInstant()
                    .toEpochMilli();
        }
        if ((offset - offsetMillis(rules, end - 1)) % everyMillis != 0) {
            end = rules.nextTransition(Instant.ofEpochMilli(millis))
                    .getInstant()
                    .toEpochMilli();
        }
        return new Window(start, end);
    }

    private Window ofDay(long millis) {
        LocalDateTime local = LocalDateTime.ofInstant(Instant.ofEpochMilli(millis), zone);
        LocalDateTime midnight = local.toLocalDate().atStartOfDay();
        long part = Duration.between(midnight, local).toMillis() / everyMillis;
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
        LocalDateTime local = midnight.plus(Duration.ofMillis(part * everyMillis));
        ZoneOffsetTransition change = zone.getRules().getTransition(local);
        // A time that the clock leaves out is that at which it does. One that comes twice is the first of the two.
        Instant instant = change != null && change.isGap()
                ? change.getInstant()
                : local.atZone(zone).toInstant();
        return instant.toEpochMilli();
    }

    private static long offsetMillis(ZoneRules rules, long millis) {
        return 1000L * rules.getOffset(Instant.ofEpochMilli(millis)).getTotalSeconds();
    }
}
