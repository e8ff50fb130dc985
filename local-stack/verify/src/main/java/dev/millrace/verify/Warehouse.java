package dev.millrace.verify;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBDriver;

/** A DuckDB database in a directory of its own: bounded memory, the rest on disk, nothing fetched from anywhere. */
final class Warehouse implements AutoCloseable {
    private static final int MOST_THREADS = 4;
    private static final long ROWS_IN_MEMORY = 2_000_000;
    /** For reading a row group after the other. */
    private static final long FILES_MEMORY_BYTES = 400L << 20;

    private final Path directory;
    private final DuckDBConnection connection;
    /** A database of its own that holds nothing. */
    private final DuckDBConnection files;

    /** Takes a row of a result. */
    @FunctionalInterface
    interface Each {
        void row(ResultSet row) throws SQLException;
    }

    private Warehouse(Path directory, DuckDBConnection connection, DuckDBConnection files) {
        this.directory = directory;
        this.connection = connection;
        this.files = files;
    }

    /** A new one below a directory; {@link #close} deletes it. */
    static Warehouse open(Path scratch, long memoryBytes) throws SQLException {
        Path directory;
        try {
            Files.createDirectories(scratch);
            directory = Files.createTempDirectory(scratch, "verify-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Properties properties = new Properties();
        properties.setProperty(DuckDBDriver.JDBC_STREAM_RESULTS, "true");
        DuckDBConnection connection = (DuckDBConnection)
                DriverManager.getConnection("jdbc:duckdb:" + directory.resolve("warehouse.db"), properties);
        DuckDBConnection files = (DuckDBConnection) DriverManager.getConnection("jdbc:duckdb:", properties);
        try (Statement statement = files.createStatement()) {
            statement.execute("set memory_limit = '" + FILES_MEMORY_BYTES + "B'");
            statement.execute("set threads = 1");
            statement.execute("set autoinstall_known_extensions = false");
            statement.execute("set autoload_known_extensions = false");
        }
        Warehouse warehouse = new Warehouse(directory, connection, files);
        warehouse.run("set memory_limit = '" + memoryBytes + "B'");
        warehouse.run(
                "set temp_directory = '" + quoted(directory.resolve("spill").toString()) + "'");
        warehouse.run("set threads = "
                + Math.max(1, Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors())));
        warehouse.run("set preserve_insertion_order = false");
        warehouse.run("set autoinstall_known_extensions = false");
        warehouse.run("set autoload_known_extensions = false");
        return warehouse;
    }

    /** Where files may be put until it is closed. */
    Path directory() {
        return directory;
    }

    /** A text within quotes. */
    static String quoted(String text) {
        return text.replace("'", "''");
    }

    void run(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    DuckDBAppender appender(String table) throws SQLException {
        return connection.createAppender(DuckDBConnection.DEFAULT_SCHEMA, table);
    }

    /** Streams the rows of a query; nothing must be written until it ends: the two would wait for each other. */
    void each(String query, Each each) throws SQLException {
        rows(query, true, each);
    }

    /** Gives the rows of a query, all of which are in memory, so that something may be written meanwhile. */
    void whole(String query, Each each) throws SQLException {
        rows(query, false, each);
    }

    /** Conditions that divide a table by people, so that each part of it fits in memory. */
    List<String> parts(String table) throws SQLException {
        long parts = 1 + number("select count(*) from " + table) / ROWS_IN_MEMORY;
        return LongStream.range(0, parts)
                .mapToObj(part -> " and leader % " + parts + " = " + part)
                .toList();
    }

    private void rows(String query, boolean streaming, Each each) throws SQLException {
        try (DuckDBConnection reader = (DuckDBConnection) connection.duplicate();
                Statement statement = reader.createStatement()) {
            statement.execute("set session jdbc_stream_results = " + streaming);
            try (ResultSet rows = statement.executeQuery(query)) {
                while (rows.next()) {
                    each.row(rows);
                }
            }
        }
    }

    /** Streams the rows of a query that is of files alone, while others write here. */
    void files(String query, Each each) throws SQLException {
        try (Statement statement = files.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                each.row(rows);
            }
        }
    }

    /** The number that a query answers. */
    long number(String query) throws SQLException {
        long[] number = new long[1];
        each(query, row -> number[0] = row.getLong(1));
        return number[0];
    }

    /** How many rows a table has. */
    long count(String table) throws SQLException {
        return number("select count(*) from " + table);
    }

    @Override
    public void close() throws SQLException {
        files.close();
        connection.close();
        try (Stream<Path> all = Files.walk(directory)) {
            List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
