package dev.millrace.setup;

import dev.millrace.runtime.config.MillraceConfig.StoreOptions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import java.util.function.Consumer;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.output.MigrateResult;

/** The serving store: brings its tables to the newest version with the migrations of {@code schemas/postgres}. */
final class Store {
    private static final String CONNECT_TIMEOUT_SECONDS = "10";

    private Store() {}

    static void migrate(StoreOptions store, Consumer<String> progress) {
        requireReachable(store);
        try {
            MigrateResult result = Flyway.configure()
                    .dataSource(store.url(), store.user(), store.password())
                    .locations("classpath:millrace/postgres")
                    .failOnMissingLocations(true)
                    .defaultSchema("public")
                    .baselineOnMigrate(false)
                    .load()
                    .migrate();
            progress.accept("store " + address(store) + ": "
                    + (result.migrationsExecuted == 0
                            ? "is at version " + result.initialSchemaVersion + " already"
                            : "migrated to version " + result.targetSchemaVersion + " (migrations run: "
                                    + result.migrationsExecuted + ")"));
        } catch (FlywayException e) {
            throw new SetupException("can't migrate the store " + address(store) + ": " + e.getMessage(), e);
        }
    }

    /** Flyway would report what is wrong with an address in its own, longer way. */
    private static void requireReachable(StoreOptions store) {
        try (Connection connection = connect(store)) {
            connection.isValid(0);
        } catch (SQLException e) {
            throw unreachable(store, e);
        }
    }

    /** A new connection; the caller closes it. Throws {@link SetupException} with what to check. */
    static Connection connect(StoreOptions store) {
        Properties properties = new Properties();
        properties.setProperty("user", store.user());
        if (store.password() != null) {
            properties.setProperty("password", store.password());
        }
        properties.setProperty("connectTimeout", CONNECT_TIMEOUT_SECONDS);
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("ApplicationName", "millrace-setup");
        try {
            return DriverManager.getConnection(store.url(), properties);
        } catch (SQLException e) {
            throw unreachable(store, e);
        }
    }

    private static SetupException unreachable(StoreOptions store, SQLException e) {
        return new SetupException("can't connect to " + address(store) + " as " + store.user() + ": " + advice(e), e);
    }

    /** What to check, by SQLSTATE (PostgreSQL manual, appendix A). */
    static String advice(SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        return switch (state) {
            case "08001", "08004", "08006" -> "is PostgreSQL up, and is store.url right? (" + e.getMessage() + ")";
            case "28000", "28P01" -> "PostgreSQL refuses this user or password; check store.user and store.password";
            case "3D000" -> "there is no such database; create it, or mend store.url";
            case "57P03" -> "PostgreSQL is starting or stopping; try again in a moment";
            default -> e.getMessage();
        };
    }

    /** The URL without its parameters, which may hold a password. */
    static String address(StoreOptions store) {
        int parameters = store.url().indexOf('?');
        return parameters < 0 ? store.url() : store.url().substring(0, parameters);
    }
}
