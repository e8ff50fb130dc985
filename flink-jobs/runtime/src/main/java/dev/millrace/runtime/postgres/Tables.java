package dev.millrace.runtime.postgres;

import static dev.millrace.runtime.postgres.Column.bigint;
import static dev.millrace.runtime.postgres.Column.flag;
import static dev.millrace.runtime.postgres.Column.integer;
import static dev.millrace.runtime.postgres.Column.json;
import static dev.millrace.runtime.postgres.Column.millionths;
import static dev.millrace.runtime.postgres.Column.number;
import static dev.millrace.runtime.postgres.Column.text;
import static dev.millrace.runtime.postgres.Column.time;

import dev.millrace.core.identity.LinkKey;
import dev.millrace.core.people.IdentifierRow;
import dev.millrace.core.people.ProfileMerge;
import dev.millrace.core.people.Trait;
import dev.millrace.core.store.MetricRow;
import dev.millrace.core.store.ProgressRow;
import dev.millrace.core.store.RecentEventRow;
import dev.millrace.core.store.SessionRow;
import dev.millrace.runtime.postgres.Partitioning.Unit;
import java.util.List;
import java.util.Optional;

/** The tables of {@code schemas/postgres} that jobs write, and by which rules. */
final class Tables {

    /** The last row of a key holds. */
    static final Table<MetricRow> METRIC_VALUES = upserted(
            "metric_values",
            4,
            List.of(
                    text("metric", MetricRow::metric),
                    text("window_size", MetricRow::windowSize),
                    time("window_start", MetricRow::windowStartMillis),
                    json("dimensions", MetricRow::dimensions),
                    time("window_end", MetricRow::windowEndMillis),
                    number("value", MetricRow::value),
                    integer("revision", MetricRow::revision),
                    time("updated_at", MetricRow::updatedAtMillis),
                    time("corrected_at", MetricRow::correctedAtMillis)),
            new Partitioning<>(Unit.MONTH, MetricRow::windowStartMillis));

    /** The last row of a writer holds. */
    static final Table<ProgressRow> EVENT_TIME_PROGRESS = upserted(
            "event_time_progress",
            1,
            List.of(
                    text("writer", ProgressRow::writer),
                    time("event_time", ProgressRow::eventTimeMillis),
                    time("hot_since", ProgressRow::hotSinceMillis),
                    time("updated_at", ProgressRow::updatedAtMillis)),
            null);

    /** The last row of a session holds, and says whether there is one at all. */
    static final Table<SessionRow> SESSIONS = sessions();

    /** The first row of an event holds. */
    static final Table<RecentEventRow> RECENT_EVENTS = recentEvents();

    /** The last row of an identifier says its profile; times only ever widen; since when is said by the last that knows. */
    static final Table<IdentifierRow> IDENTIFIERS = identifiers();

    /** The earliest time of a pair holds. Both ends tell of it, one after the other. */
    static final Table<LinkKey> IDENTITY_LINKS = identityLinks();

    /** The first row of a merge holds. */
    static final Table<ProfileMerge> PROFILE_MERGES = inserted(
            "profile_merges",
            4,
            List.of(
                    text("profile_id", ProfileMerge::profileId),
                    text("into_profile_id", ProfileMerge::intoProfileId),
                    text("a", merge -> merge.cause().lesser()),
                    text("b", merge -> merge.cause().greater()),
                    time("link_first_seen", merge -> merge.cause().timeMillis()),
                    time("merged_at", ProfileMerge::mergedAtMillis)),
            null);

    /** The value of the latest event holds; of two at one time the greater text. */
    static final Table<Trait> IDENTIFIER_TRAITS = identifierTraits();

    private Tables() {}

    private static <T> Table<T> upserted(
            String name, int keyColumns, List<Column<T>> columns, Partitioning<T> partitioning) {
        return new Table<>(
                name,
                List.copyOf(columns.subList(0, keyColumns)),
                (earlier, later) -> Optional.of(later),
                null,
                List.of(Write.upsert(name, row -> true, keyColumns, columns, partitioning)),
                false);
    }

    private static <T> Table<T> inserted(
            String name, int keyColumns, List<Column<T>> columns, Partitioning<T> partitioning) {
        return new Table<>(
                name,
                List.copyOf(columns.subList(0, keyColumns)),
                (earlier, later) -> Optional.of(earlier),
                Copy.into(name, row -> true, columns, partitioning),
                List.of(Write.insert(name, row -> true, columns, "on conflict do nothing", partitioning)),
                false);
    }

    private static Table<SessionRow> sessions() {
        String name = "sessions";
        List<Column<SessionRow>> key =
                List.of(text("profile_id", SessionRow::profileId), time("started_at", SessionRow::startedAtMillis));
        List<Column<SessionRow>> columns = List.of(
                key.get(0),
                key.get(1),
                time("ended_at", SessionRow::endedAtMillis),
                text("source", SessionRow::source),
                text("campaign", SessionRow::campaign),
                text("landing_page", SessionRow::landingPage),
                text("exit_page", SessionRow::exitPage),
                integer("events", SessionRow::events),
                integer("orders", SessionRow::orders),
                millionths("revenue", SessionRow::revenueMicros),
                time("updated_at", SessionRow::updatedAtMillis));
        return new Table<>(
                name,
                key,
                (earlier, later) -> Optional.of(later),
                null,
                List.of(
                        Write.upsert(
                                name,
                                row -> !row.deleted(),
                                key.size(),
                                columns,
                                new Partitioning<>(Unit.DAY, SessionRow::startedAtMillis)),
                        Write.delete(name, SessionRow::deleted, key)),
                false);
    }

