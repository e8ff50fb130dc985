package dev.millrace.stack.chaos;

import dev.millrace.stack.Job;
import dev.millrace.stack.part.TaskManager;
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

    /** Whether jobs can't but fail of it: what ran in a TaskManager is gone, or the JobManager misses it. */
    boolean failsJobs() {
        return kind == FaultKind.TM_KILL
                || kind == FaultKind.PAUSE
                        && part.startsWith(TaskManager.PREFIX)
                        && seconds >= Schedule.LEAST_LONG_PAUSE_SECONDS;
    }

    /** The same on another part. */
    Fault on(String other) {
        return new Fault(number, kind, other, seconds, parallelism, calmSeconds);
    }

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
