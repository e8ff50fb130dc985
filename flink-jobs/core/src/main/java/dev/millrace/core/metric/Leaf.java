package dev.millrace.core.metric;

import dev.millrace.core.catalogue.Aggregate;
import dev.millrace.core.catalogue.Hit;
import dev.millrace.core.catalogue.Metric;
import dev.millrace.core.event.MessageIds;
import dev.millrace.core.event.RecentMessageIds;
import dev.millrace.core.metric.Observation.SeenEvent;
import dev.millrace.core.metric.ProfileChange.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One identifier's contributions inside the hot horizon: what its events add, which repeats it drops, and what it takes
 * along when it moves to another profile. A mutable value, for a state backend; {@link MetricCodec} is its binary form.
 *
 * <p>Repeats are told in two ways. A record that was emitted again after a failure has an offset at or below the highest
 * counted of its raw partition. The same message from two raw partitions has two offsets, and after a failure both can
 * come through; its message id tells.
 */
public final class Leaf {
    /** No timer is set. */
    public static final long ASLEEP = Long.MIN_VALUE;

    /**
     * How far the clocks of the machines that StitchJob runs on may be apart. Less than Flink takes to give a process up, or
     * the attempt that takes over would begin too soon after the one that is given up.
     */
    private static final long CLOCKS_APART_MILLIS = 5_000;

    private static final String[] NONE = {};
    private static final long[] NO_OFFSETS = {};

    /** Profile that it belongs to; null before its first record. */
    String profileId;
    /** When it was first seen, as the profile was told. */
    long firstSeenMillis = ProfileChange.UNKNOWN;
    /** Raw partitions, {@code topic/partition}... */
    String[] partitions = NONE;
    /** ...and the highest offset counted of each. */
    long[] offsets = NO_OFFSETS;

    RecentMessageIds recent = new RecentMessageIds();
    final Days days = new Days();
    /** Event time up to which there is something to remember: of the latest event, or of the latest word of it. */
    long lastMillis = Long.MIN_VALUE;
    /** The latest event time of which people were told. */
    long sightedMillis = Long.MIN_VALUE;
    /** When the latest attempt of StitchJob began that has decided of it. */
    long term;
    /** Event time at which it is woken to let go of what is past the horizon. */
    long wakeAtMillis = ASLEEP;

    /** What became of a record. */
    public enum Outcome {
        COUNTED,
        /** Counted, and some of it left out that depends on whose it is: there is too much in one hour. */
        COUNTED_IN_PART,
        /** It carries no event. */
        NO_EVENT,
        /** It was counted before. */
        REPEAT,
        /** A message came again. */
        DUPLICATE,
        /** It happened too long ago for windows that still change. */
        BEYOND_HORIZON
    }

    /** Takes what a leaf has to say. */
    public interface Output {
        /** A profile is told of contributions. */
        void change(ProfileChange change);

        /** An event counts, whoever's it is. */
        void count(Hit hit, long timeMillis);
    }

    /**
     * The record as it is to be taken: of one that a process has sent which had been taken for dead, whose the identifier
     * was then is not to be believed any more; its event and its link are.
     */
    public Observation believed(Observation record) {
        if (record.term() + CLOCKS_APART_MILLIS < term && profileId != null) {
            return record.of(profileId);
        }
        term = Math.max(term, record.term());
        return record;
    }

    /**
     * Takes in the next record of this identifier.
     *
     * @param hotSinceMillis what happened earlier no longer counts, see {@link Measuring#hotSince}
     */
    public Outcome next(Observation record, long hotSinceMillis, Measuring rules, OlderDays older, Output out) {
        long leaf = MessageIds.hash(record.identifier());
        days.forgetOnceADay(rules.keptSince(hotSinceMillis), older);
        boolean moved = move(record, leaf, hotSinceMillis, out);
        boolean earlier = record.firstSeenMillis() < firstSeenMillis;
        if (earlier) {
            firstSeenMillis = record.firstSeenMillis();
            lastMillis = Math.max(lastMillis, firstSeenMillis);
        }
        long dayBefore = Day.ofMillis(lastMillis);
        Touched touched = new Touched();
        Outcome outcome = record.event() == null
                ? Outcome.NO_EVENT
                : event(record.event(), hotSinceMillis, rules, older, out, touched);
        if (moved) {
            List<Contribution> all = new ArrayList<>();
            long keptSince = rules.keptSince(hotSinceMillis);
            days.forEach(older, held -> {
                if (Day.endMillis(Day.ofHour(held.what().hour())) > keptSince) {
                    all.add(held.what());
                }
            });
            out.change(change(leaf, hotSinceMillis, Scope.ALL, 0, List.of(), all));
            return outcome;
        }
        // Once a day in any case: the profile must not forget since when a leaf is there that is remembered.
        boolean anotherDay = Day.ofMillis(lastMillis) > dayBefore;
        if (earlier || anotherDay || !touched.metrics.isEmpty()) {
            if (anotherDay && touched.metrics.isEmpty()) {
                touched.hour = Contribution.hourOf(lastMillis);
            }
            out.change(change(
                    leaf,
                    hotSinceMillis,
                    Scope.HOUR,
                    touched.hour,
                    touched.metrics,
                    touched.metrics.isEmpty() ? List.of() : within(touched, older)));
        }
        return outcome;
    }

