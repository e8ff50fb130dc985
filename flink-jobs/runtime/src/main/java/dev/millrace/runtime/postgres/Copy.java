package dev.millrace.runtime.postgres;

import dev.millrace.runtime.postgres.Write.RowTest;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;
import org.postgresql.util.ByteStreamWriter;

/**
 * Rows that are most likely new, by {@code COPY} in its binary format: PostgreSQL takes them in several at once, without a
 * look first whether each is there.
 *
 * <p>It asks for no {@link Seat}: whoever has none any more can so write a row that nobody has written yet. Who has the
 * seat writes it as well, from the same record, and finds it there then.
 *
 * @param takes which rows are most likely new
 * @param forms of the columns, see {@link Column#binaryForm()}: found once, not for each row
 * @param partitioning null: it needs no partitions to be there
 */
record Copy<T>(
        RowTest<T> takes, String sql, List<Column<T>> columns, List<BinaryForm> forms, Partitioning<T> partitioning)
        implements Serializable {
    private static final byte[] SIGNATURE = "PGCOPY\n\u00ff\r\n\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final int NO_FLAGS = 0;
    private static final int NO_EXTENSION = 0;
    private static final int END = -1;

    private static final String UNIQUE_VIOLATION = "23505";

    static <T> Copy<T> into(String table, RowTest<T> takes, List<Column<T>> columns, Partitioning<T> partitioning) {
        String names = columns.stream().map(Column::name).collect(Collectors.joining(", "));
        return new Copy<>(
                takes,
                "copy %s (%s) from stdin (format binary)".formatted(table, names),
                columns,
                columns.stream().map(Column::binaryForm).toList(),
                partitioning);
    }

    boolean canTake(T row) {
        return takes.test(row) && Column.areStorable(columns, row) && haveForms(row);
    }

    private boolean haveForms(T row) {
        for (int i = 0; i < forms.size(); i++) {
            if (!forms.get(i).holds(columns.get(i).cell().of(row))) {
                return false;
            }
        }
        return true;
    }

    /** Whether all rows are written; if not, then none, because there is one of the same key. */
    boolean execute(Connection connection, List<T> rows) throws SQLException {
        ByteBuffer bytes = ByteBuffer.wrap(bytes(rows));
        try {
            connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql, ByteStreamWriter.of(bytes));
            return true;
        } catch (IOException e) {
            throw new SQLException("the rows can't be sent", "08006", e);
        } catch (SQLException e) {
            if (UNIQUE_VIOLATION.equals(e.getSQLState())) {
                return false;
            }
            throw e;
        }
    }

    private byte[] bytes(List<T> rows) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(rows.size() * columns.size() * 16);
        try {
            DataOutputStream out = new DataOutputStream(bytes);
            out.write(SIGNATURE);
            out.writeInt(NO_FLAGS);
            out.writeInt(NO_EXTENSION);
            for (T row : rows) {
                out.writeShort(forms.size());
                for (int i = 0; i < forms.size(); i++) {
                    forms.get(i).write(columns.get(i).cell().of(row), out);
                }
            }
            out.writeShort(END);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // Memory takes everything.
        }
        return bytes.toByteArray();
    }
}
