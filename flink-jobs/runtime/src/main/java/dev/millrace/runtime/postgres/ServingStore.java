package dev.millrace.runtime.postgres;

import dev.millrace.core.identity.LinkKey;
import dev.millrace.core.metric.MetricRow;
import dev.millrace.core.people.IdentifierRow;
import dev.millrace.core.people.ProfileMerge;
import dev.millrace.core.people.Trait;
import dev.millrace.runtime.config.MillraceConfig.MeasureOptions;
import dev.millrace.runtime.config.MillraceConfig.StoreOptions;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.connector.jdbc.JdbcConnectionOptions;
import org.apache.flink.connector.jdbc.JdbcExecutionOptions;
import org.apache.flink.connector.jdbc.JdbcStatementBuilder;
import org.apache.flink.connector.jdbc.core.datastream.sink.JdbcSink;

/**
 * The tables of {@code schemas/postgres} as sinks. Rows are upserted: writing one again changes nothing. A row is written
 * within the flush interval, and before a checkpoint completes.
 *
 * <p>A batch is a transaction. All writes of one key must come through one parallel writer: two that wrote the same rows in
 * another order would wait for each other.
 */
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

    private static final String UPSERT_IDENTIFIER =
            """
            insert into identifiers as known (identifier, profile_id, first_seen, last_seen, since, links_limited)
            values (?, ?, ?, ?, ?, ?)
            on conflict (identifier) do update set
                profile_id = excluded.profile_id,
                first_seen = least(known.first_seen, excluded.first_seen),
                last_seen = greatest(known.last_seen, excluded.last_seen),
                since = case when ? then excluded.since else known.since end,
                links_limited = case when ? then excluded.links_limited else known.links_limited end
            """;

    private static final String UPSERT_IDENTITY_LINK =
            """
            insert into identity_links as known (a, b, first_seen)
            values (?, ?, ?)
            on conflict (a, b) do update set first_seen = excluded.first_seen
            where excluded.first_seen < known.first_seen
            """;

    private static final String INSERT_PROFILE_MERGE =
            """
            insert into profile_merges (profile_id, into_profile_id, a, b, link_first_seen, merged_at)
            values (?, ?, ?, ?, ?, ?)
            on conflict do nothing
            """;

    /** Text compares by code point whatever the database's collation is, so that one order holds everywhere. */
    private static final String UPSERT_IDENTIFIER_TRAIT =
            """
            insert into identifier_traits as known (identifier, trait, value, event_time)
            values (?, ?, ?::jsonb, ?)
            on conflict (identifier, trait) do update set value = excluded.value, event_time = excluded.event_time
            where (excluded.event_time, excluded.value::text collate "C")
                > (known.event_time, known.value::text collate "C")
            """;

    private ServingStore() {}

    /** {@code metric_values}. Rows are absolute; the last one of a key holds. */
    public static Sink<MetricRow> metricValuesAtLeastOnce(StoreOptions store, MeasureOptions measure) {
        return atLeastOnce(store, measure, UPSERT_METRIC_VALUE, ServingStore::set);
    }

    /** {@code identifiers}. The last row of an identifier says its profile; times only ever widen. */
    public static Sink<IdentifierRow> identifiersAtLeastOnce(StoreOptions store, MeasureOptions measure) {
        return atLeastOnce(store, measure, UPSERT_IDENTIFIER, ServingStore::set);
    }

    /** {@code identity_links}, in any order: the earliest time of a pair holds. */
    public static Sink<LinkKey> identityLinksAtLeastOnce(StoreOptions store, MeasureOptions measure) {
        return atLeastOnce(store, measure, UPSERT_IDENTITY_LINK, ServingStore::set);
    }

    /** {@code profile_merges}, in any order: the first row of a merge holds. */
    public static Sink<ProfileMerge> profileMergesAtLeastOnce(StoreOptions store, MeasureOptions measure) {
        return atLeastOnce(store, measure, INSERT_PROFILE_MERGE, ServingStore::set);
    }

    /** {@code identifier_traits}, in any order: the value of the latest event holds. */
    public static Sink<Trait> identifierTraitsAtLeastOnce(StoreOptions store, MeasureOptions measure) {
        return atLeastOnce(store, measure, UPSERT_IDENTIFIER_TRAIT, ServingStore::set);
    }

    private static <T> Sink<T> atLeastOnce(
            StoreOptions store, MeasureOptions measure, String statement, JdbcStatementBuilder<T> set) {
        return new ContainedSink<>(JdbcSink.<T>builder()
                .withExecutionOptions(JdbcExecutionOptions.builder()
                        .withBatchSize(BATCH_ROWS)
                        .withBatchIntervalMs(measure.flushInterval().toMillis())
                        .withMaxRetries(RETRIES)
                        .build())
                .withQueryStatement(statement, set)
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

    private static void set(PreparedStatement statement, IdentifierRow row) throws SQLException {
        boolean stands = row.sinceMillis() != null;
        statement.setString(1, row.identifier());
        statement.setString(2, row.profileId());
        statement.setTimestamp(3, new Timestamp(row.firstSeenMillis()));
        statement.setTimestamp(4, new Timestamp(row.lastSeenMillis()));
        statement.setTimestamp(5, new Timestamp(stands ? row.sinceMillis() : row.firstSeenMillis()));
        statement.setBoolean(6, row.linksLimited());
        statement.setBoolean(7, stands);
        statement.setBoolean(8, stands);
    }

    private static void set(PreparedStatement statement, LinkKey link) throws SQLException {
        statement.setString(1, link.lesser());
        statement.setString(2, link.greater());
        statement.setTimestamp(3, new Timestamp(link.timeMillis()));
    }

    private static void set(PreparedStatement statement, ProfileMerge merge) throws SQLException {
        statement.setString(1, merge.profileId());
        statement.setString(2, merge.intoProfileId());
        statement.setString(3, merge.cause().lesser());
        statement.setString(4, merge.cause().greater());
        statement.setTimestamp(5, new Timestamp(merge.cause().timeMillis()));
        statement.setTimestamp(6, new Timestamp(merge.mergedAtMillis()));
    }

    private static void set(PreparedStatement statement, Trait trait) throws SQLException {
        statement.setString(1, trait.identifier());
        statement.setString(2, trait.name());
        statement.setString(3, trait.value());
        statement.setTimestamp(4, new Timestamp(trait.eventTimeMillis()));
    }
}
