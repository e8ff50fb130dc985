package dev.millrace.stack.flink;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * How a job does.
 *
 * @param id Flink's
 * @param name as in {@code millrace-stitch}
 * @param state Flink's, and {@code STARTING} while it runs in name but not with all its tasks
 * @param restarts since it was submitted
 * @param recordsPerSecond that its sources read
 * @param pendingRecords that its sources have not read yet
 */
public record JobStatus(
        String id,
        String name,
        String state,
        OptionalLong restarts,
        OptionalDouble recordsPerSecond,
        OptionalLong pendingRecords,
        Optional<Checkpoint> lastCheckpoint) {

    /**
     * A completed checkpoint.
     *
     * @param completedAtMillis since the epoch
     * @param path where its metadata is
     */
    public record Checkpoint(long number, long completedAtMillis, long durationMillis, long sizeBytes, String path) {}

    public boolean isRunning() {
        return state.equals("RUNNING");
    }
}
