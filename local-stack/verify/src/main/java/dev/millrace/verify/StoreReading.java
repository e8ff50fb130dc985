package dev.millrace.verify;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.runtime.config.MillraceConfig.StoreOptions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.duckdb.DuckDBAppender;

/** Reads the serving store, table by table, all of one moment, into tables {@code found_...} of the warehouse. */
final class StoreReading implements AutoCloseable {
    private static final int ROWS_AT_ONCE = 10_000;
    private static final int TEXTS_REMEMBERED = 50_000;
    private static final String MILLIS = "(extract(epoch from %s) * 1000)::bigint";

    private final Connection store;
    private final Warehouse warehouse;

    StoreReading(StoreOptions options, Warehouse warehouse) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", options.user());
        properties.setProperty("ApplicationName", "millrace-verify");
        if (options.password() != null) {
            properties.setProperty("password", options.password());
        }
        this.warehouse = warehouse;
        store = DriverManager.getConnection(options.url(), properties);
        store.setAutoCommit(false);
        store.setReadOnly(true);
        store.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        try (Statement statement = store.createStatement()) {
            statement.execute("set time zone 'UTC'");
        }
    }

    @Override
    public void close() throws SQLException {
        store.close();
    }

    private static String millis(String column) {
        return MILLIS.formatted(column);
    }

    private void each(String query, Warehouse.Each each, Object... parameters) throws SQLException {
        try (PreparedStatement statement = store.prepareStatement(query)) {
            statement.setFetchSize(ROWS_AT_ONCE);
            for (int i = 0; i < parameters.length; i++) {
                if (parameters[i] instanceof List<?> texts) {
                    statement.setArray(i + 1, store.createArrayOf("text", texts.toArray()));
                } else {
                    statement.setObject(i + 1, parameters[i]);
                }
            }
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    each.row(rows);
                }
            }
        }
    }

    /** Table {@code found_identifier}. */
    void identifiers(Recording recording) throws SQLException {
        warehouse.run("create table found_identifier (id integer, profile varchar, first_seen bigint)");
        try (DuckDBAppender table = warehouse.appender("found_identifier")) {
            each("select identifier, profile_id, " + millis("first_seen") + " from identifiers", row -> {
                table.beginRow();
                table.append(recording.numberOfFound(row.getString(1)));
                table.append(row.getString(2));
                table.append(row.getLong(3));
                table.endRow();
            });
        }
    }

    /** Table {@code found_link}. */
    void links(Recording recording) throws SQLException {
        warehouse.run("create table found_link (a integer, b integer, millis bigint, accepted boolean)");
        try (DuckDBAppender table = warehouse.appender("found_link")) {
            each(
                    "select l.a, l.b, " + millis("l.first_seen") + ", coalesce(d.accepted, false) from identity_links l"
                            + " left join identity_link_decisions d on d.a = l.a and d.b = l.b",
                    row -> {
                        int a = recording.numberOfFound(row.getString(1));
                        int b = recording.numberOfFound(row.getString(2));
                        table.beginRow();
                        table.append(Math.min(a, b));
                        table.append(Math.max(a, b));
                        table.append(row.getLong(3));
                        table.append(row.getBoolean(4));
                        table.endRow();
                    });
        }
    }

    /**
     * Table {@code found}: the rows of {@code metric_values} that are not 0.
     *
     * @param boundMillis of windows that begin then or later
     */
    void metrics(List<Measure> measures, Answer answer, Dimensions dimensions, long boundMillis) throws SQLException {
        warehouse.run("create table found (metric integer, size integer, start bigint, finish bigint, dims integer,"
                + " value double, revision integer, updated bigint, corrected bigint)");
        Map<String, Measure> byOutput = new HashMap<>();
        measures.forEach(measure -> Answer.outputs(measure).forEach(output -> byOutput.put(output, measure)));
        Map<String, Integer> remembered = new HashMap<>();
        try (DuckDBAppender table = warehouse.appender("found")) {
            each(
                    "select metric, window_size, " + millis("window_start") + ", " + millis("window_end")
                            + ", dimensions::text, value, revision, " + millis("updated_at") + ", coalesce("
                            + millis("corrected_at") + ", 0) from metric_values where value <> 0 and metric = any (?)"
                            + " and window_start >= to_timestamp(? / 1000.0)",
                    row -> {
                        String metric = row.getString(1);
                        String text = row.getString(5);
                        Integer dims = remembered.get(metric + text);
                        if (dims == null) {
                            dims = number(byOutput.get(metric), text, dimensions);
                            if (remembered.size() == TEXTS_REMEMBERED) {
                                remembered.clear();
                            }
                            remembered.put(metric + text, dims);
                        }
                        table.beginRow();
                        table.append(answer.outputs().indexOf(metric));
                        table.append(answer.size(row.getString(2)));
                        table.append(row.getLong(3));
                        table.append(row.getLong(4));
                        table.append((int) dims);
                        table.append(row.getDouble(6));
                        table.append(row.getInt(7));
                        table.append(row.getLong(8));
                        table.append(row.getLong(9));
                        table.endRow();
                    },
                    answer.outputs(),
                    boundMillis);
        }
        dimensions.flush();
    }

    /**
     * How many rows of {@code metric_values} that are not 0 are of none of these metrics.
     *
     * @param boundMillis of windows that begin then or later
     */
    long strangers(List<String> metrics, long boundMillis) throws SQLException {
        long[] number = new long[1];
        each(
                "select count(*) from metric_values where value <> 0 and metric <> all (?)"
                        + " and window_start >= to_timestamp(? / 1000.0)",
                row -> number[0] = row.getLong(1),
                metrics,
                boundMillis);
        return number[0];
    }

    private static int number(Measure measure, String text, Dimensions dimensions) throws SQLException {
        JsonNode object = Json.tree(text);
        List<String> names = measure.names();
        boolean same = object.size() == names.size() && names.stream().allMatch(object::has);
        List<String> values = new ArrayList<>();
        names.forEach(name -> values.add(object.path(name).textValue()));
        int variant = 0;
        if (same && !measure.variants().isEmpty()) {
            variant = measure.variants().indexOf(values.remove(values.size() - 1));
        }
        if (!same || variant < 0) {
            // Nothing that is expected has such dimensions: they are numbered apart.
            return dimensions.of(
                    SessionMeasure.SPACE - 1 - measure.number(), List.of("dimensions"), List.of(text), List.of());
        }
        return variant + dimensions.of(measure.number(), names, values, measure.variants());
    }

    /** Table {@code found_session}. */
    void sessions(long boundMillis) throws SQLException {
        warehouse.run("create table found_session (profile varchar, start bigint, finish bigint, source varchar,"
                + " campaign varchar, landing varchar, exit varchar, events bigint, orders bigint, micros bigint,"
                + " updated bigint)");
        try (DuckDBAppender table = warehouse.appender("found_session")) {
            each(
                    "select profile_id, " + millis("started_at") + ", " + millis("ended_at") + ", source, campaign,"
                            + " landing_page, exit_page, events, orders, (revenue * 1000000)::bigint, "
                            + millis("updated_at") + " from sessions where started_at >= to_timestamp(? / 1000.0)",
                    row -> {
                        table.beginRow();
                        table.append(row.getString(1));
                        table.append(row.getLong(2));
                        table.append(row.getLong(3));
                        for (int i = 4; i <= 7; i++) {
                            table.append(row.getString(i));
                        }
                        for (int i = 8; i <= 11; i++) {
                            table.append(row.getLong(i));
                        }
                        table.endRow();
                    },
                    boundMillis);
        }
    }

    /** Table {@code found_recent}. */
    void recentEvents(Recording recording, Dimensions dimensions, long boundMillis) throws SQLException {
        warehouse.run("create table found_recent (leaf integer, millis bigint, topic integer, part integer, off bigint,"
                + " said integer)");
        try (DuckDBAppender table = warehouse.appender("found_recent")) {
            each(
                    "select identifier, " + millis("event_time") + ", raw_topic, raw_partition, raw_offset, "
                            + String.join(", ", JourneyMeasure.NAMES)
                            + " from recent_events where event_time >= to_timestamp(? / 1000.0)",
                    row -> {
                        table.beginRow();
                        table.append(recording.numberOfFound(row.getString(1)));
                        table.append(row.getLong(2));
                        table.append(recording.topic(row.getString(3)));
                        table.append(row.getInt(4));
                        table.append(row.getLong(5));
                        List<String> said = new ArrayList<>(JourneyMeasure.NAMES.size());
                        for (int i = 0; i < JourneyMeasure.NAMES.size(); i++) {
                            said.add(row.getString(6 + i));
                        }
                        table.append(JourneyMeasure.of(said, dimensions));
                        table.endRow();
                    },
                    boundMillis);
        }
        dimensions.flush();
    }

    /** Since when what happens counts, as MeasureJob says; {@link Long#MIN_VALUE} where it does not. */
    long hotSince() throws SQLException {
        long[] since = {Long.MIN_VALUE};
        each(
                "select " + millis("hot_since") + " from event_time where hot_since is not null",
                row -> since[0] = row.getLong(1));
        return since[0];
    }

    /** What counts all that arrived after a time alone, and that time: see {@code counted_since}. */
    Map<String, Long> countedSince() throws SQLException {
        Map<String, Long> since = new HashMap<>();
        each(
                "select rows_of, " + millis("since") + " from counted_since",
                row -> since.put(row.getString(1), row.getLong(2)));
        return since;
    }

    /** Of a metric of signals, in windows of a size: how many records came to anything but being late, and to being rejected. */
    long[] signals(String metric, String size) throws SQLException {
        long[] sums = new long[2];
        each(
                "select coalesce(sum(value) filter (where dimensions ->> 'signal' <> 'late'), 0),"
                        + " coalesce(sum(value) filter (where dimensions ->> 'signal' = 'rejected'), 0)"
                        + " from metric_values where metric = ? and window_size = ?",
                row -> {
                    sums[0] = (long) row.getDouble(1);
                    sums[1] = (long) row.getDouble(2);
                },
                metric,
                size);
        return sums;
    }
}
