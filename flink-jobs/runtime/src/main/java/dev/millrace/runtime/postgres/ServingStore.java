package dev.millrace.runtime.postgres;

import dev.millrace.core.identity.LinkKey;
import dev.millrace.core.people.IdentifierRow;
import dev.millrace.core.people.ProfileMerge;
import dev.millrace.core.people.Trait;
import dev.millrace.core.store.MetricRow;
import dev.millrace.core.store.ProgressRow;
import dev.millrace.core.store.RecentEventRow;
import dev.millrace.core.store.SessionRow;
import dev.millrace.runtime.config.MillraceConfig.MeasureOptions;
import dev.millrace.runtime.config.MillraceConfig.StoreOptions;
import java.time.Duration;

/**
 * The tables of {@code schemas/postgres} as sinks. Rows are upserted: writing one again changes nothing. A row is written
 * within the flush interval, one of {@code metric_values} at most 50 ms after it came, and before a checkpoint completes.
 *
 * <p>A batch is a statement or a few, each a transaction. Rows of one key in one batch are made one row, which ends as both would.
 * A row that the table does not take is left out, counted in {@code rows_refused} and told in the log. While the server is
 * away rows wait, for a minute; then the job fails, and tries on from its checkpoint.
 *
 * <p>All rows of one key must come through one parallel writer, or their order is lost.
 */
public final class ServingStore {
    private static final int BATCH_ROWS = 1000;
    /** Of tables where a key's rows follow each other soon, so that one of them is enough. */
    private static final int GATHERED_ROWS = 5000;

    private static final Duration LINGER = Duration.ofMillis(50);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private ServingStore() {}

    /** {@code metric_values}. Rows are absolute; the last one of a key holds. */
    public static StoreSink<MetricRow> metricValuesAtLeastOnce(StoreOptions store, MeasureOptions measure) {
        return atOnce(Tables.METRIC_VALUES, store, measure);
    }

    /** {@code event_time_progress}. The last row of a writer holds. */
    public static StoreSink<ProgressRow> eventTimeProgressAtLeastOnce(StoreOptions store, MeasureOptions measure) {
        return atOnce(Tables.EVENT_TIME_PROGRESS, store, measure);
    }

    /** {@code sessions}. The last row of a session holds; one that says it is deleted leaves none. */
    public static StoreSink<SessionRow> sessionsAtLeastOnce(StoreOptions store, MeasureOptions measure) {
        return gathered(Tables.SESSIONS, store, measure);
    }

    /** {@code recent_events}, in any order: the first row of an event holds. */
    public static StoreSink<RecentEventRow> recentEventsAtLeastOnce(StoreOptions store, MeasureOptions measure) {
        return gathered(Tables.RECENT_EVENTS, store, measure);
    }

    /** {@code identifiers}. The last row of an identifier says its profile; times only ever widen. */
    public static StoreSink<IdentifierRow> identifiersAtLeastOnce(StoreOptions store, MeasureOptions measure) {
        return gathered(Tables.IDENTIFIERS, store, measure);
    }

    /** {@code identity_links}, in any order: the earliest time of a pair holds. */
    public static StoreSink<LinkKey> identityLinksAtLeastOnce(StoreOptions store, MeasureOptions measure) {
        return gathered(Tables.IDENTITY_LINKS, store, measure);
    }

    /** {@code profile_merges}, in any order: the first row of a merge holds. */
    public static StoreSink<ProfileMerge> profileMergesAtLeastOnce(StoreOptions store, MeasureOptions measure) {
        return gathered(Tables.PROFILE_MERGES, store, measure);
    }

    /** {@code identifier_traits}, in any order: the value of the latest event holds. */
    public static StoreSink<Trait> identifierTraitsAtLeastOnce(StoreOptions store, MeasureOptions measure) {
        return gathered(Tables.IDENTIFIER_TRAITS, store, measure);
    }

    /** Rows of metrics have waited for the flush interval already. */
    private static <T> StoreSink<T> atOnce(Table<T> table, StoreOptions store, MeasureOptions measure) {
        Duration flushInterval = measure.flushInterval();
        Duration linger = flushInterval.compareTo(LINGER) < 0 ? flushInterval : LINGER;
        return new StoreSink<>(table, store, BATCH_ROWS, linger, PATIENCE);
    }

    private static <T> StoreSink<T> gathered(Table<T> table, StoreOptions store, MeasureOptions measure) {
        return new StoreSink<>(table, store, GATHERED_ROWS, measure.flushInterval(), PATIENCE);
    }
}
