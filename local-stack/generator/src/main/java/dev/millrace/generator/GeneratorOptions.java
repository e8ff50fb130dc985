package dev.millrace.generator;

import java.time.Instant;

/**
 * What is generated. Equal options give equal events, byte for byte. Start, events and the shares change nothing else:
 * the same seed, people and rate give the same message ids.
 *
 * @param seed decides everything that is left to chance
 * @param people how many there are; a person costs nothing until they visit
 * @param start event time of the first event
 * @param eventsPerSecond of event time, duplicates and malformed records not counted
 * @param events how many there are in all, with duplicates and malformed ones; {@link Long#MAX_VALUE}: no end
 * @param duplicates share of events that arrive twice
 * @param late share of events that arrive seconds to hours after others of their time
 * @param malformed share of records that are no usable event
 * @param sharedDevices share of people who use one device with somebody else
 */
public record GeneratorOptions(
        long seed,
        long people,
        Instant start,
        double eventsPerSecond,
        long events,
        double duplicates,
        double late,
        double malformed,
        double sharedDevices) {

    /** Of event time: a shop of middling size. */
    public static final double DEFAULT_EVENTS_PER_SECOND = 100;

    public static final Instant DEFAULT_START = Instant.parse("2026-01-01T00:00:00Z");

    public GeneratorOptions {
        if (people < 1 || people > 1_000_000_000) {
            throw new IllegalArgumentException("people must be from 1 to 1,000,000,000, but is " + people);
        }
        if (!(eventsPerSecond > 0 && eventsPerSecond <= 10_000_000)) {
            throw new IllegalArgumentException(
                    "events per second must be above 0 and at most 10,000,000, but is " + eventsPerSecond);
        }
        if (events < 0) {
            throw new IllegalArgumentException("events must not be below 0, but is " + events);
        }
        share("duplicates", duplicates);
        share("late", late);
        share("malformed", malformed);
        share("shared devices", sharedDevices);
    }

    /** 10,000 people, 100 events a second from 2026 on, without end; 1% duplicates, 1% late, 0.1% malformed. */
    public static GeneratorOptions ofSeed(long seed) {
        return new GeneratorOptions(
                seed, 10_000, DEFAULT_START, DEFAULT_EVENTS_PER_SECOND, Long.MAX_VALUE, 0.01, 0.01, 0.001, 0.02);
    }

    public GeneratorOptions withPeople(long value) {
        return new GeneratorOptions(
                seed, value, start, eventsPerSecond, events, duplicates, late, malformed, sharedDevices);
    }

    public GeneratorOptions withStart(Instant value) {
        return new GeneratorOptions(
                seed, people, value, eventsPerSecond, events, duplicates, late, malformed, sharedDevices);
    }

    public GeneratorOptions withEventsPerSecond(double value) {
        return new GeneratorOptions(seed, people, start, value, events, duplicates, late, malformed, sharedDevices);
    }

    public GeneratorOptions withEvents(long value) {
        return new GeneratorOptions(
                seed, people, start, eventsPerSecond, value, duplicates, late, malformed, sharedDevices);
    }

    public GeneratorOptions withDuplicates(double share) {
        return new GeneratorOptions(
                seed, people, start, eventsPerSecond, events, share, late, malformed, sharedDevices);
    }

    public GeneratorOptions withLate(double share) {
        return new GeneratorOptions(
                seed, people, start, eventsPerSecond, events, duplicates, share, malformed, sharedDevices);
    }

    public GeneratorOptions withMalformed(double share) {
        return new GeneratorOptions(
                seed, people, start, eventsPerSecond, events, duplicates, late, share, sharedDevices);
    }

    public GeneratorOptions withSharedDevices(double share) {
        return new GeneratorOptions(seed, people, start, eventsPerSecond, events, duplicates, late, malformed, share);
    }

    private static void share(String name, double value) {
        if (!(value >= 0 && value <= 0.5)) {
            throw new IllegalArgumentException("the share of " + name + " must be from 0 to 0.5, but is " + value);
        }
    }
}
