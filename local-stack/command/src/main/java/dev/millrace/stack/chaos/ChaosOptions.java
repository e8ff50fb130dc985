package dev.millrace.stack.chaos;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * What is done, and for how long.
 *
 * @param atMost no fault begins later than so long after the first could have
 * @param seed of the schedule, and of the generator
 * @param eventsPerSecond half of them by HTTP, half to Kafka directly
 * @param people who cause the events
 * @param faults which kinds there are
 * @param once whether it ends when there was one of each kind
 * @param taskManagers how many
 */
record ChaosOptions(
        Duration atMost,
        long seed,
        double eventsPerSecond,
        long people,
        List<FaultKind> faults,
        boolean once,
        int taskManagers) {
    ChaosOptions {
        if (atMost.isNegative() || atMost.isZero()) {
            throw new IllegalArgumentException("--minutes must be above 0");
        }
        if (!(eventsPerSecond >= 1 && eventsPerSecond <= 100_000)) {
            throw new IllegalArgumentException("--rate must be from 1 to 100,000, but is " + eventsPerSecond);
        }
        if (people < 1) {
            throw new IllegalArgumentException("--people must be at least 1");
        }
        if (taskManagers < 1) {
            throw new IllegalArgumentException("--task-managers must be at least 1");
        }
        faults = List.copyOf(new LinkedHashSet<>(faults));
        if (faults.isEmpty()) {
            throw new IllegalArgumentException(
                    "--faults must name at least one; there are " + FaultKind.labels(List.of(FaultKind.values())));
        }
    }
}
