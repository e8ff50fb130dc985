package dev.millrace.stack.people;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.core.identity.LinkKey;
import dev.millrace.core.identity.ProfileId;
import dev.millrace.stack.StackException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The people of a serving store, all as of one moment. */
final class StoredPeople implements People {
    private static final String UNDEFINED_TABLE = "42P01";
    private static final int FETCHED_AT_ONCE = 10_000;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String MEMBER =
            "select identifier, profile_id, first_seen, last_seen, since, links_limited from identifiers ";
    private static final String LINK = "select a, b, first_seen, a_profile_id, b_profile_id from ";
    private static final String MERGE =
            "select profile_id, into_profile_id, a, b, link_first_seen, merged_at from profile_merges ";

    private final Connection connection;

    /** @param connection for this alone; the caller closes it */
    StoredPeople(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        connection.setReadOnly(true);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        this.connection = connection;
    }

    @Override
    public boolean isEmpty() {
        return query("select 1 from identifiers limit 1", row -> 1).isEmpty();
    }

    @Override
    public List<Member> members(Collection<String> identifiers) {
        return query(MEMBER + "where identifier = any(?) order by identifier", StoredPeople::member, identifiers);
    }

    @Override
    public List<Member> membersOfValue(String value) {
        return query(
                MEMBER + "where substr(identifier, strpos(identifier, ':') + 1) = ? order by identifier",
                StoredPeople::member,
                value);
    }

    @Override
    public Optional<Person> person(String profileId) {
        return query(
                        "select profile_id, first_seen, last_seen, identifiers, traits from profiles where profile_id = ?",
                        row -> new Person(
                                row.getString(1), time(row, 2), time(row, 3), row.getLong(4), traits(row.getString(5))),
                        profileId)
                .stream()
                .findFirst();
    }

    @Override
    public Looked<Member> membersOf(String profileId, int limit) {
        return Looked.upTo(
                limit,
                query(
                        MEMBER + "where profile_id = ? order by first_seen, identifier limit ?",
                        StoredPeople::member,
                        profileId,
                        limit + 1));
    }

    @Override
    public Map<String, String> leaders(Collection<String> profileIds) {
        Map<String, String> leaders = new HashMap<>();
        visit(
                "select profile_id, identifier from identifiers where profile_id = any(?)",
                row -> {
                    if (ProfileId.ledBy(row.getString(2)).equals(row.getString(1))) {
                        leaders.put(row.getString(1), row.getString(2));
                    }
                },
                profileIds);
        return leaders;
    }

    @Override
    public Looked<PlacedLink> linksWithin(Collection<String> profileIds, int limit) {
        return Looked.upTo(
                limit,
                query(
                        LINK + "identity_link_decisions where a_profile_id = any(?) and b_profile_id = any(?)"
                                + " order by first_seen, a, b limit ?",
                        StoredPeople::link,
                        profileIds,
                        profileIds,
                        limit + 1));
    }

    @Override
    public Looked<PlacedLink> linksOf(Collection<String> identifiers, int limitEach, int limit) {
        Map<String, Integer> counts = new HashMap<>();
        Map<LinkKey, PlacedLink> links = new LinkedHashMap<>();
        boolean[] complete = {true};
        visit(
                """
                select l.a, l.b, l.first_seen, x.profile_id, y.profile_id, n.identifier
                from unnest(?) as n(identifier)
                cross join lateral (
                    select a, b, first_seen from identity_links where a = n.identifier
                    union all
                    select a, b, first_seen from identity_links where b = n.identifier
                    order by first_seen, a, b
                    limit ?) l
                join identifiers x on x.identifier = l.a
                join identifiers y on y.identifier = l.b
                """,
                row -> {
                    PlacedLink link = link(row);
                    if (counts.merge(row.getString(6), 1, Integer::sum) > limitEach
                            || links.size() == limit && !links.containsKey(link.key())) {
                        complete[0] = false;
                    } else {
                        links.put(link.key(), link);
                    }
                },
                identifiers,
                limitEach + 1);
        return new Looked<>(new ArrayList<>(links.values()), complete[0]);
    }

    @Override
    public Looked<PlacedLink> refusedLinks(String profileId, int limit) {
        return Looked.upTo(
                limit,
                query(
                        "select * from (" + LINK + "refused_links where a_profile_id = ? union all " + LINK
                                + "refused_links where b_profile_id = ?) l order by first_seen, a, b limit ?",
                        StoredPeople::link,
                        profileId,
                        profileId,
                        limit + 1));
    }

    @Override
    public Looked<Merge> mergesInto(String profileId, int limit) {
        return Looked.upTo(
                limit,
                query(
                        MERGE + "where into_profile_id = ? order by merged_at desc, profile_id, a, b limit ?",
                        StoredPeople::merge,
                        profileId,
                        limit + 1));
    }

    @Override
    public Optional<Merge> lastMergeOf(String profileId) {
        return query(
                        MERGE + "where profile_id = ? order by merged_at desc, into_profile_id limit 1",
                        StoredPeople::merge,
                        profileId)
                .stream()
                .findFirst();
    }

    private static Member member(ResultSet row) throws SQLException {
        return new Member(
                row.getString(1), row.getString(2), time(row, 3), time(row, 4), time(row, 5), row.getBoolean(6));
    }

    private static PlacedLink link(ResultSet row) throws SQLException {
        return new PlacedLink(
                new LinkKey(time(row, 3).toEpochMilli(), row.getString(1), row.getString(2)),
                row.getString(4),
                row.getString(5));
    }

    private static Merge merge(ResultSet row) throws SQLException {
        return new Merge(
                row.getString(1),
                row.getString(2),
                new LinkKey(time(row, 5).toEpochMilli(), row.getString(3), row.getString(4)),
                time(row, 6));
    }

    private static Instant time(ResultSet row, int column) throws SQLException {
        return row.getTimestamp(column).toInstant();
    }

    private static SortedMap<String, String> traits(String json) {
        SortedMap<String, String> traits = new TreeMap<>();
        try {
            JSON.readTree(json).properties().forEach(trait -> traits.put(trait.getKey(), text(trait.getValue())));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("PostgreSQL gave traits that are no JSON", e);
        }
        return traits;
    }

    private static String text(JsonNode value) {
        return value.isTextual() ? value.textValue() : value.toString();
    }

    private <T> List<T> query(String sql, Read<T> read, Object... parameters) {
        List<T> rows = new ArrayList<>();
        visit(sql, row -> rows.add(read.row(row)), parameters);
        return rows;
    }

    private void visit(String sql, Visit visit, Object... parameters) {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setFetchSize(FETCHED_AT_ONCE);
            for (int i = 0; i < parameters.length; i++) {
                if (parameters[i] instanceof Collection<?> texts) {
                    statement.setArray(i + 1, connection.createArrayOf("text", texts.toArray()));
                } else {
                    statement.setObject(i + 1, parameters[i]);
                }
            }
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    visit.row(rows);
                }
            }
        } catch (SQLException e) {
            if (UNDEFINED_TABLE.equals(e.getSQLState())) {
                throw new StackException(
                        "the store has no tables of people yet; local-stack/stack up brings it up to date", e);
            }
            throw new StackException("PostgreSQL can't tell: " + e.getMessage(), e);
        }
    }

    private interface Read<T> {
        T row(ResultSet row) throws SQLException;
    }

    private interface Visit {
        void row(ResultSet row) throws SQLException;
    }
}
