package dev.millrace.core.metric;

import dev.millrace.core.catalogue.Aggregate;
import dev.millrace.core.catalogue.DimensionValues;
import dev.millrace.core.catalogue.Metric;
import dev.millrace.core.catalogue.WindowSize;
import dev.millrace.core.catalogue.WindowSize.Window;
import dev.millrace.core.metric.ProfileChange.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

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

    /** So many are found as fast without a hash. */
    private static final int FEW = 16;

    private static final long NEVER = Long.MIN_VALUE;
    private static final long[] NONE = {};
    private static final String NEW = "new";
    private static final String RETURNING = "returning";

    /** Leaves that have told when they were first seen... */
    long[] leaves = NONE;
    /** ...and when that was. */
    long[] firstSeen = NONE;

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

    /** Takes in what a leaf tells. */
    public void apply(ProfileChange change, Measuring rules, OlderDays older, Output out) {
        // What the leaf no longer has is nothing to take back.
        days.forgetOnceADay(Measuring.keptSince(change.hotSinceMillis()), older);
        Update update = new Update(change.leaf(), change.hotSinceMillis(), rules, older, out);
        lastMillis = Math.max(
                lastMillis,
                change.hotSinceMillis() == Measuring.EVER ? 0 : change.hotSinceMillis() + rules.horizonMillis());
        long firstBefore = firstSeenMillis();
        if (change.scope() == Scope.LEFT) {
            update.replace(update.allOf(change.leaf()), List.of());
            update.first(firstBefore, without(change.leaf()));
        } else {
            if (change.firstSeenMillis() != ProfileChange.UNKNOWN) {
                lastMillis = Math.max(lastMillis, change.firstSeenMillis());
                update.first(firstBefore, with(change.leaf(), change.firstSeenMillis()));
            }
            List<Contribution> old = change.scope() == Scope.ALL ? update.allOf(change.leaf()) : update.within(change);
            update.replace(old, change.contributions());
        }
    }

    /** Says again whether it has a session that begins at a time. */
    public void confirmSession(long startMillis, Measuring rules, OlderDays older, Output out) {
        Update update = new Update(0, Measuring.EVER, rules, older, out);
        for (Metric metric : rules.catalogue().metrics()) {
            if (metric.isSessionRows()) {
                for (Fragment session : update.sessionsAround(metric, startMillis, startMillis)) {
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

    /** One leaf's word, being worked in. */
    private final class Update {
        private final long leaf;
        private final long hotSince;
        private final Measuring rules;
        private final OlderDays older;
        private final Output out;
        private long first = firstSeenMillis();

        Update(long leaf, long hotSince, Measuring rules, OlderDays older, Output out) {
            this.leaf = leaf;
            this.hotSince = hotSince;
            this.rules = rules;
            this.older = older;
            this.out = out;
        }

        List<Contribution> allOf(long whose) {
            List<Contribution> all = new ArrayList<>();
            days.forEach(older, held -> {
                if (held.leaf() == whose) {
                    all.add(held.what());
                }
            });
            return all;
        }

        List<Contribution> within(ProfileChange change) {
            List<Contribution> within = new ArrayList<>();
            Day day = change.metrics().isEmpty() ? null : days.find(Day.ofHour(change.hour()), older);
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
                    changes.computeIfAbsent(Key.of(gone), key -> new Change())
                            .gone
                            .add(gone);
                }
            }
            for (Contribution come : now) {
                if (!before.contains(come)) {
                    changes.computeIfAbsent(Key.of(come), key -> new Change())
                            .come
                            .add(come);
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
                case UNIQUE_PROFILES -> presence(metric, key, change);
                case SESSIONS -> sessions(metric, change);
                case FUNNEL -> funnel(metric, change);
                default -> throw new IllegalStateException(metric.aggregate() + " has no contributions");
            }
        }

        /** Changes what is held, and nothing else. */
        private void keep(List<Contribution> gone, List<Contribution> come) {
            for (Contribution each : gone) {
                Day day = days.find(Day.ofHour(each.hour()), older);
                if (day != null && day.held.remove(new Held(leaf, each))) {
                    days.changed(day, older);
                }
            }
            for (Contribution each : come) {
                if (Day.endMillis(Day.ofHour(each.hour())) > Measuring.keptSince(hotSince)) {
                    Day day = days.open(Day.ofHour(each.hour()), older);
                    day.held.add(new Held(leaf, each));
                    days.changed(day, older);
                }
            }
        }

        private boolean hot(Window window) {
            return window.endMillis() > hotSince;
        }

        // Unique profiles

        private void presence(Metric metric, Key key, Change change) {
            long hour = key.hour();
            long before = minutes(metric.id(), key.dimensions(), hour);
            keep(change.gone, change.come);
            long after = minutes(metric.id(), key.dimensions(), hour);
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
                            enterOrLeave(metric, size, window, key.dimensions(), hour, before, after);
                        }
                    }
                }
            }
        }

        private void enterOrLeave(
                Metric metric, WindowSize size, Window window, String dimensions, long hour, long before, long after) {
            if (!hot(window)) {
                return;
            }
            boolean was = (before & minutesIn(window, hour)) != 0;
            boolean is = (after & minutesIn(window, hour)) != 0;
            if (was != is && !elsewhere(metric.id(), dimensions, window, hour)) {
                out.add(metric, size, window, lifecycle(metric, dimensions, window), new long[] {is ? 1 : -1});
            }
        }

        /** Whether another hour of the window has a minute. */
        private boolean elsewhere(int metric, String dimensions, Window window, long except) {
            long lastHour = Contribution.hourOf(window.endMillis() - 1);
            for (long hour = Contribution.hourOf(window.startMillis()); hour <= lastHour; ) {
                Day day = days.find(Day.ofHour(hour), older);
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
        private long minutes(int metric, String dimensions, long hour) {
            Day day = days.find(Day.ofHour(hour), older);
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
        private long minutesIn(Window window, long hour) {
            long from = Math.max(0, minutesAfter(hour, window.startMillis()));
            long to = Math.min(60, minutesAfter(hour, window.endMillis()));
            return from >= to ? 0 : (to - from == Long.SIZE ? -1L : (1L << (to - from)) - 1) << from;
        }

        private long minutesAfter(long hour, long millis) {
            return Math.floorDiv(millis - hour * Contribution.HOUR_MILLIS, Contribution.MINUTE_MILLIS);
        }

        private String lifecycle(Metric metric, String dimensions, Window window) {
            if (!metric.lifecycle()) {
                return dimensions;
            }
            String value = first != ProfileChange.UNKNOWN && first >= window.startMillis() ? NEW : RETURNING;
            String[] values = DimensionValues.parse(dimensions);
            String[] all = Arrays.copyOf(values, values.length + 1);
            all[values.length] = value;
            return DimensionValues.text(all);
        }

        // New profiles

        /** The earliest of all leaves was first seen at another time than was thought. */
        void first(long before, long after) {
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
                if (metric.aggregate() == Aggregate.NEW_PROFILES) {
                    firstSeen(metric, before, -1);
                    firstSeen(metric, after, 1);
                }
            }
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
        private Update of(long whose) {
            Update other = new Update(whose, hotSince, rules, older, out);
            other.first = first;
            return other;
        }

        // Sessions

        private void sessions(Metric metric, Change change) {
            long from = Long.MAX_VALUE;
            long to = Long.MIN_VALUE;
            for (List<Contribution> side : List.of(change.gone, change.come)) {
                for (Contribution each : side) {
                    from = Math.min(from, ((Fragment) each).firstMillis());
                    to = Math.max(to, ((Fragment) each).lastMillis());
                }
            }
            List<Fragment> before = sessionsAround(metric, from, to);
            keep(change.gone, change.come);
            List<Fragment> after = sessionsAround(metric, from, to);
            if (metric.isSessionRows()) {
                rows(before, after);
                return;
            }
            before.forEach(session -> count(metric, session, -1));
            after.forEach(session -> count(metric, session, 1));
        }

        private void rows(List<Fragment> before, List<Fragment> after) {
            for (Fragment session : before) {
                if (after.stream().noneMatch(now -> now.firstMillis() == session.firstMillis())) {
                    out.noSession(session.firstMillis());
                }
            }
            for (Fragment session : after) {
                if (!before.contains(session)) {
                    out.session(session);
                }
            }
        }

        private void count(Metric metric, Fragment session, int sign) {
            long[] amounts = {
                sign, sign * (session.lastMillis() - session.firstMillis()), session.events() == 1 ? sign : 0
            };
            for (WindowSize size : metric.windows()) {
                for (Window window : size.covering(session.firstMillis())) {
                    if (hot(window)) {
                        out.add(metric, size, window, lifecycle(metric, session.landing(), window), amounts);
                    }
                }
            }
        }

        /** The sessions that a change in a span of time may have made, joined, or split. */
        private List<Fragment> sessionsAround(Metric metric, long from, long to) {
            long gap = metric.gapMillis();
            long firstDay = Day.ofMillis(from - gap);
            long lastDay = Day.ofMillis(to + gap);
            List<Fragment> fragments = new ArrayList<>();
            for (long day = firstDay; day <= lastDay; day++) {
                collect(metric, day, fragments);
            }
            // A session goes on for as long as there are events: maybe for days.
            while (reaches(fragments, Day.startMillis(firstDay), gap, true)) {
                firstDay--;
                if (!collect(metric, firstDay, fragments)) {
                    break;
                }
            }
            while (reaches(fragments, Day.endMillis(lastDay), gap, false)) {
                lastDay++;
                if (!collect(metric, lastDay, fragments)) {
                    break;
                }
            }
            if (fragments.size() > 1) {
                fragments.sort(Comparator.comparingLong(Fragment::firstMillis));
            }
            List<Fragment> sessions = Fragment.join(fragments, gap);
            sessions.removeIf(session -> session.lastMillis() < from - gap || session.firstMillis() > to + gap);
            return sessions;
        }

        private boolean collect(Metric metric, long number, List<Fragment> fragments) {
            Day day = days.find(number, older);
            int before = fragments.size();
            if (day != null) {
                for (Held held : day.held) {
                    if (held.what() instanceof Fragment fragment && fragment.metric() == metric.id()) {
                        fragments.add(fragment);
                    }
                }
            }
            return fragments.size() > before;
        }

        private boolean reaches(List<Fragment> fragments, long border, long gap, boolean back) {
            for (Fragment fragment : fragments) {
                if (back ? fragment.firstMillis() - gap <= border : fragment.lastMillis() + gap >= border) {
                    return true;
                }
            }
            return false;
        }

        // Funnels

        private void funnel(Metric metric, Change change) {
            Set<Place> places = new HashSet<>();
            places(metric, change, places);
            Map<Place, long[]> before = reached(metric, places);
            keep(change.gone, change.come);
            places(metric, change, places);
            Map<Place, long[]> after = reached(metric, places);
            for (Place place : places) {
                long[] was = before.get(place);
                long[] is = after.get(place);
                if (was == null && is == null || Arrays.equals(was, is)) {
                    continue;
                }
                long[] amounts = new long[metric.steps().size()];
                for (int i = 0; i < amounts.length; i++) {
                    amounts[i] = (is == null ? 0 : is[i]) - (was == null ? 0 : was[i]);
                }
                out.add(metric, place.size(), place.window(), place.dimensions(), amounts);
            }
        }

        /** Adds the places of first steps that what has changed may have followed. */
        private void places(Metric metric, Change change, Set<Place> places) {
            for (List<Contribution> side : List.of(change.gone, change.come)) {
                for (Contribution each : side) {
                    long millis = ((Step) each).timeMillis();
                    place(metric, (Step) each, places);
                    for (Step start : stepsBetween(metric, millis - metric.withinMillis(), millis)) {
                        place(metric, start, places);
                    }
                }
            }
        }

        private void place(Metric metric, Step start, Set<Place> places) {
            if ((start.steps() & 1) == 0) {
                return;
            }
            for (WindowSize size : metric.windows()) {
                for (Window window : size.covering(start.timeMillis())) {
                    if (hot(window)) {
                        places.add(new Place(size, window, start.dimensions()));
                    }
                }
            }
        }

        private Map<Place, long[]> reached(Metric metric, Set<Place> places) {
            Map<Place, long[]> reached = new HashMap<>();
            for (Place place : places) {
                Window window = place.window();
                List<Step> steps =
                        stepsBetween(metric, window.startMillis(), window.endMillis() - 1 + metric.withinMillis());
                long[] amounts = new long[metric.steps().size()];
                Arrays.fill(amounts, 0, furthest(metric, steps, place), 1);
                reached.put(place, amounts);
            }
            return reached;
        }

        /**
         * How many steps were taken at most from a first one in a window. Of all ways to a step, the one that began last
         * has the most time left for the next: so one way is kept for each step.
         *
         * @param steps by time
         */
        private int furthest(Metric metric, List<Step> steps, Place place) {
            long[] began = new long[metric.steps().size()];
            Arrays.fill(began, NEVER);
            int furthest = 0;
            for (int from = 0; from < steps.size() && furthest < began.length; ) {
                long millis = steps.get(from).timeMillis();
                int taken = 0;
                boolean begins = false;
                int to = from;
                for (; to < steps.size() && steps.get(to).timeMillis() == millis; to++) {
                    taken |= steps.get(to).steps();
                    begins |= (steps.get(to).steps() & 1) != 0
                            && steps.get(to).dimensions().equals(place.dimensions());
                }
                long minute = Contribution.minuteOf(millis);
                if (begins
                        && minute >= place.window().startMillis()
                        && minute < place.window().endMillis()) {
                    began[0] = millis;
                    furthest = Math.max(furthest, 1);
                }
                for (int step = 1; step < began.length; step++) {
                    boolean inTime = began[step - 1] != NEVER && millis - began[step - 1] <= metric.withinMillis();
                    if ((taken >> step & 1) != 0 && inTime) {
                        began[step] = Math.max(began[step], began[step - 1]);
                        furthest = Math.max(furthest, step + 1);
                    }
                }
                from = to;
            }
            return furthest;
        }

        /** Steps between two times, both inclusive, by time. */
        private List<Step> stepsBetween(Metric metric, long from, long to) {
            List<Step> steps = new ArrayList<>();
            long lastDay = Day.ofMillis(to);
            for (long number = Day.ofMillis(from); number <= lastDay; number++) {
                Day day = days.find(number, older);
                if (day == null) {
                    continue;
                }
                for (Held held : day.held) {
                    if (held.what() instanceof Step step
                            && step.metric() == metric.id()
                            && step.timeMillis() >= from
                            && step.timeMillis() <= to) {
                        steps.add(step);
                    }
                }
            }
            if (steps.size() > 1) {
                steps.sort(Comparator.comparingLong(Step::timeMillis));
            }
            return steps;
        }
    }

    /** Where a funnel is entered. */
    private record Place(WindowSize size, Window window, String dimensions) {
        @Override
        public int hashCode() {
            return 31 * (31 * size.text().hashCode() + Long.hashCode(window.startMillis())) + dimensions.hashCode();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Place that
                    && window.startMillis() == that.window.startMillis()
                    && window.endMillis() == that.window.endMillis()
                    && size.text().equals(that.size.text())
                    && dimensions.equals(that.dimensions);
        }
    }

    /** What changes together. */
    private record Key(int metric, long hour, String dimensions) {
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

    private static final class Change {
        final List<Contribution> gone = new ArrayList<>(2);
        final List<Contribution> come = new ArrayList<>(2);
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
    public boolean forget(long hotSinceMillis, OlderDays older) {
        long keptSince = Measuring.keptSince(hotSinceMillis);
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
        copy.days.newest = days.newest == null ? null : days.newest.copy();
        copy.days.older = days.older;
        copy.days.forgottenDay = days.forgottenDay;
        copy.lastMillis = lastMillis;
        copy.wakeAtMillis = wakeAtMillis;
        return copy;
    }
}
