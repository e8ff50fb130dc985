package dev.millrace.stack.proof;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Cold storage as anyone would read it: DuckDB over the Parquet files. */
final class ColdFiles {
    private final String files;

    ColdFiles(Path root) {
        this.files = root.resolve("raw") + "/*/*/*.parquet";
        this.root = root;
    }

    private final Path root;

    /** A raw record in cold storage. */
    record Row(int partition, long offset, byte[] key, byte[] value) {}

    /** Number of rows; 0 before there are files. */
    long count() throws SQLException {
        if (!Files.exists(root.resolve("raw"))) {
            return 0;
        }
        try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duckdb.createStatement();
                ResultSet found = statement.executeQuery("select count(*) from glob('" + files + "')")) {
            found.next();
            if (found.getLong(1) == 0) {
                return 0;
            }
            try (ResultSet rows = statement.executeQuery("select count(*) from read_parquet('" + files + "')")) {
                rows.next();
                return rows.getLong(1);
            }
        }
    }

    /** All rows, by partition and offset. */
    List<Row> rows() throws SQLException {
        List<Row> all = new ArrayList<>();
        try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duckdb.createStatement();
                ResultSet rows =
                        statement.executeQuery("select \"partition\", \"offset\", key, value from read_parquet('"
                                + files + "') order by 1, 2")) {
            while (rows.next()) {
                all.add(new Row(rows.getInt(1), rows.getLong(2), rows.getBytes(3), rows.getBytes(4)));
            }
        }
        return all;
    }
}
