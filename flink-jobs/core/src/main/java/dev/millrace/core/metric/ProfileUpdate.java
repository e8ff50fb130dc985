package dev.millrace.core.metric;

import dev.millrace.core.catalogue.Aggregate;
import dev.millrace.core.catalogue.DimensionValues;
import dev.millrace.core.catalogue.Metric;
import dev.millrace.core.catalogue.WindowSize;
import dev.millrace.core.catalogue.WindowSize.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * One leaf's word, being worked into a profile: which contributions come and go, and so which rows change. What a change
 * does to rows is for each aggregate to say: {@link UniqueProfiles}, {@link Sessions}, {@link Funnels}; new profiles,
 * which depend on no contribution, are counted here.
 *
 * <p>The aggregates are static methods that work on this object, so that none of them is made anew for each event.
 */
final class ProfileUpdate {
    /** So many are found as fast without a hash. */
    private static final int FEW = 16;

    private static final String NEW = "new";
    private static final String RETURNING = "returning";

    private final long leaf;
    private final Days days;
    /** When the person was first seen; {@link ProfileChange#UNKNOWN}: not known. */
    private long first;

    private final long hotSince;
    private final Measuring rules;
    private final OlderDays older;
    final Profile.Output out;

    ProfileUpdate(
            long leaf, Days days, long first, long hotSince, Measuring rules, OlderDays older, Profile.Output out) {
        this.leaf = leaf;
        this.days = days;
        this.first = first;
        this.hotSince = hotSince;
        this.rules = rules;
        this.older = older;
        this.out = out;
    }

    /** All that a leaf has. */
    List<Contribution> allOf(long whose) {
        List<Contribution> all = new ArrayList<>();
        days.forEach(older, held -> {
            if (held.leaf() == whose) {
                all.add(held.what());
            }
        });
        return all;
    }

    /** What the leaf has of what a change speaks of. */
    List<Contribution> within(ProfileChange change) {
        List<Contribution> within = new ArrayList<>();
        Day day = change.metrics().isEmpty() ? null : day(Day.ofHour(change.hour()));
        if (day != null) {
            for (Held held : day.held) {
                if (held.leaf() == leaf
                        && held.what().hour() == change.hour()
                        && change.metrics().contains(held.what().metric())) {
                    within.add(held.what());
                }
            }
        }
        return within;
    }

    /** Puts some contributions of the leaf in place of others. */
    void replace(List<Contribution> old, List<Contribution> now) {
        Collection<Contribution> before = toLookUp(old);
        Collection<Contribution> after = toLookUp(now);
        Map<Key, Change> changes = new HashMap<>();
        for (Contribution gone : old) {
            if (!after.contains(gone)) {
                changes.computeIfAbsent(Key.of(gone), key -> new Change()).gone.add(gone);
            }
        }
        for (Contribution come : now) {
            if (!before.contains(come)) {
                changes.computeIfAbsent(Key.of(come), key -> new Change()).come.add(come);
            }
        }
        changes.forEach((key, change) -> {
            Metric metric = rules.metric(key.metric());
            if (metric == null) {
                keep(change.gone, List.of()); // Of a metric that is no more.
            } else {
                replace(metric, key, change);
            }
        });
    }

    /** Few are compared one by one. */
    private Collection<Contribution> toLookUp(List<Contribution> contributions) {
        return contributions.size() <= FEW ? contributions : new HashSet<>(contributions);
    }

    private void replace(Metric metric, Key key, Change change) {
        switch (metric.aggregate()) {
            case UNIQUE_PROFILES -> UniqueProfiles.replace(this, metric, key, change);
            case SESSIONS -> Sessions.replace(this, metric, change);
            case FUNNEL -> Funnels.replace(this, metric, change);
            default -> throw new IllegalStateException(metric.aggregate() + " has no contributions");
        }
    }

