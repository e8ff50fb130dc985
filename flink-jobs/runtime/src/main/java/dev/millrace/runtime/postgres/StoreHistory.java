package dev.millrace.runtime.postgres;

import dev.millrace.core.store.MetricDescription;
import java.io.Serializable;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a job that begins or goes on asks of the store, and tells it. After a failure the store holds rows that were written
 * after the checkpoint that the job goes on from: a transient value among them, which the second time round never comes
 * about, would stay for ever. So the job asks which rows those are, and writes them again as they are now. So do those that
 * were written before there was any checkpoint.
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
     * Since when, by the clock, earlier attempts of the job can have written rows: since it was submitted. {@link
     * Long#MAX_VALUE}: there was none.
     *
     * @param attempt the number of the one that asks, from 0
     */
    long attemptsSinceMillis(int attempt);

    /**
     * Tells the rows of metrics that were written since a time, by the clock: maybe millions, one after the other.
     *
     * @param hotSinceMillis only of windows that end later; {@link Long#MIN_VALUE}: of all
     */
    void metricsSince(long writtenMillis, long hotSinceMillis, Consumer<WrittenMetric> each) throws Exception;

    /**
     * Tells the rows of sessions that were written since a time, by the clock.
     *
     * @param startedSinceMillis only of those that began then or later; {@link Long#MIN_VALUE}: of all
     */
    void sessionsSince(long writtenMillis, long startedSinceMillis, Consumer<WrittenSession> each) throws Exception;

    /** Writes what is known of the metrics that there are. */
    void describe(List<MetricDescription> metrics) throws Exception;

    /**
     * Notes which rows know nothing of what had arrived before a time, and forgets such notes of what is no more.
     *
     * @param rows all that are kept, see {@code counted_since.rows_of}
     * @param begun those of them that were not kept before
     * @param sinceMillis by the clock; null: the job begins without state, and no rows know less than others
     */
    void begin(List<String> rows, List<String> begun, Long sinceMillis) throws Exception;

    /** A store that nothing was ever written to. */
    static StoreHistory none() {
        return new StoreHistory() {
            @Override
            public long attemptsSinceMillis(int attempt) {
                return Long.MAX_VALUE;
            }

            @Override
            public void metricsSince(long writtenMillis, long hotSinceMillis, Consumer<WrittenMetric> each) {}

            @Override
            public void sessionsSince(long writtenMillis, long startedSinceMillis, Consumer<WrittenSession> each) {}

            @Override
            public void describe(List<MetricDescription> metrics) {}

            @Override
            public void begin(List<String> rows, List<String> begun, Long sinceMillis) {}
        };
    }
}
