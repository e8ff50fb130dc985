package dev.millrace.stack.bench;

import dev.millrace.core.event.Event;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Events of their own in the middle of a live stream, to see when what follows from them can be read in the store. Of two
 * kinds: an event with a name that no other has, until the row that counts it is there; and a person who is seen on one
 * device while a second one is anonymous, until a login there has made one of the two whom {@code probe_people} counts.
 *
 * <p>Waits begin with the broker's append of the event or login, and end when the first look that shows it has returned.
 * Both times are of one machine's clock. Events are as old as those of the stream. Not for use by several threads.
 */
final class Probes {
    /** Names of events begin with it; a label and a number follow. */
    static final String EVENT = "bench_probe_";
    /** What both of a pair do, each pair with its number in {@code properties.pair}. */
    static final String PAIR = "bench_pair";

    static final long EVENT_EVERY_MILLIS = 100;
    static final long PAIR_EVERY_MILLIS = 250;
    private static final long DAY_MILLIS = 86_400_000;

    private final Sender sender;
    private final Rows rows;
    private final LongSupplier clock;
    private final boolean withPairs;
    private final String label;
    private final Map<String, Wait> events = new LinkedHashMap<>();
    private final Map<String, Pair> pairs = new LinkedHashMap<>();
    private final List<Wait> seenEvents = new ArrayList<>();
    private final List<Wait> seenPairs = new ArrayList<>();
    private long nextEventMillis = Long.MIN_VALUE;
    private long nextPairMillis = Long.MIN_VALUE;
    private int sent;

    /** The way into the raw topic. */
    @FunctionalInterface
    interface Sender {
        /** Sends an event; {@code appended} is told the broker's time of appending it, on whatever thread. */
        void send(Event event, LongConsumer appended);
    }

    /** What the store shows; days are given by their start, in milliseconds. */
    interface Rows {
        /** Those of these names of events for which a row of one of the days is there. */
        Set<String> counted(Collection<String> names, Set<Long> days);

        /** How many people there are of each of these pairs that has a row. */
        Map<String, Double> people(Collection<String> pairs, Set<Long> days);
    }

    /**
     * What came of all.
     *
     * @param rows from an event to its row
     * @param corrections from a login to the row that counts one person where it counted two
     * @param unseen events and pairs of which it was not seen
     */
    record Figures(Latencies.Summary rows, Latencies.Summary corrections, int unseen) {}

    /** From an append to the look that showed what follows. */
    private static final class Wait {
        private final long dayMillis;
        private volatile long appendedMillis = Long.MIN_VALUE;
        private long seenMillis;

        Wait(long dayMillis) {
            this.dayMillis = dayMillis;
        }

        void appended(long millis) {
            appendedMillis = millis;
        }

        boolean isAppended() {
            return appendedMillis != Long.MIN_VALUE;
        }
    }

    private static final class Pair {
        private final Wait login;
        private boolean loggedIn;

        Pair(long dayMillis) {
            login = new Wait(dayMillis);
        }
    }

    /**
     * @param clock the time of day in milliseconds
     * @param withPairs whether the store tells how many people each pair is
     * @param label in all names, to tell these probes from those of others in the same topic
     */
    Probes(Sender sender, Rows rows, LongSupplier clock, boolean withPairs, String label) {
        this.sender = sender;
        this.rows = rows;
        this.clock = clock;
        this.withPairs = withPairs;
        this.label = label;
    }

    /** Sends what is due, at the stream's present time. */
    void send(long streamMillis) {
        long now = clock.getAsLong();
        long dayMillis = Math.floorDiv(streamMillis, DAY_MILLIS) * DAY_MILLIS;
        if (now >= nextEventMillis) {
            nextEventMillis = next(nextEventMillis, EVENT_EVERY_MILLIS, now);
            String name = EVENT + label + sent++;
            Wait wait = new Wait(dayMillis);
            events.put(name, wait);
            sender.send(event("track", name, null, "probe-" + name, "{}", streamMillis), wait::appended);
        }
        if (withPairs && now >= nextPairMillis) {
            nextPairMillis = next(nextPairMillis, PAIR_EVERY_MILLIS, now);
            String pair = label + sent++;
            pairs.put(pair, new Pair(dayMillis));
            String properties = "{\"pair\":\"" + pair + "\"}";
            sender.send(event("track", PAIR, user(pair), null, properties, streamMillis), millis -> {});
            sender.send(event("track", PAIR, null, device(pair), properties, streamMillis), millis -> {});
        }
    }

    /** At a steady rate, as long as it is asked often enough; what was missed is not made up for. */
    private static long next(long dueMillis, long everyMillis, long now) {
        return dueMillis == Long.MIN_VALUE ? now + everyMillis : Math.max(dueMillis + everyMillis, now);
    }

    /** Looks for what is not there yet, and has those log in of whom both are seen. */
    void look(long streamMillis) {
        if (!events.isEmpty()) {
            Set<String> counted = rows.counted(List.copyOf(events.keySet()), days(events.values().stream()));
            long now = clock.getAsLong();
            for (String name : counted) {
                Wait wait = events.remove(name);
                wait.seenMillis = now;
                seenEvents.add(wait);
            }
        }
        if (!pairs.isEmpty()) {
            Map<String, Double> people = rows.people(
                    List.copyOf(pairs.keySet()), days(pairs.values().stream().map(pair -> pair.login)));
            long now = clock.getAsLong();
            people.forEach((name, count) -> look(name, count, now, streamMillis));
        }
    }

    private void look(String name, double count, long now, long streamMillis) {
        Pair pair = pairs.get(name);
        if (pair.loggedIn && count == 1) {
            pairs.remove(name);
            pair.login.seenMillis = now;
            seenPairs.add(pair.login);
        } else if (!pair.loggedIn && count == 2) {
            pair.loggedIn = true;
            sender.send(event("identify", null, user(name), device(name), null, streamMillis), pair.login::appended);
        }
    }

    /** Whether all that was sent has been seen. */
    boolean isIdle() {
        return events.isEmpty() && pairs.isEmpty();
    }

    Figures figures() {
        return new Figures(summary(seenEvents), summary(seenPairs), events.size() + pairs.size());
    }

    private static Latencies.Summary summary(List<Wait> waits) {
        Latencies latencies = new Latencies();
        waits.stream().filter(Wait::isAppended).forEach(wait -> latencies.add(wait.seenMillis - wait.appendedMillis));
        return latencies.summary();
    }

    private static Set<Long> days(Stream<Wait> waits) {
        Set<Long> days = new TreeSet<>();
        waits.forEach(wait -> days.add(wait.dayMillis));
        return days;
    }

    private static String user(String pair) {
        return "probe-user-" + pair;
    }

    private static String device(String pair) {
        return "probe-device-" + pair;
    }

    private Event event(
            String type, String name, String userId, String anonymousId, String properties, long streamMillis) {
        return new Event(
                "probe-" + type + "-" + (name == null ? "" : name) + "-" + userId + "-" + anonymousId,
                type,
                name,
                userId,
                anonymousId,
                null,
                null,
                "web",
                streamMillis,
                null,
                streamMillis,
                properties,
                null,
                null,
                null);
    }
}
