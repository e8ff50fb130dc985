package dev.millrace.core.metric;

import dev.millrace.core.catalogue.DimensionValues;
import dev.millrace.core.catalogue.Metric;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which values the dimensions of one window have, so that nobody can fill the store with them. As long as there are fewer
 * rows than a dimension may have values, none can have too many, and nothing is looked at.
 */
public final class TotalWindow {
    /** Where there are several dimensions, so many rows for each value that one may have. */
    private static final int ROWS_A_VALUE = 10;

    private final int mostValues;
    private int rows;
    /** By dimension. */
    private final List<Set<String>> values = new ArrayList<>();

    /**
     * @param mostValues of each dimension
     * @param rows the dimension values of all rows there are
     */
    public TotalWindow(int mostValues, Iterable<String> rows) {
        this.mostValues = mostValues;
        rows.forEach(this::created);
    }

    /** Whether a window with so many rows may have to fold. */
    public static boolean mayFold(Metric metric, int mostValues, int rows) {
        return rows >= mostValues && !(metric.dimensions().isEmpty() && !metric.lifecycle());
    }

    /** There is a new row with these values. */
    public void created(String dimensions) {
        rows++;
        String[] row = DimensionValues.parse(dimensions);
        for (int i = 0; i < row.length; i++) {
            while (values.size() <= i) {
                values.add(new HashSet<>());
            }
            if (!DimensionValues.OTHER.equals(row[i])) {
                values.get(i).add(row[i]);
            }
        }
    }

    /**
     * The row that a combination of values goes to which has none of its own: values that there is no room for become
     * {@code (other)}. A value that did is never let in later, and one that did not is in a row, so that what is taken back
     * is taken from the row it was added to.
     */
    public String fold(String dimensions) {
        String[] row = DimensionValues.parse(dimensions);
        boolean folded = false;
        for (int i = 0; i < row.length; i++) {
            Set<String> known = i < values.size() ? values.get(i) : Set.of();
            if (!known.contains(row[i]) && known.size() >= mostValues) {
                row[i] = DimensionValues.OTHER;
                folded = true;
            }
        }
        return folded ? DimensionValues.text(row) : dimensions;
    }

    /** Whether no row may be added any more but that of {@link #others}. */
    public boolean isFull() {
        return rows >= (long) ROWS_A_VALUE * mostValues;
    }

    /** The row for all that has no other, of a window that is full. */
    public String others() {
        String[] row = new String[values.size()];
        Arrays.fill(row, DimensionValues.OTHER);
        return DimensionValues.text(row);
    }
}
