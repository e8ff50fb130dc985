package dev.millrace.verify;

import java.sql.SQLException;
import java.util.Arrays;
import org.duckdb.DuckDBAppender;

/** How far people come in a funnel: events are read person by person, in the order of time. */
final class Funnels {
    private final Warehouse warehouse;

    Funnels(Warehouse warehouse) {
        this.warehouse = warehouse;
    }

    /** The moments of one person, by step. */
    private static final class Steps {
        private final long[][] times;
        private final int[] counts;
        private int[] dims = new int[8];

        Steps(int steps) {
            times = new long[steps][8];
            counts = new int[steps];
        }

        void clear() {
            Arrays.fill(counts, 0);
        }

        void take(long millis, int taken, int firstDims) {
            for (int step = 0; step < times.length; step++) {
                if ((taken & 1 << step) == 0) {
                    continue;
                }
                if (counts[step] == times[step].length) {
                    times[step] = Arrays.copyOf(times[step], 2 * counts[step]);
                }
                if (step == 0) {
                    dims = counts[0] == dims.length ? Arrays.copyOf(dims, 2 * counts[0]) : dims;
                    dims[counts[0]] = firstDims;
                }
                times[step][counts[step]++] = millis;
            }
        }

        /** The last step that follows the first one of that number, from 1: each the earliest that is not before the last. */
        int reached(int first, long withinMillis) {
            long latest = times[0][first] + withinMillis;
            long at = times[0][first];
            for (int step = 1; step < times.length; step++) {
                int next = Arrays.binarySearch(times[step], 0, counts[step], at);
                next = next < 0 ? -1 - next : next;
                if (next == counts[step] || times[step][next] > latest) {
                    return step;
                }
                at = times[step][next];
            }
            return times.length;
        }
    }

    /** Table {@code cell}: for each first step how far it came. */
    void of(Measure measure) throws SQLException {
        long withinMillis = measure.definition().within().toMillis();
        warehouse.run("create table cell (minute bigint, dims integer, leader integer, reached integer)");
        Steps steps = new Steps(measure.variants().size());
        int[] leader = {-1};
        try (DuckDBAppender cells = warehouse.appender("cell")) {
            for (String part : warehouse.parts(measure.hits())) {
                warehouse.whole(
                        "select leader, millis, dims, steps from " + measure.hits() + " join person on id = leaf"
                                + " where no not in (select no from dup)" + part + " order by leader, millis",
                        row -> {
                            if (row.getInt(1) != leader[0]) {
                                write(cells, leader[0], steps, withinMillis);
                                steps.clear();
                                leader[0] = row.getInt(1);
                            }
                            steps.take(row.getLong(2), row.getInt(4), row.getInt(3));
                        });
            }
            write(cells, leader[0], steps, withinMillis);
        }
    }

    private static void write(DuckDBAppender cells, int leader, Steps steps, long withinMillis) throws SQLException {
        for (int i = 0; i < steps.counts[0]; i++) {
            cells.beginRow();
            cells.append(Math.floorDiv(steps.times[0][i], 60_000L));
            cells.append(steps.dims[i]);
            cells.append(leader);
            cells.append(steps.reached(i, withinMillis));
            cells.endRow();
        }
    }
}
