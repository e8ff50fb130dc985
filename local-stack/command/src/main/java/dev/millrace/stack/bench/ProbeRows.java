package dev.millrace.stack.bench;

import dev.millrace.stack.StackException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What PostgreSQL shows of {@link Probes}: rows of a day, by their key. */
final class ProbeRows implements Probes.Rows {
    private static final String BY_KEY =
            """
            select dimensions ->> '%s', value from metric_values
            where metric = '%s' and window_size = '1d' and window_start = any(?) and dimensions = any(?)
            """;

    private final Connection connection;
    private final PreparedStatement events;
    private final PreparedStatement people;

    /** @param connection of its own */
    ProbeRows(Connection connection) throws SQLException {
        this.connection = connection;
        this.events = connection.prepareStatement(BY_KEY.formatted("event", "events"));
        this.people = connection.prepareStatement(BY_KEY.formatted("pair", Contender.PROBE_METRIC));
    }

    @Override
    public Set<String> counted(Collection<String> names, Set<Long> days) {
        List<String> dimensions = names.stream()
                .map(name -> "{\"type\": \"track\", \"event\": \"" + name + "\"}")
                .toList();
        return Set.copyOf(values(events, dimensions, days).keySet());
    }

    @Override
    public Map<String, Double> people(Collection<String> pairs, Set<Long> days) {
        List<String> dimensions =
                pairs.stream().map(pair -> "{\"pair\": \"" + pair + "\"}").toList();
        return values(people, dimensions, days);
    }

    private Map<String, Double> values(PreparedStatement statement, List<String> dimensions, Set<Long> days) {
        List<Timestamp> starts = new ArrayList<>();
        days.forEach(millis -> starts.add(new Timestamp(millis)));
        Map<String, Double> values = new HashMap<>();
        try {
            statement.setArray(1, connection.createArrayOf("timestamptz", starts.toArray()));
            statement.setArray(2, connection.createArrayOf("jsonb", dimensions.toArray()));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    values.put(rows.getString(1), rows.getDouble(2));
                }
            }
        } catch (SQLException e) {
            throw new StackException("PostgreSQL can't tell what it has of the probes: " + e.getMessage(), e);
        }
        return values;
    }
}
