package dev.millrace.runtime.postgres;

import java.io.Serializable;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * A column as it is written: one array of all rows' values goes to the server, where an expression makes of each what the
 * table holds.
 *
 * @param expression of the value, which bears the column's name
 */
record Column<T>(String name, Type type, String expression, Cell<T> cell) implements Serializable {

    /** What the array holds. PostgreSQL's driver sends each of these in binary. */
    enum Type {
        TEXT("text"),
        BIGINT("int8"),
        INTEGER("int4"),
        DOUBLE("float8"),
        BOOLEAN("bool");

        private final String sql;

        Type(String sql) {
            this.sql = sql;
        }

        private Object[] array(int length) {
            return switch (this) {
                case TEXT -> new String[length];
                case BIGINT -> new Long[length];
                case INTEGER -> new Integer[length];
                case DOUBLE -> new Double[length];
                case BOOLEAN -> new Boolean[length];
            };
        }
    }

    /** A row's value: of the column's type, or null. */
    @FunctionalInterface
    interface Cell<T> extends Serializable {
        Object of(T row);
    }

    static <T> Column<T> text(String name, Cell<T> cell) {
        return new Column<>(name, Type.TEXT, name, cell);
    }

    /** JSON as text. */
    static <T> Column<T> json(String name, Cell<T> cell) {
        return new Column<>(name, Type.TEXT, jsonb(name), cell);
    }

    /** Milliseconds since the epoch. */
    static <T> Column<T> time(String name, Cell<T> cell) {
        return new Column<>(name, Type.BIGINT, timestamp(name), cell);
    }

    /** Millionths. Multiplied, since numeric division rounds. */
    static <T> Column<T> millionths(String name, Cell<T> cell) {
        return new Column<>(name, Type.BIGINT, name + " * 0.000001", cell);
    }

    static <T> Column<T> bigint(String name, Cell<T> cell) {
        return new Column<>(name, Type.BIGINT, name, cell);
    }

    static <T> Column<T> integer(String name, Cell<T> cell) {
        return new Column<>(name, Type.INTEGER, name, cell);
    }

    static <T> Column<T> number(String name, Cell<T> cell) {
        return new Column<>(name, Type.DOUBLE, name, cell);
    }

    static <T> Column<T> flag(String name, Cell<T> cell) {
        return new Column<>(name, Type.BOOLEAN, name, cell);
    }

    private static String jsonb(String text) {
        return text + "::jsonb";
    }

    /**
     * SQL for the time so many milliseconds after the epoch. Hours and a rest, since PostgreSQL would count all of it in
     * floating point, which for a year far away is not exact; and no days, whose length depends on the session's zone.
     */
    static String timestamp(String millis) {
        return "timestamptz 'epoch' + make_interval(hours => (%1$s / 3600000)::int, secs => (%1$s %% 3600000) / 1000::float8)"
                .formatted(millis);
    }

    /** The column of the source that its array becomes: {@code ?::text[]}. */
    String parameter() {
        return "?::" + type.sql + "[]";
    }

    /** As {@code COPY} takes it in its binary format; null: it can't be copied so. */
    BinaryForm binaryForm() {
        if (expression.equals(name)) {
            return switch (type) {
                case TEXT -> BinaryForm.TEXT;
                case BIGINT -> BinaryForm.BIGINT;
                case INTEGER -> BinaryForm.INTEGER;
                case BOOLEAN -> BinaryForm.BOOLEAN;
                case DOUBLE -> null;
            };
        }
        if (expression.equals(jsonb(name))) {
            return BinaryForm.JSON;
        }
        return expression.equals(timestamp(name)) ? BinaryForm.TIMESTAMP : null;
    }

    /** Whether PostgreSQL can hold the value at all: it knows no NUL, and UTF-8 no half of a surrogate pair. */
    boolean isStorable(T row) {
        return type != Type.TEXT || !(cell.of(row) instanceof String text) || isStorable(text);
    }

    private static boolean isStorable(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                return false;
            }
            if (Character.isSurrogate(c)) {
                if (!Character.isHighSurrogate(c)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }

    /** Whether PostgreSQL can hold all of these values of the row. */
    static <T> boolean areStorable(List<Column<T>> columns, T row) {
        for (Column<T> column : columns) {
            if (!column.isStorable(row)) {
                return false;
            }
        }
        return true;
    }

    /** The values of these rows, for a statement. */
    Array array(Connection connection, List<T> rows) throws SQLException {
        Object[] values = type.array(rows.size());
        for (int i = 0; i < values.length; i++) {
            values[i] = cell.of(rows.get(i));
        }
        return connection.createArrayOf(type.sql, values);
    }
}
