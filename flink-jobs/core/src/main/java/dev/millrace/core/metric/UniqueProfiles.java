package dev.millrace.core.metric;

import dev.millrace.core.catalogue.Metric;
import dev.millrace.core.catalogue.WindowSize;
import dev.millrace.core.catalogue.WindowSize.Window;
import dev.millrace.core.metric.ProfileUpdate.Change;
import dev.millrace.core.metric.ProfileUpdate.Key;
import java.util.HashSet;
import java.util.Set;

/**
 * What a profile adds to unique profiles: for each dimension values, 1 to each window in which any of its leaves had an
 * event. The minutes of {@link Presence} tell.
 */
final class UniqueProfiles {
    private UniqueProfiles() {}

    /** Puts a change in place, and adds the person to windows, or takes it out of them. */
    static void replace(ProfileUpdate update, Metric metric, Key key, Change change) {
        long hour = key.hour();
        long before = minutes(update, metric.id(), key.dimensions(), hour);
        update.keep(change.gone, change.come);
        long after = minutes(update, metric.id(), key.dimensions(), hour);
        long changed = before ^ after;
        if (changed == 0) {
            return;
        }
        for (WindowSize size : metric.windows()) {
            Set<Long> done = Long.bitCount(changed) == 1 ? null : new HashSet<>();
            for (long rest = changed; rest != 0; rest &= rest - 1) {
                long millis = Presence.minuteMillis(hour, Long.numberOfTrailingZeros(rest));
                for (Window window : size.covering(millis)) {
                    if (done == null || done.add(window.startMillis())) {
                        enterOrLeave(update, metric, size, window, key, before, after);
                    }
                }
            }
        }
    }

    private static void enterOrLeave(
            ProfileUpdate update, Metric metric, WindowSize size, Window window, Key key, long before, long after) {
        if (!update.hot(window)) {
            return;
        }
        String dimensions = key.dimensions();
        boolean was = (before & minutesIn(window, key.hour())) != 0;
        boolean is = (after & minutesIn(window, key.hour())) != 0;
        if (was != is && !elsewhere(update, metric.id(), dimensions, window, key.hour())) {
            update.out.add(
                    metric, size, window, update.lifecycle(metric, dimensions, window), new long[] {is ? 1 : -1});
        }
    }

    /** Whether another hour of the window has a minute. */
    private static boolean elsewhere(ProfileUpdate update, int metric, String dimensions, Window window, long except) {
        long lastHour = Contribution.hourOf(window.endMillis() - 1);
        for (long hour = Contribution.hourOf(window.startMillis()); hour <= lastHour; ) {
            Day day = update.day(Day.ofHour(hour));
            long dayEndHour = (Day.ofHour(hour) + 1) * 24;
            if (day != null) {
                for (Held held : day.held) {
                    if (held.what() instanceof Presence presence
                            && presence.metric() == metric
                            && presence.hour() != except
                            && presence.dimensions().equals(dimensions)
                            && (presence.minutes() & minutesIn(window, presence.hour())) != 0) {
                        return true;
                    }
                }
            }
            hour = dayEndHour;
        }
        return false;
    }

    /** The minutes of an hour, whichever leaf's. */
    private static long minutes(ProfileUpdate update, int metric, String dimensions, long hour) {
        Day day = update.day(Day.ofHour(hour));
        long minutes = 0;
        if (day != null) {
            for (Held held : day.held) {
                if (held.what() instanceof Presence presence
                        && presence.hour() == hour
                        && presence.metric() == metric
                        && presence.dimensions().equals(dimensions)) {
                    minutes |= presence.minutes();
                }
            }
        }
        return minutes;
    }

    /** Those of an hour's minutes that lie in a window, as bits. */
    private static long minutesIn(Window window, long hour) {
        long from = Math.max(0, minutesAfter(hour, window.startMillis()));
        long to = Math.min(60, minutesAfter(hour, window.endMillis()));
        return from >= to ? 0 : (to - from == Long.SIZE ? -1L : (1L << (to - from)) - 1) << from;
    }

    private static long minutesAfter(long hour, long millis) {
        return Math.floorDiv(millis - hour * Contribution.HOUR_MILLIS, Contribution.MINUTE_MILLIS);
    }
}
