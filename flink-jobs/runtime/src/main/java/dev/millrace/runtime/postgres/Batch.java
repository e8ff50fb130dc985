package dev.millrace.runtime.postgres;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Rows that are written together, no two with one key. */
final class Batch<T> {
    private final Table<T> table;
    private final int maxRows;
    private final Map<RowKey, T> rows = new LinkedHashMap<>();

    Batch(Table<T> table, int maxRows) {
        this.table = table;
        this.maxRows = maxRows;
    }

    /** Takes the row in, if need be together with the one of the same key; false: it must go into the next batch. */
    boolean add(T row) {
        RowKey key = table.key(row);
        T known = rows.get(key);
        if (known == null) {
            if (isFull()) {
                return false;
            }
            rows.put(key, row);
            return true;
        }
        Optional<T> one = table.coalescing().coalesce(known, row);
        if (one.isEmpty()) {
            return false;
        }
        // To the end: keys that differ here may be one to PostgreSQL, as {"a":1} and {"a":1.0}, and the later row
        // holds.
        rows.remove(key);
        rows.put(key, one.get());
        return true;
    }

    boolean isFull() {
        return rows.size() >= maxRows;
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    /** In the order in which they came. */
    List<T> rows() {
        return List.copyOf(rows.values());
    }
}
