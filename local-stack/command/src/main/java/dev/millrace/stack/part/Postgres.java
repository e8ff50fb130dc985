package dev.millrace.stack.part;

import dev.millrace.stack.Artefacts;
import dev.millrace.stack.DataDirectory;
import dev.millrace.stack.Ports;
import dev.millrace.stack.StackException;
import dev.millrace.stack.process.PortOwner;
import dev.millrace.stack.process.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.postgresql.Driver;

/** The serving store's server. Its password is made at the first start and lies in the data directory. */
public final class Postgres implements Program {
    /** User and database alike. */
    public static final String NAME = "millrace";

    private final Artefacts artefacts;
    private final DataDirectory data;
    private final Ports ports;
    private boolean databaseExists;

    public Postgres(Artefacts artefacts, DataDirectory data, Ports ports) {
        this.artefacts = artefacts;
        this.data = data;
        this.ports = ports;
    }

    @Override
    public String name() {
        return "postgres";
    }

    @Override
    public String address() {
        return url(NAME);
    }

    private String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + ports.postgres() + "/" + database;
    }

    @Override
    public Map<String, Integer> ports() {
        return Map.of("postgres", ports.postgres());
    }

    @Override
    public void prepare() throws IOException {
        Path home = home();
        ServerUser user = ServerUser.choose(home);
        if (!Files.exists(data.postgres())) {
            initialise(home, user);
        }
        user.own(data.postgres());
    }

    /** Initialises beside the final place, so that an interruption leaves nothing half done. */
    private void initialise(Path home, ServerUser user) throws IOException {
        Path draft = data.root().resolve("postgres.new");
        Path password = data.scratch(name()).resolve("password");
        DataDirectory.delete(draft);
        DataDirectory.delete(password);
        DataDirectory.writePrivately(password, data.password());
        Files.createDirectory(draft);
        user.own(draft);
        user.own(password);
        Processes.Outcome outcome = Processes.run(user.wrap(List.of(
                home.resolve("bin/initdb").toString(),
                "--auth=scram-sha-256",
                "--pwfile=" + password,
                "--username=" + NAME,
                "--encoding=UTF-8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--pgdata=" + draft)));
        Files.delete(password);
        if (outcome.exit() != 0) {
            throw new StackException(
                    "PostgreSQL's initdb failed: " + outcome.output().strip());
        }
        Files.move(draft, data.postgres(), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public List<String> command() {
        try {
            Path home = home();
            return ServerUser.choose(home)
                    .wrap(List.of(
                            home.resolve("bin/postgres").toString(),
                            "-D",
                            data.postgres().toString(),
                            "-p",
                            Integer.toString(ports.postgres()),
                            "-c",
                            "listen_addresses=127.0.0.1",
                            // Many small upserts all over the tables: pages stay in memory, and go to the log whole
                            // less often.
                            "-c",
                            "shared_buffers=512MB",
                            "-c",
                            "max_wal_size=4GB",
                            "-c",
                            "checkpoint_timeout=15min",
                            // The log's files are written once, not filled with zeros before.
                            "-c",
                            "wal_init_zero=off",
                            "-c",
                            "jit=off",
                            "-c",
                            "unix_socket_directories="));
        } catch (IOException e) {
            throw new StackException("can't unpack PostgreSQL: " + e, e);
        }
    }

    private Path home() throws IOException {
        return PostgresBinaries.unpacked(artefacts.postgresArchive());
    }

    /** SIGINT is its "fast shutdown": clients are disconnected; at SIGTERM it would wait for them. */
    @Override
    public String stopSignal() {
        return "INT";
    }

    @Override
    public boolean ready() {
        if (!PortOwner.answers(ports.postgres())) {
            return false;
        }
        try {
            if (!databaseExists) {
                createDatabase();
                databaseExists = true;
            }
            try (Connection connection = connect(NAME)) {
                return connection.isValid(2);
            }
        } catch (SQLException e) {
            if (!isTransient(e)) {
                throw new StackException("PostgreSQL at " + address() + " refuses: " + e.getMessage(), e);
            }
            return false;
        }
    }

    /** Whether it is only starting, recovering or ending; anything else would not pass by itself. */
    private static boolean isTransient(SQLException e) {
        String state = e.getSQLState();
        return state != null && (state.startsWith("08") || state.startsWith("57P"));
    }

    private void createDatabase() throws SQLException {
        try (Connection connection = connect("postgres");
                Statement statement = connection.createStatement()) {
            try (ResultSet found = statement.executeQuery("SELECT 1 FROM pg_database WHERE datname = '" + NAME + "'")) {
                if (found.next()) {
                    return;
                }
            }
            statement.execute("CREATE DATABASE " + NAME);
        }
    }

    /** A new connection to the serving store. */
    public Connection connect() throws SQLException {
        return connect(NAME);
    }

    private Connection connect(String database) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", NAME);
        properties.setProperty("password", data.password());
        properties.setProperty("connectTimeout", "5");
        properties.setProperty("ApplicationName", "millrace-stack");
        return new Driver().connect(url(database), properties);
    }
}
