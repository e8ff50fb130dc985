package dev.millrace.runtime.postgres;

import java.util.List;

/**
 * The key of a row. All writers go through their rows in the order of keys, so that no two wait for each other.
 *
 * @param cells of the key's columns: of one table always the same types, none null
 */
record RowKey(List<Object> cells) implements Comparable<RowKey> {

    @Override
    public int compareTo(RowKey that) {
        for (int i = 0; i < cells.size(); i++) {
            int order = compare(cells.get(i), that.cells.get(i));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    @SuppressWarnings("unchecked")
    private static int compare(Object one, Object other) {
        return ((Comparable<Object>) one).compareTo(other);
    }
}
