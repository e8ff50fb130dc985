package dev.millrace.runtime.postgres;

import java.sql.SQLException;
import java.util.Set;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** What is to be done about an error of PostgreSQL. */
enum Trouble {
    /** The server can't be reached, or can't work: connect again, later. */
    AWAY,
    /** Somebody else was in the way: the same again. */
    BUSY,
    /** A row's partition is not there (any more). */
    NO_PARTITION,
    /** Two of the rows have one key: write them one after the other. */
    SAME_KEY,
    /** There is a row that the table does not take. */
    REFUSED,
    /** Nothing that time heals. */
    FATAL;

    private static final String CHECK_VIOLATION = "23514";
    private static final String CARDINALITY_VIOLATION = "21000";
    /** Read-only, as what used to be the primary is after a failover. */
    private static final String READ_ONLY = "25006";
    /** A lock was not to be had; a statement took too long; another writer has just made the same partition. */
    private static final Set<String> IN_THE_WAY = Set.of("55P03", "57014", "42P07");

    static Trouble of(SQLException error) {
        String state = error.getSQLState();
        if (state == null || state.length() != 5) {
            return FATAL;
        }
        if (state.startsWith("57P") || state.equals(READ_ONLY)) {
            return AWAY;
        }
        if (IN_THE_WAY.contains(state)) {
            return BUSY;
        }
        if (state.equals(CARDINALITY_VIOLATION)) {
            return SAME_KEY;
        }
        if (state.equals(CHECK_VIOLATION) && constraint(error) == null) {
            return NO_PARTITION;
        }
        return switch (state.substring(0, 2)) {
                // Connection; insufficient resources; the server's system.
            case "08", "53", "58" -> AWAY;
                // Rolled back for the sake of another transaction.
            case "40" -> BUSY;
                // Data; constraints; limits of the program, as that of an index's rows.
            case "22", "23", "54" -> REFUSED;
            default -> FATAL;
        };
    }

    /** Whether it is what PostgreSQL answered, and the connection is as good as before. */
    static boolean isAnswer(SQLException error) {
        return server(error) != null && of(error) != AWAY;
    }

    /** PostgreSQL's own words, without those of its details, which quote the row. */
    static String message(SQLException error) {
        ServerErrorMessage server = server(error);
        String message = server == null ? error.getMessage() : server.getMessage();
        return message + " (SQLSTATE " + error.getSQLState() + ")";
    }

    /** What there is to do about a {@link #FATAL} one: a sentence. */
    static String advice(SQLException error) {
        String state = String.valueOf(error.getSQLState());
        if (state.startsWith("28")) {
            return "Check store.user and store.password.";
        }
        if (state.equals("42501")) {
            return "The user of the store must be allowed to write its tables and to create partitions.";
        }
        if (state.startsWith("42") || state.startsWith("3D") || state.startsWith("3F")) {
            return "The database, or a table, column or function of it, is not as this version needs it:"
                    + " check store.url, and run 'millrace-setup store'.";
        }
        if (state.equals(Seat.TAKEN)) {
            return "This attempt of the job was taken for dead, or there is another job that writes the same tables;"
                    + " there can be one only.";
        }
        return "See the cause.";
    }

    private static String constraint(SQLException error) {
        ServerErrorMessage server = server(error);
        return server == null ? null : server.getConstraint();
    }

    private static ServerErrorMessage server(SQLException error) {
        return error instanceof PSQLException postgres ? postgres.getServerErrorMessage() : null;
    }
}
