package dev.millrace.runtime.postgres;

import static org.awaitility.Awaitility.await;

import dev.millrace.runtime.config.MillraceConfig.StoreOptions;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/**
 * A PostgreSQL server with the tables of the serving store: a process of its own, on a free port, for one test class. Where
 * tests need more than one database, or one without tables, it has as many.
 */
public final class PostgresServer implements AutoCloseable {
    private static final String NAME = "postgres";
    private static final int OWNER_EXECUTES = 0100;
    private static final List<String> MIGRATIONS = List.of(
            "V1__serving_store.sql",
            "V2__people.sql",
            "V3__catalogue.sql",
            "V4__writers.sql",
            "V5__lookups.sql",
            "V6__retention.sql",
            "V7__identity_health.sql",
            "V8__since_and_settled.sql",
            "V9__views_and_partitions.sql");

    private final Path directory;
    private final int port;
    private Process process;
    private int databases;

    private PostgresServer(Path directory, int port) {
        this.directory = directory;
        this.port = port;
    }

    /** Starts a new server with all it has in this directory. */
    public static PostgresServer start(Path directory) throws Exception {
        Path home = directory.resolve("home");
        Path data = directory.resolve("data");
        unpack(home);
        Path log = directory.resolve("initdb.log");
        List<String> initdb = asOrdinaryUser(
                home.resolve("bin/initdb").toString(),
                "--auth=trust",
                "--username=" + NAME,
                "--encoding=UTF-8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--no-sync",
                "--pgdata=" + data);
        Process initialising = new ProcessBuilder(initdb)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!initialising.waitFor(2, TimeUnit.MINUTES) || initialising.exitValue() != 0) {
            throw new IllegalStateException("initdb failed: " + Files.readString(log));
        }
        PostgresServer server = new PostgresServer(directory, freePort());
        server.start();
        server.migrate();
        return server;
    }

    /** Starts it, for the first time or after it was stopped; then it answers. */
    public void start() throws IOException {
        List<String> postgres = asOrdinaryUser(
                directory.resolve("home/bin/postgres").toString(),
                "-D",
                directory.resolve("data").toString(),
                "-p",
                Integer.toString(port),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories=",
                "-c",
                "fsync=off");
        process = new ProcessBuilder(postgres)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("postgres.log").toFile()))
                .start();
        await().atMost(Duration.ofMinutes(1))
                .ignoreExceptionsInstanceOf(SQLException.class)
                .until(() -> {
                    try (Connection connection = connect()) {
                        return connection.isValid(2);
                    }
                });
    }

    /** Stops it as an administrator does who does not wait for clients: they are told, and cut off. */
    public void stop() throws Exception {
        new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }

    /** What a query answers, a line a row; times as PostgreSQL has them in UTC. */
    public List<String> rows(String query) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("set time zone 'UTC'");
            try (ResultSet result = statement.executeQuery(query)) {
                List<String> rows = new ArrayList<>();
                while (result.next()) {
                    StringJoiner row = new StringJoiner("|");
                    for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                        row.add(result.getString(i));
                    }
                    rows.add(row.toString());
                }
                return rows;
            }
        }
    }

    /** Runs a statement in the database with the tables. */
    public void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void migrate() throws Exception {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String migration : MIGRATIONS) {
                try (InputStream sql = PostgresServer.class.getResourceAsStream("/millrace/postgres/" + migration)) {
                    statement.execute(new String(sql.readAllBytes(), StandardCharsets.UTF_8));
                }
            }
        }
    }

    /** The database with the tables. */
    public StoreOptions store() {
        return store(NAME);
    }

    /** A new, empty database. */
    public StoreOptions database() throws SQLException {
        databases++;
        execute("create database test" + databases);
        return store("test" + databases);
    }

    private StoreOptions store(String database) {
        return new StoreOptions("jdbc:postgresql://127.0.0.1:" + port + "/" + database, NAME, null);
    }

    /** A connection to the database with the tables. */
    public Connection connect() throws SQLException {
        return connect(store());
    }

    /** A connection to one of its databases. */
    public static Connection connect(StoreOptions store) throws SQLException {
        return DriverManager.getConnection(store.url(), store.user(), "");
    }

    @Override
    public void close() throws Exception {
        stop();
    }

    /** It refuses to run as root; in a user namespace root is nobody. */
    private static List<String> asOrdinaryUser(String... command) {
        List<String> whole = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            whole.addAll(List.of("unshare", "-U"));
        }
        whole.addAll(List.of(command));
        return whole;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void unpack(Path home) throws IOException {
        Path archive;
        try (Stream<Path> archives = Files.list(Path.of("target/postgres"))) {
            archive = archives.filter(path -> path.toString().endsWith(".txz"))
                    .findFirst()
                    .orElseThrow();
        }
        try (InputStream file = new BufferedInputStream(Files.newInputStream(archive));
                TarArchiveInputStream tar = new TarArchiveInputStream(new XZCompressorInputStream(file))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path path = home.resolve(entry.getName()).normalize();
                if (entry.isDirectory()) {
                    Files.createDirectories(path);
                    continue;
                }
                Files.createDirectories(path.getParent());
                if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
                } else if (entry.isLink()) {
                    Files.createLink(path, home.resolve(entry.getLinkName()).normalize());
                } else {
                    Files.copy(tar, path);
                    boolean executable = (entry.getMode() & OWNER_EXECUTES) != 0;
                    Files.setPosixFilePermissions(
                            path, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
                }
            }
        }
    }
}
