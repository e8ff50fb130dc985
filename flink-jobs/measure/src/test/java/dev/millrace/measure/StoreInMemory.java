package dev.millrace.measure;

import dev.millrace.core.oracle.Row;
import dev.millrace.core.oracle.SessionOracleRow;
import dev.millrace.core.store.MetricDescription;
import dev.millrace.core.store.MetricRow;
import dev.millrace.core.store.SessionRow;
import dev.millrace.runtime.postgres.StoreHistory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The tables that metrics are written to; they outlive whoever writes to them. */
public final class StoreInMemory implements StoreHistory {
    private static final long serialVersionUID = 1;

    private final transient Map<WrittenMetric, MetricRow> metrics = new HashMap<>();
    private final transient Map<WrittenSession, SessionRow> sessions = new HashMap<>();
    private final transient List<MetricRow> writes = new ArrayList<>();
    private transient List<MetricDescription> descriptions = List.of();
    private long submittedMillis = Long.MAX_VALUE;
    private final Map<String, Long> countedSince = new TreeMap<>();

    /** From now on whoever asks is another attempt of a job that was submitted then. */
    public void submitted(long millis) {
        submittedMillis = millis;
    }

    @Override
    public long attemptsSinceMillis(int attempt) {
        return submittedMillis;
    }

    public void write(MetricRow row) {
        writes.add(row);
        metrics.put(
                new WrittenMetric(
                        row.metric(),
                        row.windowSize(),
                        row.windowStartMillis(),
                        row.windowEndMillis(),
                        row.dimensions()),
                row);
    }

    public void write(SessionRow row) {
        WrittenSession key = new WrittenSession(row.profileId(), row.startedAtMillis());
        if (row.deleted()) {
            sessions.remove(key);
        } else {
            sessions.put(key, row);
        }
    }

    /** Every write of a row of metrics, in order. */
    public List<MetricRow> writes() {
        return writes;
    }

    public List<MetricDescription> descriptions() {
        return descriptions;
    }

    /** Row -> value, but for rows that are 0, of windows that end later than a time. */
    public Map<Row, Double> rows(long endLaterThanMillis) {
        Map<Row, Double> rows = new HashMap<>();
        for (MetricRow row : metrics.values()) {
            if (row.value() != 0 && row.windowEndMillis() > endLaterThanMillis) {
                rows.put(
                        Row.of(
                                row.metric(),
                                row.windowSize(),
                                row.windowStartMillis(),
                                row.windowEndMillis(),
                                row.dimensions()),
                        row.value());
            }
        }
        return rows;
    }

    /** All sessions there are. */
    public List<SessionOracleRow> sessions() {
        return sessions.values().stream()
                .map(row -> new SessionOracleRow(
                        row.profileId(),
                        row.startedAtMillis(),
                        row.endedAtMillis(),
                        row.source(),
                        row.campaign(),
                        row.landingPage(),
                        row.exitPage(),
                        row.events(),
                        row.orders(),
                        row.revenueMicros()))
                .toList();
    }

    @Override
    public void metricsSince(long writtenMillis, long hotSinceMillis, Consumer<WrittenMetric> each) {
        metrics.entrySet().stream()
                .filter(row -> row.getValue().updatedAtMillis() >= writtenMillis
                        && row.getValue().windowEndMillis() > hotSinceMillis)
                .map(Map.Entry::getKey)
                .forEach(each);
    }

    @Override
    public void sessionsSince(long writtenMillis, long startedSinceMillis, Consumer<WrittenSession> each) {
        sessions.entrySet().stream()
                .filter(row -> row.getValue().updatedAtMillis() >= writtenMillis
                        && row.getKey().startedAtMillis() >= startedSinceMillis)
                .map(Map.Entry::getKey)
                .forEach(each);
    }

    @Override
    public void begin(List<String> rows, List<String> begun, Long sinceMillis) {
        countedSince.keySet().retainAll(rows);
        countedSince.values().removeIf(since -> sinceMillis == null || since >= sinceMillis);
        begun.forEach(each -> countedSince.put(each, sinceMillis));
    }

    /** What counts from a time on, and from when. */
    public Map<String, Long> countedSince() {
        return countedSince;
    }

    @Override
    public void describe(List<MetricDescription> metrics) {
        descriptions = List.copyOf(metrics);
    }
}
