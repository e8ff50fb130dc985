package dev.millrace.stack.chaos;

import dev.millrace.stack.Job;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One fault of a schedule.
 *
 * @param number from 1
 * @param part that it hits, as {@code stack status} names it; empty: more than one
 * @param seconds that it is kept up; 0: it is over at once
 * @param parallelism that jobs get; empty: as it is
 * @param calmSeconds from the recovery of the fault before until this one
 */
record Fault(int number, FaultKind kind, String part, int seconds, Map<Job, Integer> parallelism, double calmSeconds) {

    /** What it hits, and how: {@code postgres, 14 s}. */
    String target() {
        String text =
                switch (kind) {
                    case RESTART_ALL -> "everything";
                    case CHECKPOINT_DISK_FULL -> "checkpoints of all jobs";
                    case RESCALE -> parallelism.entrySet().stream()
                            .sorted(Map.Entry.comparingByKey())
                            .map(entry -> entry.getKey().shortName() + " " + entry.getValue())
                            .collect(Collectors.joining(", "));
                    default -> part;
                };
        return seconds == 0 ? text : text + ", " + seconds + " s";
    }
}
