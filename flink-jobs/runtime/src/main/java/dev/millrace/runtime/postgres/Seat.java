package dev.millrace.runtime.postgres;

import java.io.Serializable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Which of the parallel writers of a table one is.
 *
 * @param subtask from 0
 * @param parallelism how many there are
 */
record Seat(int subtask, int parallelism) implements Serializable {
    /** What the store says to a writer whose seat another one has taken. */
    static final String TAKEN = "MR001";

    /** Takes the seat from whoever had it, who can't write over a row from then on. Returns the term. */
    long take(Connection connection, String table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("select become_writer(?, ?, ?)")) {
            statement.setString(1, table);
            statement.setInt(2, subtask);
            statement.setInt(3, parallelism);
            try (ResultSet term = statement.executeQuery()) {
                term.next();
                return term.getLong(1);
            }
        }
    }
}