    /**
     * Changes what is held, and nothing else: of days in whose windows the change adds and takes back nothing any more, what
     * is held stays, as it does in their rows, until the profile lets go of the day.
     */
    void keep(List<Contribution> gone, List<Contribution> come) {
        for (Contribution each : gone) {
            Day day = isKept(each) ? day(Day.ofHour(each.hour())) : null;
            if (day != null && day.held.remove(new Held(leaf, each))) {
                days.changed(day, older);
            }
        }
        for (Contribution each : come) {
            if (isKept(each)) {
                Day day = days.open(Day.ofHour(each.hour()), older);
                day.held.add(new Held(leaf, each));
                days.changed(day, older);
            }
        }
    }

    private boolean isKept(Contribution contribution) {
        return Day.endMillis(Day.ofHour(contribution.hour())) > rules.keptSince(hotSince);
    }

    /** Whether a window still changes. */
    boolean hot(Window window) {
        return window.endMillis() > hotSince;
    }

    /** Whether a session begins where it seems to: all days are still known in which it may have begun before. */
    boolean knowsStart(Fragment session, long gapMillis) {
        return session.firstMillis() - gapMillis >= rules.keptSince(hotSince);
    }

    /** The day of that number, all leaves' contributions; null: there is none. */
    Day day(long number) {
        return days.find(number, older);
    }

    /** Dimension values of a row, with the lifecycle where the metric has it as a dimension. */
    String lifecycle(Metric metric, String dimensions, Window window) {
        if (!metric.lifecycle()) {
            return dimensions;
        }
        String value = first != ProfileChange.UNKNOWN && first >= window.startMillis() ? NEW : RETURNING;
        String[] values = DimensionValues.parse(dimensions);
        String[] all = Arrays.copyOf(values, values.length + 1);
        all[values.length] = value;
        return DimensionValues.text(all);
    }

    /**
     * The earliest of all leaves was first seen at another time than was thought.
     *
     * @param newIn ids of the metrics of new people that count the person; null: all
     */
    void first(long after, int[] newIn) {
        long before = first;
        if (before == after) {
            return;
        }
        List<Held> byLifecycle = new ArrayList<>();
        if (rules.catalogue().metrics().stream().anyMatch(Metric::lifecycle)) {
            days.forEach(older, held -> {
                Metric metric = rules.metric(held.what().metric());
                if (metric != null && metric.lifecycle()) {
                    byLifecycle.add(held);
                }
            });
        }
        byLifecycle.forEach(held -> of(held.leaf()).replace(List.of(held.what()), List.of()));
        first = after;
        byLifecycle.forEach(held -> of(held.leaf()).replace(List.of(), List.of(held.what())));
        for (Metric metric : rules.catalogue().metrics()) {
            if (metric.aggregate() == Aggregate.NEW_PROFILES && (newIn == null || contains(newIn, metric.id()))) {
                firstSeen(metric, before, -1);
                firstSeen(metric, after, 1);
            }
        }
    }

    private static boolean contains(int[] ids, int id) {
        for (int each : ids) {
            if (each == id) {
                return true;
            }
        }
        return false;
    }

    private void firstSeen(Metric metric, long millis, long profiles) {
        if (millis == ProfileChange.UNKNOWN) {
            return;
        }
        for (WindowSize size : metric.windows()) {
            for (Window window : size.covering(millis)) {
                if (hot(window)) {
                    out.add(metric, size, window, DimensionValues.NONE, new long[] {profiles});
                }
            }
        }
    }

    /** The same work for another leaf. */
    private ProfileUpdate of(long whose) {
        return new ProfileUpdate(whose, days, first, hotSince, rules, older, out);
    }

    /** What changes together. */
    record Key(int metric, long hour, String dimensions) {
        static Key of(Contribution contribution) {
            // A session or a funnel is one thing, whatever its parts say.
            String dimensions = contribution instanceof Presence presence ? presence.dimensions() : "";
            return new Key(contribution.metric(), contribution.hour(), dimensions);
        }

        @Override
        public int hashCode() {
            return 31 * (31 * metric + Long.hashCode(hour)) + dimensions.hashCode();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key that
                    && hour == that.hour
                    && metric == that.metric
                    && dimensions.equals(that.dimensions);
        }
    }

    /** What goes, and what comes in its place. */
    static final class Change {
        final List<Contribution> gone = new ArrayList<>(2);
        final List<Contribution> come = new ArrayList<>(2);
    }
}