    private static Table<RecentEventRow> recentEvents() {
        String name = "recent_events";
        List<Column<RecentEventRow>> columns = List.of(
                text("identifier", RecentEventRow::identifier),
                time("event_time", RecentEventRow::eventTimeMillis),
                text("raw_topic", RecentEventRow::topic),
                integer("raw_partition", RecentEventRow::partition),
                bigint("raw_offset", RecentEventRow::offset),
                text("type", RecentEventRow::type),
                text("event", RecentEventRow::event),
                text("source", RecentEventRow::source),
                text("campaign", RecentEventRow::campaign),
                text("page", RecentEventRow::page));
        return inserted(name, 5, columns, new Partitioning<>(Unit.DAY, RecentEventRow::eventTimeMillis));
    }

    private static Table<IdentifierRow> identifiers() {
        String name = "identifiers";
        List<Column<IdentifierRow>> columns = List.of(
                text("identifier", IdentifierRow::identifier),
                text("profile_id", IdentifierRow::profileId),
                time("first_seen", IdentifierRow::firstSeenMillis),
                time("last_seen", IdentifierRow::lastSeenMillis),
                time("since", row -> row.sinceMillis() == null ? row.firstSeenMillis() : row.sinceMillis()),
                flag("links_limited", IdentifierRow::linksLimited));
        String seen =
                """
                on conflict (identifier) do update set
                    profile_id = excluded.profile_id,
                    first_seen = least(known.first_seen, excluded.first_seen),
                    last_seen = greatest(known.last_seen, excluded.last_seen)""";
        return new Table<>(
                name,
                List.copyOf(columns.subList(0, 1)),
                Tables::coalesce,
                Copy.into(name, IdentifierRow::likelyNew, columns, null),
                List.of(
                        Write.seated(name, row -> row.sinceMillis() == null, columns, seen, null),
                        Write.seated(
                                name,
                                row -> row.sinceMillis() != null,
                                columns,
                                seen + ", since = excluded.since, links_limited = excluded.links_limited",
                                null)),
                false);
    }

    private static Optional<IdentifierRow> coalesce(IdentifierRow earlier, IdentifierRow later) {
        // Of an identifier that the store does not have, the first row's time would become since.
        if (earlier.sinceMillis() == null
                && later.sinceMillis() == null
                && later.firstSeenMillis() < earlier.firstSeenMillis()) {
            return Optional.empty();
        }
        IdentifierRow standing = later.sinceMillis() == null ? earlier : later;
        return Optional.of(new IdentifierRow(
                later.identifier(),
                later.profileId(),
                Math.min(earlier.firstSeenMillis(), later.firstSeenMillis()),
                Math.max(earlier.lastSeenMillis(), later.lastSeenMillis()),
                standing.sinceMillis(),
                standing.linksLimited(),
                earlier.likelyNew()));
    }

    private static Table<LinkKey> identityLinks() {
        String name = "identity_links";
        List<Column<LinkKey>> columns = List.of(
                text("a", LinkKey::lesser), text("b", LinkKey::greater), time("first_seen", LinkKey::timeMillis));
        String earlier =
                """
                on conflict (a, b) do update set first_seen = excluded.first_seen
                where excluded.first_seen < known.first_seen""";
        return new Table<>(
                name,
                List.copyOf(columns.subList(0, 2)),
                (one, other) -> Optional.of(one.timeMillis() <= other.timeMillis() ? one : other),
                Copy.into(name, link -> true, columns, null),
                List.of(Write.insert(name, link -> true, columns, earlier, null)),
                true);
    }

    private static Table<Trait> identifierTraits() {
        String name = "identifier_traits";
        List<Column<Trait>> columns = List.of(
                text("identifier", Trait::identifier),
                text("trait", Trait::name),
                json("value", Trait::value),
                time("event_time", Trait::eventTimeMillis));
        // Text compares by code point whatever the database's collation is, so that one order holds everywhere.
        String later =
                """
                on conflict (identifier, trait) do update set value = excluded.value, event_time = excluded.event_time
                where (excluded.event_time, excluded.value::text collate "C")
                    > (known.event_time, known.value::text collate "C")""";
        return new Table<>(
                name,
                List.copyOf(columns.subList(0, 2)),
                Tables::coalesce,
                Copy.into(name, Trait::likelyNew, columns, null),
                List.of(Write.insert(name, trait -> true, columns, later, null)),
                false);
    }

    private static Optional<Trait> coalesce(Trait earlier, Trait later) {
        if (earlier.eventTimeMillis() != later.eventTimeMillis()) {
            return Optional.of(earlier.eventTimeMillis() < later.eventTimeMillis() ? later : earlier);
        }
        // Which of two texts is the greater, PostgreSQL knows, which writes JSON in its own form.
        return earlier.value().equals(later.value()) ? Optional.of(later) : Optional.empty();
    }
}
