package dev.millrace.verify;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.duckdb.DuckDBAppender;

/** Runs of one person's events with no pause longer than a gap: events are read person by person, in the order of time. */
final class Sessions {
    private static final int NOWHERE = -1;

    private final Warehouse warehouse;
    /** Of dimensions between which a session's first moment has to decide: their text. */
    private final Map<Integer, String> texts = new HashMap<>();

    Sessions(Warehouse warehouse) {
        this.warehouse = warehouse;
    }

    /** The run at hand. */
    private final class Run {
        private final DuckDBAppender table;
        private final long gapMillis;
        private int leader = -1;
        private long start;
        private long finish;
        private final List<Integer> first = new ArrayList<>();
        /** Of the events with a page: those of the first moment... */
        private final List<Integer> entry = new ArrayList<>();
        /** ...and those of the last. */
        private final List<Integer> exit = new ArrayList<>();

        private long entryMillis;
        private long exitMillis;
        private long events;
        private long orders;
        private long micros;

        Run(DuckDBAppender table, long gapMillis) {
            this.table = table;
            this.gapMillis = gapMillis;
        }

        void take(int whose, long millis, int dims, boolean paged, int ordered, long paid) throws SQLException {
            if (whose != leader || millis - finish > gapMillis) {
                end();
                leader = whose;
                start = millis;
            }
            finish = millis;
            events++;
            orders += ordered;
            micros += paid;
            if (millis == start && !first.contains(dims)) {
                first.add(dims);
            }
            if (paged) {
                page(millis, dims);
            }
        }

        private void page(long millis, int dims) {
            if (entry.isEmpty()) {
                entryMillis = millis;
            }
            if (millis == entryMillis && !entry.contains(dims)) {
                entry.add(dims);
            }
            if (millis != exitMillis) {
                exit.clear();
            }
            exitMillis = millis;
            if (!exit.contains(dims)) {
                exit.add(dims);
            }
        }

        void end() throws SQLException {
            if (events > 0) {
                table.beginRow();
                table.append(leader);
                table.append(start);
                table.append(finish);
                table.append(least(first));
                table.append(withPage(entry, -1));
                table.append(withPage(exit, 1));
                table.append(events);
                table.append(orders);
                table.append(micros);
                table.endRow();
            }
            first.clear();
            entry.clear();
            exit.clear();
            events = 0;
            orders = 0;
            micros = 0;
            finish = Long.MIN_VALUE / 2;
        }
    }

    /** The sessions of a metric: leader, start, finish, dims of the first event, events; returns the table's name. */
    String of(Measure measure) throws SQLException {
        return runs(measure.hits(), "0, 0", measure.definition().gap().toMillis());
    }

    /** The rows of {@code sessions}; returns the table's name. */
    String of(SessionMeasure measure) throws SQLException {
        return runs(SessionMeasure.HITS, "paged, orders", measure.rows().gap().toMillis());
    }

    private String runs(String hits, String pagedAndOrders, long gapMillis) throws SQLException {
        String table = hits + "_runs";
        warehouse.run("create table " + table + " (leader integer, start bigint, finish bigint, dims integer,"
                + " entry_dims integer, exit_dims integer, events bigint, orders bigint, micros bigint)");
        try (DuckDBAppender rows = warehouse.appender(table)) {
            Run run = new Run(rows, gapMillis);
            for (String part : warehouse.parts(hits)) {
                warehouse.whole(
                        "select leader, millis, dims, " + pagedAndOrders + ", micros from " + hits
                                + " join person on id = leaf" + " where no not in (select no from dup)" + part
                                + " order by leader, millis",
                        row -> run.take(
                                row.getInt(1),
                                row.getLong(2),
                                row.getInt(3),
                                row.getInt(4) != 0,
                                row.getInt(5),
                                row.getLong(6)));
            }
            run.end();
        }
        return table;
    }

    /** Of several at one time those whose JSON array is least. */
    private int least(List<Integer> dims) throws SQLException {
        int least = dims.get(0);
        for (int i = 1; i < dims.size(); i++) {
            if (text(dims.get(i)).compareTo(text(least)) < 0) {
                least = dims.get(i);
            }
        }
        return least;
    }

    /** Of several at one time those with the greatest page, or the least; pages stand last in the array. None: -1. */
    private int withPage(List<Integer> dims, int sign) throws SQLException {
        int found = dims.isEmpty() ? NOWHERE : dims.get(0);
        for (int i = 1; i < dims.size(); i++) {
            if (sign * page(text(dims.get(i))).compareTo(page(text(found))) > 0) {
                found = dims.get(i);
            }
        }
        return found;
    }

    private static String page(String array) {
        return Json.lastText(array);
    }

    private String text(int dims) throws SQLException {
        String known = texts.get(dims);
        if (known == null) {
            String[] found = new String[1];
            warehouse.each("select array_text from dims where id = " + dims, row -> found[0] = row.getString(1));
            known = found[0];
            texts.put(dims, known);
        }
        return known;
    }
}