    private static final class Touched {
        long hour;
        List<Integer> metrics = List.of();

        void add(int metric) {
            if (metrics.isEmpty()) {
                metrics = new ArrayList<>(4);
            }
            if (!metrics.contains(metric)) {
                metrics.add(metric);
            }
        }
    }

    /** Whether the record is about another profile than before. */
    private boolean move(Observation record, long leaf, long hotSinceMillis, Output out) {
        if (record.profileId().equals(profileId)) {
            return false;
        }
        String from = profileId == null ? record.previousProfileId() : profileId;
        if (from != null && !from.equals(record.profileId())) {
            out.change(new ProfileChange(
                    from, leaf, hotSinceMillis, ProfileChange.UNKNOWN, Scope.LEFT, 0, List.of(), List.of()));
        }
        profileId = record.profileId();
        return true;
    }

    private ProfileChange change(
            long leaf,
            long hotSinceMillis,
            Scope scope,
            long hour,
            List<Integer> metrics,
            List<Contribution> contributions) {
        return new ProfileChange(profileId, leaf, hotSinceMillis, firstSeenMillis, scope, hour, metrics, contributions);
    }

    private List<Contribution> within(Touched touched, OlderDays older) {
        List<Contribution> contributions = new ArrayList<>();
        for (Held held : days.find(Day.ofHour(touched.hour), older).held) {
            if (held.what().hour() == touched.hour
                    && touched.metrics.contains(held.what().metric())) {
                contributions.add(held.what());
            }
        }
        return contributions;
    }

    private Outcome event(
            SeenEvent event, long hotSinceMillis, Measuring rules, OlderDays older, Output out, Touched touched) {
        if (!isNext(event)) {
            return Outcome.REPEAT;
        }
        if (event.timeMillis() < hotSinceMillis) {
            return Outcome.BEYOND_HORIZON;
        }
        lastMillis = Math.max(lastMillis, event.timeMillis());
        if (event.duplicate() || cameBefore(event, rules)) {
            return Outcome.DUPLICATE;
        }
        Day day = null;
        boolean complete = true;
        for (Hit hit : event.hits()) {
            Metric metric = hit.metric();
            if (!metric.byProfile()) {
                out.count(hit, event.timeMillis());
                continue;
            }
            if (day == null) {
                day = days.open(Day.ofMillis(event.timeMillis()), older);
                touched.hour = Contribution.hourOf(event.timeMillis());
            }
            complete &= contribute(day, hit, event.timeMillis(), rules, touched);
        }
        if (day != null && !touched.metrics.isEmpty()) {
            days.changed(day, older);
        }
        return complete ? Outcome.COUNTED : Outcome.COUNTED_IN_PART;
    }

    /** Whether there was room for it. */
    private static boolean contribute(Day day, Hit hit, long timeMillis, Measuring rules, Touched touched) {
        Aggregate aggregate = hit.metric().aggregate();
        boolean room = true;
        switch (aggregate) {
            case UNIQUE_PROFILES -> room = present(day, hit, timeMillis, rules, touched);
            case FUNNEL -> room = step(day, hit, timeMillis, rules, touched);
            case SESSIONS -> fragment(day, hit, timeMillis, touched);
            default -> throw new IllegalStateException(aggregate + " has no contributions");
        }
        return room;
    }

    private static boolean present(Day day, Hit hit, long timeMillis, Measuring rules, Touched touched) {
        long hour = Contribution.hourOf(timeMillis);
        long bit = Presence.bitOf(timeMillis);
        int inHour = 0;
        for (int i = 0; i < day.held.size(); i++) {
            Contribution known = day.held.get(i).what();
            if (known.hour() != hour) {
                continue;
            }
            inHour++;
            if (known instanceof Presence presence
                    && presence.metric() == hit.metric().id()
                    && presence.dimensions().equals(hit.dimensions())) {
                if ((presence.minutes() & bit) == 0) {
                    Presence more =
                            new Presence(presence.metric(), hour, presence.dimensions(), presence.minutes() | bit);
                    day.held.set(i, new Held(0, more));
                    touched.add(presence.metric());
                }
                return true;
            }
        }
        if (inHour >= rules.mostAnHour()) {
            return false;
        }
        day.held.add(new Held(0, new Presence(hit.metric().id(), hour, hit.dimensions(), bit)));
        touched.add(hit.metric().id());
        return true;
    }

