package dev.millrace.setup;

import static org.awaitility.Awaitility.await;

import dev.millrace.runtime.config.MillraceConfig.StoreOptions;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** A PostgreSQL server: a process of its own, on a free port, for one test class; each test has a database of its own. */
final class PostgresServer implements AutoCloseable {
    private static final String USER = "postgres";
    private static final int OWNER_EXECUTES = 0100;

    private final Path directory;
    private final int port;
    private Process process;
    private int databases;

    private PostgresServer(Path directory, int port) {
        this.directory = directory;
        this.port = port;
    }

    /** Starts a new server with all it has in this directory. */
    static PostgresServer start(Path directory) throws Exception {
        PostgresServer server = new PostgresServer(directory, freePort());
        unpack(server.home());
        Path log = directory.resolve("initdb.log");
        List<String> initdb = asOrdinaryUser(
                server.home().resolve("bin/initdb").toString(),
                "--auth=trust",
                "--username=" + USER,
                "--encoding=UTF-8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--no-sync",
                "--pgdata=" + server.data());
        Process initialising = new ProcessBuilder(initdb)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!initialising.waitFor(2, TimeUnit.MINUTES) || initialising.exitValue() != 0) {
            throw new IllegalStateException("initdb failed: " + Files.readString(log));
        }
        server.start();
        return server;
    }

    /** Starts it again after {@link #stop}. */
    void start() throws IOException {
        List<String> postgres = asOrdinaryUser(
                home().resolve("bin/postgres").toString(),
                "-D",
                data().toString(),
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
                    try (Connection connection = connect(store(USER))) {
                        return connection.isValid(2);
                    }
                });
    }

    /** Ends it in order, and all connections with it. */
    void stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }

    /** A new, empty database. */
    StoreOptions database() throws SQLException {
        databases++;
        StoreOptions store = store("test" + databases);
        try (Connection connection = connect(store(USER));
                Statement statement = connection.createStatement()) {
            statement.execute("create database test" + databases);
        }
        return store;
    }

    static Connection connect(StoreOptions store) throws SQLException {
        return DriverManager.getConnection(store.url(), store.user(), "");
    }

    @Override
    public void close() throws Exception {
        stop();
    }

    private StoreOptions store(String database) {
        return new StoreOptions("jdbc:postgresql://127.0.0.1:" + port + "/" + database, USER, null);
    }

    private Path home() {
        return directory.resolve("home");
    }

    private Path data() {
        return directory.resolve("data");
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
