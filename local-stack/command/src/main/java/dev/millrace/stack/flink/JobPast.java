package dev.millrace.stack.flink;

import java.util.OptionalLong;

/**
 * What happened to a job, as far as its JobManager remembers; milliseconds since the epoch.
 *
 * @param name as in {@code millrace-stitch}
 * @param failedMillis when some of its tasks failed last
 * @param checkpointFailedMillis when a checkpoint failed last
 * @param checkpointBegunMillis when the latest one was begun that was completed
 */
public record JobPast(
        String name,
        OptionalLong failedMillis,
        OptionalLong checkpointFailedMillis,
        OptionalLong checkpointBegunMillis) {}
