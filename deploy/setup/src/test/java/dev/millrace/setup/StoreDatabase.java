package dev.millrace.setup;

import dev.millrace.runtime.config.MillraceConfig.StoreOptions;
import dev.millrace.runtime.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** A database with the tables of the serving store, and a connection that a test asks with. */
record StoreDatabase(StoreOptions store, Connection connection) implements AutoCloseable {
    /** A new one, of the newest version. */
    static StoreDatabase migrated(PostgresServer server) throws SQLException {
        StoreOptions store = server.database();
        Store.migrate(store, line -> {});
        return of(store);
    }

    static StoreDatabase of(StoreOptions store) throws SQLException {
        StoreDatabase database = new StoreDatabase(store, PostgresServer.connect(store));
        // Nothing may depend on where the one who asks is.
        database.run("set timezone = 'America/New_York'");
        return database;
    }

    /** Runs statements; those that take parameters are one statement. An Instant may be among them. */
    void run(String sql, Object... parameters) throws SQLException {
        if (parameters.length == 0) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
            return;
        }
        try (PreparedStatement statement = prepare(sql, parameters)) {
            statement.execute();
        }
    }

    /** Rows of a query, each with its values as text; times in UTC, as Instant writes them. */
    List<List<String>> rows(String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = prepare(sql, parameters);
                ResultSet result = statement.executeQuery()) {
            List<List<String>> rows = new ArrayList<>();
            int columns = result.getMetaData().getColumnCount();
            while (result.next()) {
                List<String> row = new ArrayList<>();
                for (int column = 1; column <= columns; column++) {
                    row.add(
                            result.getMetaData().getColumnTypeName(column).equals("timestamptz")
                                    ? time(result.getObject(column, OffsetDateTime.class))
                                    : result.getString(column));
                }
                rows.add(row);
            }
            return rows;
        }
    }

    /** The first column of a query. */
    List<String> column(String sql, Object... parameters) throws SQLException {
        return rows(sql, parameters).stream().map(row -> row.get(0)).toList();
    }

    /** The only value of a query. */
    String value(String sql, Object... parameters) throws SQLException {
        List<String> column = column(sql, parameters);
        if (column.size() != 1) {
            throw new IllegalStateException(sql + " has " + column.size() + " rows");
        }
        return column.get(0);
    }

    /** Writes a row of metric_values, as the measure job would. */
    void metric(String metric, String size, String start, String end, String dimensions, double value)
            throws SQLException {
        run("select ensure_partition('metric_values', ?)", Instant.parse(start));
        run(
                """
                insert into metric_values (metric, window_size, window_start, window_end, dimensions, value, revision, updated_at)
                values (?, ?, ?, ?, ?::jsonb, ?, 0, now())""",
                metric,
                size,
                Instant.parse(start),
                Instant.parse(end),
                dimensions,
                value);
    }

    void define(String metric, String windows, String zone) throws SQLException {
        run(
                """
                insert into metric_definitions (metric, aggregate, windows, dimensions, time_zone, updated_at)
                values (?, 'count', ?::text[], '{}', ?, now())""",
                metric,
                windows,
                zone);
    }

    /** @param hotSince null: not known */
    void progress(String writer, String eventTime, String hotSince) throws SQLException {
        run(
                "insert into event_time_progress values (?, ?::timestamptz, ?::timestamptz, now())",
                writer,
                eventTime,
                hotSince);
    }

    void session(String profile, String start) throws SQLException {
        run("select ensure_partition('sessions', ?)", Instant.parse(start));
        run(
                "insert into sessions (profile_id, started_at, ended_at, events, updated_at) values (?, ?, ?, 1, now())",
                profile,
                Instant.parse(start),
                Instant.parse(start));
    }

    void event(String identifier, String time, long offset) throws SQLException {
        run("select ensure_partition('recent_events', ?)", Instant.parse(time));
        run(
                """
                insert into recent_events (identifier, event_time, raw_topic, raw_partition, raw_offset, type)
                values (?, ?, 'millrace.raw', 0, ?, 'page')""",
                identifier,
                Instant.parse(time),
                offset);
    }

    void identifier(String identifier, String profile) throws SQLException {
        run("insert into identifiers values (?, ?, now(), now(), now())", identifier, profile);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    private PreparedStatement prepare(String sql, Object... parameters) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(
                    i + 1, parameters[i] instanceof Instant instant ? instant.atOffset(ZoneOffset.UTC) : parameters[i]);
        }
        return statement;
    }

    private static String time(OffsetDateTime time) {
        return time == null ? null : time.toInstant().toString();
    }
}
