package dev.millrace.setup;

import dev.millrace.runtime.config.MillraceConfig.MeasureOptions;
import dev.millrace.runtime.config.MillraceConfig.StoreOptions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * What keeps the serving store small: months and days that have expired are dropped, and of each identifier only so many
 * of the latest events stay. The store's own functions do it ({@code schemas/postgres}); what is dropped is told.
 */
final class Retention {
    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final String DEADLOCK = "40P01";
    private static final String CONNECTION_LOST = "08";

    /**
     * How much stays.
     *
     * @param metrics how much older than the newest window others may be
     * @param sessions how much older than the newest session others may be
     * @param journeys how much older than the newest event others may be
     * @param journeyEvents how many events of an identifier stay
     */
    record Limits(Duration metrics, Duration sessions, Duration journeys, int journeyEvents) {
        static Limits of(MeasureOptions measure) {
            return new Limits(
                    measure.retention().metrics(),
                    measure.retention().sessions(),
                    measure.retention().journeys(),
                    measure.journeys().events());
        }
    }

    private record Expiry(String table, Duration keep) {}

    private final StoreOptions store;
    private final Limits limits;
    private final Consumer<String> progress;
    /** What goes on in the store at present, for {@link #cancel}; null: nothing. */
    private PreparedStatement current;

    private boolean cancelled;

    /** @param progress takes a line for each thing that went */
    Retention(StoreOptions store, Limits limits, Consumer<String> progress) {
        this.store = store;
        this.limits = limits;
        this.progress = progress;
    }

    /**
     * Lets go of all that is to go by now. A table that others hold is left for the next time, and the rest done before
     * that is thrown as a {@link SetupException}, as is a store that is away.
     *
     * @return whether anything went
     */
    boolean once() {
        List<SQLException> held = new ArrayList<>();
        try (Connection connection = Store.connect(store)) {
            boolean any = false;
            for (Expiry expiry : List.of(
                    new Expiry("metric_values", limits.metrics()),
                    new Expiry("sessions", limits.sessions()),
                    new Expiry("recent_events", limits.journeys()))) {
                any |= unlessHeld(held, () -> dropAll(connection, expiry));
            }
            any |= unlessHeld(held, () -> trim(connection));
            if (!held.isEmpty()) {
                throw failure(held.get(0));
            }
            return any;
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    /** Ends what goes on in the store, which then has not happened; whatever is begun after is refused. */
    synchronized void cancel() {
        cancelled = true;
        if (current != null) {
            try {
                current.cancel();
            } catch (SQLException e) {
                progress.accept("can't cancel what the store does: " + e.getMessage());
            }
        }
    }

    private interface Step {
        boolean run() throws SQLException;
    }

    private static boolean unlessHeld(List<SQLException> held, Step step) throws SQLException {
        try {
            return step.run();
        } catch (SQLException e) {
            if (!LOCK_NOT_AVAILABLE.equals(e.getSQLState()) && !DEADLOCK.equals(e.getSQLState())) {
                throw e;
            }
            held.add(e);
            return false;
        }
    }

    /** The store drops so many at once, and has dropped all when it drops none. */
    private boolean dropAll(Connection connection, Expiry expiry) throws SQLException {
        boolean any = false;
        while (drop(connection, expiry)) {
            any = true;
        }
        return any;
    }

    private boolean drop(Connection connection, Expiry expiry) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("select drop_expired_partitions(?, make_interval(secs => ?))")) {
            statement.setString(1, expiry.table());
            statement.setDouble(2, expiry.keep().toMillis() / 1000.0);
            boolean any = false;
            try (ResultSet dropped = execute(statement)) {
                while (dropped.next()) {
                    progress.accept("dropped " + dropped.getString(1));
                    any = true;
                }
            }
            return any;
        } finally {
            done();
        }
    }

    private boolean trim(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("select trim_journeys(?)")) {
            statement.setInt(1, limits.journeyEvents());
            try (ResultSet deleted = execute(statement)) {
                deleted.next();
                long events = deleted.getLong(1);
                if (events > 0) {
                    progress.accept("trimmed recent_events: " + events + " gone, of identifiers with more than "
                            + limits.journeyEvents());
                }
                return events > 0;
            }
        } finally {
            done();
        }
    }

    private ResultSet execute(PreparedStatement statement) throws SQLException {
        synchronized (this) {
            if (cancelled) {
                throw new SetupException("ended before it was done");
            }
            current = statement;
        }
        return statement.executeQuery();
    }

    private synchronized void done() {
        current = null;
    }

    private SetupException failure(SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        if (state.startsWith(CONNECTION_LOST)) {
            return new SetupException("lost " + Store.address(store) + ": " + Store.advice(e), e);
        }
        return switch (state) {
            case LOCK_NOT_AVAILABLE, DEADLOCK -> new SetupException(
                    "something reads or writes in " + Store.address(store)
                            + " for long, and a table that it uses was left as it is (" + e.getMessage() + ")",
                    e);
            case "42883", "42P01" -> new SetupException(
                    Store.address(store) + " has older tables than this command knows; run millrace-setup store", e);
            default -> new SetupException("can't shrink " + Store.address(store) + ": " + e.getMessage(), e);
        };
    }
}
