package dev.millrace.runtime.postgres;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The rows that were written last, of a table whose rows come again; of others, none. */
final class LatelyWritten<T> {
    private static final int MOST = 32_768;

    private final Table<T> table;
    private final Map<RowKey, T> rows = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<RowKey, T> eldest) {
            return size() > MOST;
        }
    };

    LatelyWritten(Table<T> table) {
        this.table = table;
    }

    /** Whether one of its key was written. */
    boolean knows(T row) {
        return table.repeated() && rows.containsKey(table.key(row));
    }

    /** Whether what was written already says what the row does. */
    boolean says(T row) {
        T written = table.repeated() ? rows.get(table.key(row)) : null;
        return written != null && table.coalescing().coalesce(written, row).orElse(row) == written;
    }

    void written(List<T> these) {
        if (table.repeated()) {
            these.forEach(row -> rows.put(table.key(row), row));
        }
    }
}
