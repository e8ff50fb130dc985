package dev.millrace.runtime.postgres;

import java.io.Serializable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * One way to write rows of a table: a statement that takes any number of them at once.
 *
 * @param takes which rows are written this way
 * @param sql with a parameter a column, an array of the rows' values
 * @param partitioning null: the statement needs no partitions to be there
 */
record Write<T>(RowTest<T> takes, String sql, List<Column<T>> columns, Partitioning<T> partitioning)
        implements Serializable {

    @FunctionalInterface
    interface RowTest<T> extends Predicate<T>, Serializable {}

    /**
     * An insert.
     *
     * @param onConflict what becomes of a row that is there already, which is called {@code known}
     */
    static <T> Write<T> insert(
            String table, RowTest<T> takes, List<Column<T>> columns, String onConflict, Partitioning<T> partitioning) {
        String names = names(columns);
        String sql = "insert into %s as known (%s) select %s from %s %s"
                .formatted(
                        table,
                        names,
                        columns.stream().map(Column::expression).collect(Collectors.joining(", ")),
                        source(columns),
                        onConflict);
        return new Write<>(takes, sql, columns, partitioning);
    }

    /** An insert of rows that replace those of the same key. */
    static <T> Write<T> upsert(
            String table, RowTest<T> takes, int keyColumns, List<Column<T>> columns, Partitioning<T> partitioning) {
        String replaced = columns.stream()
                .skip(keyColumns)
                .map(column -> column.name() + " = excluded." + column.name())
                .collect(Collectors.joining(", "));
        String onConflict =
                "on conflict (%s) do update set %s".formatted(names(columns.subList(0, keyColumns)), replaced);
        return insert(table, takes, columns, onConflict, partitioning);
    }

    /** A deletion of the rows with these keys. */
    static <T> Write<T> delete(String table, RowTest<T> takes, List<Column<T>> key) {
        String condition = key.stream()
                .map(column -> "known." + column.name() + " = gone." + column.name())
                .collect(Collectors.joining(" and "));
        String gone = key.stream()
                .map(column -> column.expression() + " as " + column.name())
                .collect(Collectors.joining(", "));
        String sql = "delete from %s as known using (select %s from %s) as gone where %s"
                .formatted(table, gone, source(key), condition);
        return new Write<>(takes, sql, key, null);
    }

    /** Writes the rows in this order. */
    void execute(Connection connection, List<T> rows) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < columns.size(); i++) {
                statement.setArray(i + 1, columns.get(i).array(connection, rows));
            }
            statement.executeUpdate();
        }
    }

    private static <T> String names(List<Column<T>> columns) {
        return columns.stream().map(Column::name).collect(Collectors.joining(", "));
    }

    private static <T> String source(List<Column<T>> columns) {
        return "unnest(%s) as written (%s)"
                .formatted(columns.stream().map(Column::parameter).collect(Collectors.joining(", ")), names(columns));
    }
}
