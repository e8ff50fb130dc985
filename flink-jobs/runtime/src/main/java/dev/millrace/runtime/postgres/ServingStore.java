package dev.millrace.runtime.postgres;

import dev.millrace.core.metric.MetricRow;
import dev.millrace.runtime.config.MillraceConfig.MeasureOptions;
import dev.millrace.runtime.config.MillraceConfig.StoreOptions;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.connector.jdbc.JdbcConnectionOptions;
import org.apache.flink.connector.jdbc.JdbcExecutionOptions;
import org.apache.flink.connector.jdbc.core.datastream.sink.JdbcSink;

/** The tables of {@code schemas/postgres} as sinks. Rows are absolute and upserted: writing one again changes nothing. */
public final class ServingStore {
    private static final int BATCH_ROWS = 1000;
    /** Each after one second more than the last; after that the job restarts from its checkpoint and tries on. */
    private static final int RETRIES = 5;

    private static final String UPSERT_METRIC_VALUE =
            """
            insert into metric_values
                (metric, window_size, window_start, dimensions, value, revision, updated_at, corrected_at)
            values (?, ?, ?, ?::jsonb, ?, ?, ?, ?)
            on conflict (metric, window_size, window_start, dimensions) do update set
                value = excluded.value,
                revision = excluded.revision,
                updated_at = excluded.updated_at,
                corrected_at = excluded.corrected_at
            """;

    private ServingStore() {}

    /** {@code metric_values}. A row is written within the flush interval, and before a checkpoint completes. */
    public static Sink<MetricRow> metricValuesAtLeastOnce(StoreOptions store, MeasureOptions measure) {
        return new ContainedSink<>(JdbcSink.<MetricRow>builder()
                .withExecutionOptions(JdbcExecutionOptions.builder()
                        .withBatchSize(BATCH_ROWS)
                        .withBatchIntervalMs(measure.flushInterval().toMillis())
                        .withMaxRetries(RETRIES)
                        .build())
                .withQueryStatement(UPSERT_METRIC_VALUE, ServingStore::set)
                .buildAtLeastOnce(new JdbcConnectionOptions.JdbcConnectionOptionsBuilder()
                        .withUrl(store.url())
                        .withDriverName("org.postgresql.Driver")
                        .withUsername(store.user())
                        .withPassword(store.password() == null ? "" : store.password())
                        .build()));
    }

    private static void set(PreparedStatement statement, MetricRow row) throws SQLException {
        statement.setString(1, row.metric());
        statement.setString(2, row.windowSize());
        statement.setTimestamp(3, new Timestamp(row.windowStartMillis()));
        statement.setString(4, row.dimensions());
        statement.setDouble(5, row.value());
        statement.setInt(6, row.revision());
        statement.setTimestamp(7, new Timestamp(row.updatedAtMillis()));
        if (row.correctedAtMillis() == null) {
            statement.setNull(8, Types.TIMESTAMP_WITH_TIMEZONE);
        } else {
            statement.setTimestamp(8, new Timestamp(row.correctedAtMillis()));
        }
    }
}
