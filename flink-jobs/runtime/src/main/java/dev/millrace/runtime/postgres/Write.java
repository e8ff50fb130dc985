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
 * @param seated whether only the holder of a {@link Seat} may write so: where of two rows the later one holds
 */
record Write<T>(RowTest<T> takes, String sql, List<Column<T>> columns, Partitioning<T> partitioning, boolean seated)
        implements Serializable {

    /** Asked once a statement. */
    private static final String STILL_WRITER = "(select still_writer(?, ?, ?))";

    @FunctionalInterface
    interface RowTest<T> extends Predicate<T>, Serializable {}

    /**
     * An insert.
     *
     * @param onConflict what becomes of a row that is there already, which is called {@code known}
     */
    static <T> Write<T> insert(
            String table, RowTest<T> takes, List<Column<T>> columns, String onConflict, Partitioning<T> partitioning) {
        return insert(table, takes, columns, "", onConflict, partitioning);
    }

    private static <T> Write<T> insert(
            String table,
            RowTest<T> takes,
            List<Column<T>> columns,
            String condition,
            String onConflict,
            Partitioning<T> partitioning) {
        String names = names(columns);
        String sql = "insert into %s as known (%s) select %s from %s%s %s"
                .formatted(
                        table,
                        names,
                        columns.stream().map(Column::expression).collect(Collectors.joining(", ")),
                        source(columns),
                        condition,
                        onConflict);
        return new Write<>(takes, sql, columns, partitioning, !condition.isEmpty());
    }

    /** An insert, by the holder of a seat, of rows that replace those of the same key. */
    static <T> Write<T> upsert(
            String table, RowTest<T> takes, int keyColumns, List<Column<T>> columns, Partitioning<T> partitioning) {
        String replaced = columns.stream()
                .skip(keyColumns)
                .map(column -> column.name() + " = excluded." + column.name())
                .collect(Collectors.joining(", "));
        String onConflict =
                "on conflict (%s) do update set %s".formatted(names(columns.subList(0, keyColumns)), replaced);
        return seated(table, takes, columns, onConflict, partitioning);
    }

    /** An insert, as {@link #insert}, by the holder of a seat alone. */
    static <T> Write<T> seated(
            String table, RowTest<T> takes, List<Column<T>> columns, String onConflict, Partitioning<T> partitioning) {
        return insert(table, takes, columns, " where " + STILL_WRITER, onConflict, partitioning);
    }

    /** A deletion, by the holder of a seat, of the rows with these keys. */
    static <T> Write<T> delete(String table, RowTest<T> takes, List<Column<T>> key) {
        String condition = key.stream()
                .map(column -> "known." + column.name() + " = gone." + column.name())
                .collect(Collectors.joining(" and "));
        String gone = key.stream()
                .map(column -> column.expression() + " as " + column.name())
                .collect(Collectors.joining(", "));
        String sql = "delete from %s as known using (select %s from %s) as gone where %s and %s"
                .formatted(table, gone, source(key), condition, STILL_WRITER);
        return new Write<>(takes, sql, key, null, true);
    }

    /** Whether PostgreSQL can hold all values of the row. */
    boolean isStorable(T row) {
        return Column.areStorable(columns, row);
    }

    /**
     * Writes the rows in this order.
     *
     * @param term of the seat
     */
    void execute(Connection connection, List<T> rows, String table, Seat seat, long term) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < columns.size(); i++) {
                statement.setArray(i + 1, columns.get(i).array(connection, rows));
            }
            if (seated) {
                statement.setString(columns.size() + 1, table);
                statement.setInt(columns.size() + 2, seat.subtask());
                statement.setLong(columns.size() + 3, term);
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
