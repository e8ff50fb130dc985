package dev.millrace.runtime.postgres;

import dev.millrace.core.store.MetricDescription;
import dev.millrace.runtime.config.MillraceConfig.StoreOptions;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** The history of a PostgreSQL store. Each question has a connection of its own; none is kept. */
public final class PostgresHistory implements StoreHistory {
    private static final int FETCH_ROWS = 10_000;
    /** No window is longer; by the start of windows, partitions are left out. */
    private static final long LONGEST_WINDOW_MILLIS = Duration.ofHours(26).toMillis();

    private final StoreOptions store;
    private final long submittedMillis;

    /** @param submittedMillis when the job is submitted, milliseconds since the epoch */
    public PostgresHistory(StoreOptions store, long submittedMillis) {
        this.store = store;
        this.submittedMillis = submittedMillis;
    }

    @Override
    public long attemptsSinceMillis(int attempt) {
        return attempt == 0 ? Long.MAX_VALUE : submittedMillis;
    }

    @FunctionalInterface
    private interface RowReader<T> {
        T read(ResultSet rows) throws SQLException;
    }

    @Override
    public void metricsSince(long writtenMillis, long hotSinceMillis, Consumer<WrittenMetric> each)
            throws IOException, InterruptedException {
        boolean all = hotSinceMillis == Long.MIN_VALUE;
        String sql = "select metric, window_size, (extract(epoch from window_start) * 1000)::int8,"
                + " (extract(epoch from window_end) * 1000)::int8, dimensions::text from metric_values"
                + " where updated_at >= ?" + (all ? "" : " and window_end > ? and window_start > ?");
        query(
                sql,
                all
                        ? List.of(new Timestamp(writtenMillis))
                        : List.of(
                                new Timestamp(writtenMillis),
                                new Timestamp(hotSinceMillis),
                                new Timestamp(hotSinceMillis - LONGEST_WINDOW_MILLIS)),
                rows -> new WrittenMetric(
                        rows.getString(1), rows.getString(2), rows.getLong(3), rows.getLong(4), rows.getString(5)),
                each);
    }

    @Override
    public void sessionsSince(long writtenMillis, long startedSinceMillis, Consumer<WrittenSession> each)
            throws IOException, InterruptedException {
        boolean all = startedSinceMillis == Long.MIN_VALUE;
        query(
                "select profile_id, (extract(epoch from started_at) * 1000)::int8 from sessions where updated_at >= ?"
                        + (all ? "" : " and started_at >= ?"),
                all
                        ? List.of(new Timestamp(writtenMillis))
                        : List.of(new Timestamp(writtenMillis), new Timestamp(startedSinceMillis)),
                rows -> new WrittenSession(rows.getString(1), rows.getLong(2)),
                each);
    }

    private <T> void query(String sql, List<Timestamp> parameters, RowReader<T> reader, Consumer<T> each)
            throws IOException, InterruptedException {
        ask(connection -> {
            connection.setAutoCommit(false); // Or all rows would be fetched at once.
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setFetchSize(FETCH_ROWS);
                for (int i = 0; i < parameters.size(); i++) {
                    statement.setTimestamp(i + 1, parameters.get(i));
                }
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        each.accept(reader.read(rows));
                    }
                }
            }
        });
    }

    @Override
    public void describe(List<MetricDescription> metrics) throws IOException, InterruptedException {
        ask(connection -> {
            connection.setAutoCommit(false);
            List<String> names =
                    metrics.stream().map(MetricDescription::metric).sorted().toList();
            try (Statement lock = connection.createStatement()) {
                lock.execute("lock table metric_definitions in share row exclusive mode");
            }
            try (PreparedStatement delete =
                    connection.prepareStatement("delete from metric_definitions where metric <> all (?)")) {
                delete.setArray(1, connection.createArrayOf("text", names.toArray()));
                delete.execute();
            }
            try (PreparedStatement upsert = connection.prepareStatement(
                    """
                    insert into metric_definitions
                        (metric, description, owner, aggregate, windows, dimensions, time_zone, settles_after, arrivals,
                         updated_at)
                    values (?, ?, ?, ?, ?, ?, ?, ? * interval '1 millisecond', ?, now())
                    on conflict (metric) do update set description = excluded.description, owner = excluded.owner,
                        aggregate = excluded.aggregate, windows = excluded.windows, dimensions = excluded.dimensions,
                        time_zone = excluded.time_zone, settles_after = excluded.settles_after,
                        arrivals = excluded.arrivals, updated_at = excluded.updated_at
                    """)) {
                for (MetricDescription metric : metrics) {
                    upsert.setString(1, metric.metric());
                    upsert.setString(2, metric.description());
                    upsert.setString(3, metric.owner());
                    upsert.setString(4, metric.aggregate());
                    upsert.setArray(
                            5, connection.createArrayOf("text", metric.windows().toArray()));
                    upsert.setArray(
                            6,
                            connection.createArrayOf("text", metric.dimensions().toArray()));
                    upsert.setString(7, metric.timeZone());
                    upsert.setLong(8, metric.settlesMillis());
                    upsert.setBoolean(9, metric.arrivals());
                    upsert.addBatch();
                }
                upsert.executeBatch();
            }
            connection.commit();
        });
    }

    @Override
    public void begin(List<String> rows, List<String> begun, Long sinceMillis)
            throws IOException, InterruptedException {
        ask(connection -> {
            connection.setAutoCommit(false);
            // What was noted after the savepoint was taken is of a job that has been given up.
            try (PreparedStatement delete =
                    connection.prepareStatement("delete from counted_since where rows_of <> all (?) or since >= ?")) {
                delete.setArray(1, connection.createArrayOf("text", rows.toArray()));
                delete.setTimestamp(2, new Timestamp(sinceMillis == null ? 0 : sinceMillis));
                delete.execute();
            }
            try (PreparedStatement upsert = connection.prepareStatement("insert into counted_since values (?, ?)"
                    + " on conflict (rows_of) do update set since = excluded.since")) {
                for (String each : begun) {
                    upsert.setString(1, each);
                    upsert.setTimestamp(2, new Timestamp(sinceMillis));
                    upsert.addBatch();
                }
                upsert.executeBatch();
            }
            connection.commit();
        });
    }

    @FunctionalInterface
    private interface Question {
        void ask(Connection connection) throws SQLException;
    }

    private void ask(Question question) throws IOException, InterruptedException {
        StoreConnection opened = StoreConnection.patient(store);
        try {
            question.ask(opened.get());
        } catch (SQLException e) {
            throw new StoreException("the store can't be asked: " + Trouble.message(e) + ". " + Trouble.advice(e), e);
        } finally {
            opened.close();
        }
    }
}
