package dev.millrace.core.metric;

import dev.millrace.core.catalogue.Metric;
import dev.millrace.core.catalogue.WindowSize;
import dev.millrace.core.catalogue.WindowSize.Window;
import dev.millrace.core.metric.ProfileChange.Scope;
import java.util.Arrays;
import java.util.List;

/**
 * What all leaves of one profile contribute together, inside the hot horizon, and so what the person adds to which row:
 * whenever that changes, what it was before is taken back and what it is now is added. A mutable value, for a state
 * backend; {@link MetricCodec} is its binary form.
 */
public final class Profile {
    /** No timer is set. */
    public static final long ASLEEP = Long.MIN_VALUE;

    /** More leaves from before the horizon are not remembered. */
    private static final int MOST_OLD_LEAVES = 64;

    private static final long[] NONE = {};
    private static final int[] NOWHERE = {};

    /** Leaves that have told when they were first seen... */
    long[] leaves = NONE;
    /** ...and when that was. */
    long[] firstSeen = NONE;
    /**
     * The metrics of new people that it was counted by, when it was first heard of, and that it is taken back from: one
     * that was added later knows nothing of it. Null, in state of an earlier version: see {@link #wasNewIn}.
     */
    int[] newIn = NOWHERE;

    final Days days = new Days();
    /** Event time up to which there is something to remember. */
    long lastMillis = Long.MIN_VALUE;

    long wakeAtMillis = ASLEEP;

    /** Takes what a profile adds to rows. */
    public interface Output {
        /** Adds to a row of a metric; negative amounts take back. */
        void add(Metric metric, WindowSize size, Window window, String dimensions, long[] amounts);

        /** The profile has this session now. */
        void session(Fragment session);

        /** The profile has no session that begins then. */
        void noSession(long startMillis);
    }

    /** Of state of an earlier version: by which metrics of new people it may have been counted. */
    public void wasNewIn(int[] metrics) {
        if (newIn == null) {
            newIn = metrics;
        }
    }

    /**
     * Takes in what a leaf tells.
     *
     * @param hotSinceMillis windows that end later may still change by what some leaf is yet to tell: one leaf may be days
     *     ahead of another
     */
    public void apply(ProfileChange change, long hotSinceMillis, Measuring rules, OlderDays older, Output out) {
        days.forgetOnceADay(rules.keptSince(hotSinceMillis), older);
        ProfileUpdate update =
                new ProfileUpdate(change.leaf(), days, firstSeenMillis(), change.hotSinceMillis(), rules, older, out);
        lastMillis = Math.max(
                lastMillis,
                change.hotSinceMillis() == Measuring.EVER ? 0 : change.hotSinceMillis() + rules.horizonMillis());
        if (change.scope() == Scope.HOUR) {
            lastMillis = Math.max(lastMillis, change.hour() * Contribution.HOUR_MILLIS);
        }
        if (change.scope() == Scope.LEFT) {
            update.replace(update.allOf(change.leaf()), List.of());
            update.first(without(change.leaf()), newIn);
        } else {
            if (change.firstSeenMillis() != ProfileChange.UNKNOWN) {
                lastMillis = Math.max(lastMillis, change.firstSeenMillis());
                if (leaves.length == 0) {
                    newIn = rules.newProfiles();
                }
                update.first(with(change.leaf(), change.firstSeenMillis()), newIn);
            }
            List<Contribution> old = change.scope() == Scope.ALL ? update.allOf(change.leaf()) : update.within(change);
            update.replace(old, change.contributions());
        }
    }

    /** Says again whether it has a session that begins at a time. */
    public void confirmSession(long startMillis, Measuring rules, OlderDays older, Output out) {
        ProfileUpdate update = new ProfileUpdate(0, days, firstSeenMillis(), Measuring.EVER, rules, older, out);
        for (Metric metric : rules.catalogue().metrics()) {
            if (metric.isSessionRows()) {
                for (Fragment session : Sessions.around(update, metric, startMillis, startMillis)) {
                    if (session.firstMillis() == startMillis) {
                        out.session(session);
                        return;
                    }
                }
            }
        }
        out.noSession(startMillis);
    }

    /** When the earliest of its leaves was first seen; {@link ProfileChange#UNKNOWN}: not known. */
    private long firstSeenMillis() {
        long first = ProfileChange.UNKNOWN;
        for (long millis : firstSeen) {
            first = Math.min(first, millis);
        }
        return first;
    }

    /** Takes out a leaf's first time; returns the earliest that is left. */
    private long without(long leaf) {
        for (int i = 0; i < leaves.length; i++) {
            if (leaves[i] == leaf) {
                int last = leaves.length - 1;
                leaves[i] = leaves[last];
                firstSeen[i] = firstSeen[last];
                leaves = Arrays.copyOf(leaves, last);
                firstSeen = Arrays.copyOf(firstSeen, last);
                break;
            }
        }
        return firstSeenMillis();
    }

    /** Notes a leaf's first time; returns the earliest. */
    private long with(long leaf, long millis) {
        int known = 0;
        while (known < leaves.length && leaves[known] != leaf) {
            known++;
        }
        if (known == leaves.length) {
            leaves = Arrays.copyOf(leaves, known + 1);
            firstSeen = Arrays.copyOf(firstSeen, known + 1);
            leaves[known] = leaf;
        }
        firstSeen[known] = millis;
        return firstSeenMillis();
    }

    /** Event time at which it is to be woken. */
    public long wakeAtMillis() {
        return wakeAtMillis;
    }

    /** Until when it has something to remember; also the time to wake it at. */
    public long sleepUntil(Measuring rules) {
        long daysEnd = days.isEmpty() ? Long.MIN_VALUE : days.endMillis();
        wakeAtMillis = rules.forgetAt(Math.max(daysEnd, Day.endMillis(Day.ofMillis(lastMillis))));
        return wakeAtMillis;
    }

    /** Lets go of what no longer changes. Whether nothing is left. */
    public boolean forget(long hotSinceMillis, Measuring rules, OlderDays older) {
        long keptSince = rules.keptSince(hotSinceMillis);
        days.forgetBefore(keptSince, older);
        forgetLeaves(keptSince);
        return days.isEmpty() && lastMillis < keptSince;
    }

    /** Of leaves that were first seen long ago, the earliest are enough to know that the person is not new. */
    private void forgetLeaves(long keptSince) {
        if (leaves.length <= MOST_OLD_LEAVES) {
            return;
        }
        long[] sorted = firstSeen.clone();
        Arrays.sort(sorted);
        long earlyEnough = sorted[MOST_OLD_LEAVES - 1];
        int kept = 0;
        for (int i = 0; i < leaves.length; i++) {
            if (firstSeen[i] <= earlyEnough || firstSeen[i] >= keptSince) {
                leaves[kept] = leaves[i];
                firstSeen[kept++] = firstSeen[i];
            }
        }
        leaves = Arrays.copyOf(leaves, kept);
        firstSeen = Arrays.copyOf(firstSeen, kept);
    }

    /** A value that does not change when this one does. */
    public Profile copy() {
        Profile copy = new Profile();
        copy.leaves = leaves.clone();
        copy.firstSeen = firstSeen.clone();
        copy.newIn = newIn;
        copy.days.newest = days.newest == null ? null : days.newest.copy();
        copy.days.older = days.older;
        copy.days.forgottenDay = days.forgottenDay;
        copy.lastMillis = lastMillis;
        copy.wakeAtMillis = wakeAtMillis;
        return copy;
    }
}
