package dev.millrace.stack.bench;

import dev.millrace.stack.StackException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What PostgreSQL shows of {@link Probes} where Flink SQL counts: rows of events by name, in windows of any size. */
final class PeerProbeRows implements Probes.Rows {
    private static final String BY_NAME = "select distinct event from peer_events where event = any(?)";

    private final Connection connection;
    private final PreparedStatement events;

    /** @param connection of its own */
    PeerProbeRows(Connection connection) throws SQLException {
        this.connection = connection;
        this.events = connection.prepareStatement(BY_NAME);
    }

    @Override
    public Set<String> counted(Collection<String> names, Set<Long> days) {
        Set<String> counted = new HashSet<>();
        try {
            events.setArray(1, connection.createArrayOf("text", names.toArray()));
            try (ResultSet rows = events.executeQuery()) {
                while (rows.next()) {
                    counted.add(rows.getString(1));
                }
            }
        } catch (SQLException e) {
            throw new StackException("PostgreSQL can't tell what it has of the probes: " + e.getMessage(), e);
        }
        return counted;
    }

    /** Its people are not told apart by pairs. */
    @Override
    public Map<String, Double> people(Collection<String> pairs, Set<Long> days) {
        return Map.of();
    }
}
