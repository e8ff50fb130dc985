package dev.millrace.runtime.postgres;

import dev.millrace.core.store.MetricDescription;
import java.io.Serializable;
import java.util.List;

/**
 * What a job that begins or goes on asks of the store, and tells it. After a failure the store holds rows that were written
 * after the checkpoint that the job goes on from: a transient value among them, which the second time round never comes
 * about, would stay for ever. So the job asks which rows those are, and writes them again as they are now.
 */
public interface StoreHistory extends Serializable {
    /**
     * A row of {@code metric_values}. Times are milliseconds since the epoch.
     *
     * @param dimensions JSON object
     */
    record WrittenMetric(
            String metric, String windowSize, long windowStartMillis, long windowEndMillis, String dimensions) {}

    /** A row of {@code sessions}. */
    record WrittenSession(String profileId, long startedAtMillis) {}

    /**
     * Rows of metrics that were written since a time, by the clock.
     *
     * @param hotSinceMillis only of windows that end later; {@link Long#MIN_VALUE}: of all
     */
    List<WrittenMetric> metricsSince(long writtenMillis, long hotSinceMillis) throws Exception;

    /** Rows of sessions that were written since a time, by the clock. */
    List<WrittenSession> sessionsSince(long writtenMillis) throws Exception;

    /** Writes what is known of the metrics that there are. */
    void describe(List<MetricDescription> metrics) throws Exception;

    /** A store that nothing was ever written to. */
    static StoreHistory none() {
        return new StoreHistory() {
            @Override
            public List<WrittenMetric> metricsSince(long writtenMillis, long hotSinceMillis) {
                return List.of();
            }

            @Override
            public List<WrittenSession> sessionsSince(long writtenMillis) {
                return List.of();
            }

            @Override
            public void describe(List<MetricDescription> metrics) {}
        };
    }
}
