package dev.millrace.runtime.postgres;

import java.util.Arrays;

/** The key of a row. All writers go through their rows in the order of keys, so that no two wait for each other. */
final class RowKey implements Comparable<RowKey> {
    private final Object[] cells;
    private final int hash;

    /** @param cells of the key's columns: of one table always the same types, none null; kept as they are */
    RowKey(Object[] cells) {
        this.cells = cells;
        this.hash = Arrays.hashCode(cells);
    }

    @Override
    public int compareTo(RowKey that) {
        for (int i = 0; i < cells.length; i++) {
            int order = compare(cells[i], that.cells[i]);
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

    @Override
    public boolean equals(Object other) {
        return other instanceof RowKey that && hash == that.hash && Arrays.equals(cells, that.cells);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
