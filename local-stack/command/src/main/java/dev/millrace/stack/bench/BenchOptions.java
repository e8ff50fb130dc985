package dev.millrace.stack.bench;

import java.util.List;
import java.util.Set;

/**
 * What is measured.
 *
 * @param warmUp events of the stream before those that are measured
 * @param events that are measured, and those of a burst
 * @param rounds how often each contender runs
 * @param people the generator's
 * @param parallelism of each job
 * @param seed the generator's
 * @param hours of event time that the events in the raw topic are spread over
 * @param adversarial share of the events after the warm-up that an {@link Adversary} makes
 * @param latencySeconds how long latency is measured; 0: not at all
 * @param latencyRate events a second meanwhile; 0: half of what the contender can do; up to the row, half of
 *     what is sustained, and then of a burst
 * @param only names of the contenders that run; empty: all
 * @param checkpointInterval of each job, as in {@code 10s}
 * @param taskManagerMemory of the process, as in {@code 9g}
 * @param managedMemory of it for RocksDB; most of the rest is heap
 * @param parts what is measured at all
 * @param scalingSizes numbers of identifiers
 * @param scalingEvents that are measured for each of them
 */
public record BenchOptions(
        long warmUp,
        long events,
        int rounds,
        long people,
        int parallelism,
        long seed,
        double hours,
        double adversarial,
        int latencySeconds,
        double latencyRate,
        List<String> only,
        String checkpointInterval,
        String taskManagerMemory,
        String managedMemory,
        Set<Part> parts,
        List<Long> scalingSizes,
        long scalingEvents) {
    /** How long latency is measured where nobody says otherwise. */
    static final int LATENCY_SECONDS = 60;

    private static final double SECONDS_AN_HOUR = 3_600;

    /** What the bench consists of. */
    public enum Part {
        /** Contenders, rounds, and their latency. */
        CONTENDERS,
        LATENCY_BUDGET,
        SCALING
    }

    public BenchOptions {
        require(warmUp >= 1, "--warm-up must be at least 1, but is " + warmUp);
        require(events >= 1, "--events must be at least 1, but is " + events);
        require(rounds >= 1, "--rounds must be at least 1, but is " + rounds);
        require(parallelism >= 1, "--parallelism must be at least 1, but is " + parallelism);
        require(hours > 0, "--hours must be above 0, but is " + hours);
        require(
                adversarial >= 0 && adversarial <= 1,
                "--adversarial is a share: from 0 to 1, but it is " + adversarial);
        require(latencySeconds >= 0, "--latency-seconds must not be below 0, but is " + latencySeconds);
        require(latencyRate >= 0, "--latency-rate must not be below 0, but is " + latencyRate);
        require(!parts.isEmpty(), "nothing is to be measured");
        require(!scalingSizes.isEmpty(), "--scaling-sizes must name a number of identifiers");
        for (long size : scalingSizes) {
            require(size >= 2, "--scaling-sizes must be at least 2 each, but one is " + size);
        }
        require(scalingEvents >= 1, "--scaling-events must be at least 1, but is " + scalingEvents);
        only = List.copyOf(only);
        parts = Set.copyOf(parts);
        scalingSizes = List.copyOf(scalingSizes);
    }

    boolean hasContenders() {
        return parts.contains(Part.CONTENDERS);
    }

    boolean hasLatencyBudget() {
        return parts.contains(Part.LATENCY_BUDGET);
    }

    boolean hasScaling() {
        return parts.contains(Part.SCALING);
    }

    /** All events that are in the raw topic before any job starts. */
    public long total() {
        return warmUp + events;
    }

    /** How fast event time passes in the stream: events a second of it, and at least one. */
    public double eventsPerSecondOfEventTime() {
        return Math.max(1, total() / (hours * SECONDS_AN_HOUR));
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
