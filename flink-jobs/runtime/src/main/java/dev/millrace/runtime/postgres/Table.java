package dev.millrace.runtime.postgres;

import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.StringJoiner;

/**
 * A table of the serving store, as it is written.
 *
 * @param key columns of the primary key
 * @param coalescing of two rows with one key
 * @param copy tried first for the rows that it takes; null: nothing is
 * @param writes each row is taken by one of them
 * @param repeated whether most rows come twice: then those lately written are remembered, and what would change nothing
 *     is not written again
 */
record Table<T>(
        String name,
        List<Column<T>> key,
        Coalescing<T> coalescing,
        Copy<T> copy,
        List<Write<T>> writes,
        boolean repeated)
        implements Serializable {
    private static final int MAX_LOGGED_CHARS = 200;

    /** Makes one row of two. */
    @FunctionalInterface
    interface Coalescing<T> extends Serializable {
        /**
         * The row that does what these two do, written one after the other; empty where there is none, or none that is
         * known without asking the store.
         */
        Optional<T> coalesce(T earlier, T later);
    }

    /** Whether its writers have seats. */
    boolean seated() {
        return writes.stream().anyMatch(Write::seated);
    }

    RowKey key(T row) {
        Object[] cells = new Object[key.size()];
        for (int i = 0; i < cells.length; i++) {
            cells[i] =
                    Objects.requireNonNull(key.get(i).cell().of(row), key.get(i).name());
        }
        return new RowKey(cells);
    }

    /** A row's key for a person to read: {@code metric=events, window_size=1m}. */
    String describe(T row) {
        StringJoiner text = new StringJoiner(", ");
        for (Column<T> column : key) {
            text.add(
                    column.name() + "=" + printable(String.valueOf(column.cell().of(row))));
        }
        return text.toString();
    }

    /** Without what would break a line of the log, or fill it. */
    private static String printable(String text) {
        StringBuilder printable = new StringBuilder();
        text.codePoints()
                .limit(MAX_LOGGED_CHARS)
                .forEach(c -> printable.appendCodePoint(
                        Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE ? '?' : c));
        return text.length() > MAX_LOGGED_CHARS ? printable + "…" : printable.toString();
    }
}
