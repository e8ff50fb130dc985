package dev.millrace.core.metric;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A run of events with no longer pause than a session may have: of one leaf within one hour, and, merged, a whole session.
 *
 * @param landing dimension values of the first event; of several at that time the least
 * @param entry the first page; null: no event has one, or pages are not kept
 * @param exit the last page, likewise
 * @param orders how many of the events are orders
 * @param revenueMicros of the orders, millionths
 */
public record Fragment(
        int metric,
        long firstMillis,
        long lastMillis,
        int events,
        String landing,
        PageView entry,
        PageView exit,
        int orders,
        long revenueMicros)
        implements Contribution {

    @Override
    public long hour() {
        return Contribution.hourOf(firstMillis);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * (31 * metric + Long.hashCode(firstMillis)) + Long.hashCode(lastMillis)) + events;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Fragment that
                && firstMillis == that.firstMillis
                && lastMillis == that.lastMillis
                && metric == that.metric
                && events == that.events
                && orders == that.orders
                && revenueMicros == that.revenueMicros
                && landing.equals(that.landing)
                && Objects.equals(entry, that.entry)
                && Objects.equals(exit, that.exit);
    }

    /** Both as one; in which order does not matter. */
    Fragment and(Fragment other) {
        boolean landedHere = firstMillis < other.firstMillis
                || firstMillis == other.firstMillis && landing.compareTo(other.landing) <= 0;
        return new Fragment(
                metric,
                Math.min(firstMillis, other.firstMillis),
                Math.max(lastMillis, other.lastMillis),
                events + other.events,
                landedHere ? landing : other.landing,
                PageView.first(entry, other.entry),
                PageView.last(exit, other.exit),
                orders + other.orders,
                plus(revenueMicros, other.revenueMicros));
    }

    /** Whether a time is within it. */
    boolean holds(long millis) {
        return firstMillis <= millis && millis <= lastMillis;
    }

    /** As far as a long goes: nine million million. */
    private static long plus(long a, long b) {
        long sum = a + b;
        boolean over = ((a ^ sum) & (b ^ sum)) < 0;
        return over ? a < 0 ? Long.MIN_VALUE : Long.MAX_VALUE : sum;
    }

    /**
     * Joins what belongs together.
     *
     * @param fragments by {@code firstMillis}
     * @param gapMillis the longest pause within a session
     */
    static List<Fragment> join(List<Fragment> fragments, long gapMillis) {
        List<Fragment> joined = new ArrayList<>(fragments.size());
        for (Fragment next : fragments) {
            int last = joined.size() - 1;
            if (last >= 0 && next.firstMillis - joined.get(last).lastMillis <= gapMillis) {
                joined.set(last, joined.get(last).and(next));
            } else {
                joined.add(next);
            }
        }
        return joined;
    }
}
