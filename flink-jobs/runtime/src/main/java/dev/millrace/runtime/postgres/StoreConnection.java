package dev.millrace.runtime.postgres;

import dev.millrace.runtime.config.MillraceConfig.StoreOptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connection of one writer, opened when it is needed. One thread uses it; any may {@link #abort} it, for good. */
final class StoreConnection {
    private static final Logger LOG = LoggerFactory.getLogger(StoreConnection.class);
    private static final String CONNECT_SECONDS = "5";
    private static final String LOGIN_SECONDS = "10";
    private static final String STATEMENT_MILLIS = "30000";
    /** Longer than a statement may take, so that the server has given it up before it is sent again. */
    private static final String SOCKET_SECONDS = "45";

    private final String url;
    private final Properties properties;
    private volatile Connection connection;
    private volatile boolean aborted;

    StoreConnection(StoreOptions store) {
        this(store, STATEMENT_MILLIS, SOCKET_SECONDS);
    }

    private StoreConnection(StoreOptions store, String statementMillis, String socketSeconds) {
        url = store.url();
        properties = properties(store, statementMillis, socketSeconds);
    }

    /** One for questions that may take minutes. */
    static StoreConnection patient(StoreOptions store) {
        return new StoreConnection(store, "600000", "660");
    }

    /** What the URL says instead holds. */
    private static Properties properties(StoreOptions store, String statementMillis, String socketSeconds) {
        Properties defaults = new Properties();
        PGProperty.APPLICATION_NAME.set(defaults, "millrace-measure");
        PGProperty.CONNECT_TIMEOUT.set(defaults, CONNECT_SECONDS);
        // With it the driver connects in a thread of its own, and who waits for that can be interrupted.
        PGProperty.LOGIN_TIMEOUT.set(defaults, LOGIN_SECONDS);
        PGProperty.SOCKET_TIMEOUT.set(defaults, socketSeconds);
        PGProperty.TCP_KEEP_ALIVE.set(defaults, true);
        PGProperty.OPTIONS.set(defaults, "-c statement_timeout=" + statementMillis);
        Properties inUrl = Driver.parseURL(store.url(), new Properties());
        Properties properties = new Properties();
        defaults.stringPropertyNames().stream()
                .filter(name -> inUrl == null || inUrl.getProperty(name) == null)
                .forEach(name -> properties.setProperty(name, defaults.getProperty(name)));
        PGProperty.USER.set(properties, store.user());
        PGProperty.PASSWORD.set(properties, store.password() == null ? "" : store.password());
        return properties;
    }

    /** The connection, which may have been lost since it was used last. */
    Connection get() throws SQLException, InterruptedException {
        if (connection == null) {
            stopIfAborted();
            connection = new Driver().connect(url, properties);
            if (connection == null) {
                throw new SQLException("store.url is not one that PostgreSQL's driver reads", "3D000");
            }
        }
        if (aborted) {
            close();
        }
        stopIfAborted();
        return connection;
    }

    void stopIfAborted() throws InterruptedException {
        if (aborted) {
            throw new InterruptedException("closed");
        }
    }

    /** Closes it; the next use opens another one. */
    void close() {
        Connection closing = connection;
        connection = null;
        if (closing == null) {
            return;
        }
        try {
            closing.close();
        } catch (SQLException e) {
            LOG.debug("The connection could not be closed in order", e);
        }
    }

    /** Ends a statement that is under way, without waiting for it, and lets none begin. */
    void abort() {
        aborted = true;
        Connection aborting = connection;
        if (aborting == null) {
            return;
        }
        try {
            aborting.abort(StoreConnection::inBackground);
        } catch (SQLException e) {
            LOG.debug("The connection could not be aborted", e);
        }
    }

    /** Closing a socket may take its time where the network is gone. */
    private static void inBackground(Runnable command) {
        Thread thread = new Thread(command, "millrace-store abort");
        thread.setDaemon(true);
        thread.start();
    }
}