    private static boolean step(Day day, Hit hit, long timeMillis, Measuring rules, Touched touched) {
        long hour = Contribution.hourOf(timeMillis);
        int inHour = 0;
        for (int i = 0; i < day.held.size(); i++) {
            Contribution known = day.held.get(i).what();
            if (known.hour() != hour) {
                continue;
            }
            inHour++;
            if (known instanceof Step step
                    && step.metric() == hit.metric().id()
                    && step.timeMillis() == timeMillis
                    && step.dimensions().equals(hit.dimensions())) {
                int steps = step.steps() | hit.steps();
                if (steps != step.steps()) {
                    day.held.set(i, new Held(0, new Step(step.metric(), timeMillis, steps, step.dimensions())));
                    touched.add(step.metric());
                }
                return true;
            }
        }
        if (inHour >= rules.mostAnHour()) {
            return false;
        }
        day.held.add(new Held(0, new Step(hit.metric().id(), timeMillis, hit.steps(), hit.dimensions())));
        touched.add(hit.metric().id());
        return true;
    }

    /** A new event may join fragments; there are never more than the hour has room for pauses. */
    private static void fragment(Day day, Hit hit, long timeMillis, Touched touched) {
        long gap = hit.metric().gapMillis();
        PageView page = hit.page() == null ? null : new PageView(timeMillis, hit.page());
        Fragment joined = new Fragment(
                hit.metric().id(),
                timeMillis,
                timeMillis,
                1,
                hit.dimensions(),
                page,
                page,
                hit.steps(),
                hit.steps() == 0 ? 0 : hit.micros());
        long hour = joined.hour();
        for (int i = day.held.size() - 1; i >= 0; i--) {
            if (day.held.get(i).what() instanceof Fragment known
                    && known.metric() == joined.metric()
                    && known.hour() == hour
                    && known.firstMillis() - joined.lastMillis() <= gap
                    && joined.firstMillis() - known.lastMillis() <= gap) {
                joined = joined.and(known);
                day.held.remove(i);
            }
        }
        day.held.add(new Held(0, joined));
        touched.add(joined.metric());
    }

    /** Whether nothing at or behind its offset was counted; if so, it is from now on. */
    private boolean isNext(SeenEvent event) {
        int known = 0;
        while (known < partitions.length && !partitions[known].equals(event.partition())) {
            known++;
        }
        if (known == partitions.length) {
            partitions = Arrays.copyOf(partitions, known + 1);
            offsets = Arrays.copyOf(offsets, known + 1);
            partitions[known] = event.partition();
        } else if (event.offset() <= offsets[known]) {
            return false;
        }
        offsets[known] = event.offset();
        return true;
    }

    private boolean cameBefore(SeenEvent event, Measuring rules) {
        return recent.add(event.messageHash(), event.timeMillis(), rules.dedupeWindowMillis(), rules.dedupeMaxIds())
                == RecentMessageIds.Outcome.DUPLICATE;
    }

    /** When it is to be woken, event time. */
    public long wakeAtMillis() {
        return wakeAtMillis;
    }

    /** Until when it has something to remember; also the time to wake it at. */
    public long sleepUntil(Measuring rules, long hotSinceMillis) {
        long last = Math.max(lastMillis, hotSinceMillis == Measuring.EVER ? 0 : hotSinceMillis + rules.horizonMillis());
        long daysEnd = days.isEmpty() ? Long.MIN_VALUE : days.endMillis();
        wakeAtMillis = rules.forgetAt(Math.max(daysEnd, Day.endMillis(Day.ofMillis(last))));
        return wakeAtMillis;
    }

    /** Lets go of what no longer changes. Whether nothing is left. */
    public boolean forget(long hotSinceMillis, Measuring rules, OlderDays older) {
        long keptSince = rules.keptSince(hotSinceMillis);
        days.forgetBefore(keptSince, older);
        return days.isEmpty() && lastMillis < keptSince;
    }

    /** Whether people were ever told that it was seen. */
    public boolean isSighted() {
        return sightedMillis != Long.MIN_VALUE;
    }

    /**
     * Whether people are to be told that it was seen at a time: now and then is enough.
     *
     * @param stepMillis how exactly it is kept
     */
    public boolean sights(long timeMillis, long stepMillis) {
        boolean tells =
                !isSighted() || Math.floorDiv(timeMillis, stepMillis) > Math.floorDiv(sightedMillis, stepMillis);
        if (tells) {
            sightedMillis = timeMillis;
        }
        return tells;
    }

    /** A value that does not change when this one does. */
    public Leaf copy() {
        Leaf copy = new Leaf();
        copy.profileId = profileId;
        copy.firstSeenMillis = firstSeenMillis;
        copy.partitions = partitions;
        copy.offsets = offsets.clone();
        copy.recent = recent.copy();
        copy.days.newest = days.newest == null ? null : days.newest.copy();
        copy.days.older = days.older;
        copy.days.forgottenDay = days.forgottenDay;
        copy.lastMillis = lastMillis;
        copy.sightedMillis = sightedMillis;
        copy.term = term;
        copy.wakeAtMillis = wakeAtMillis;
        return copy;
    }
}
