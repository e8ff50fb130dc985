package dev.millrace.verify;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.duckdb.DuckDBAppender;

/** Runs of one person's events with no pause longer than a gap: events are read person by person, in the order of time. */
final class Sessions {
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
        private final List<Integer> last = new ArrayList<>();
        private long events;
        private long orders;
        private long micros;

        Run(DuckDBAppender table, long gapMillis) {
            this.table = table;
            this.gapMillis = gapMillis;
        }

        void take(int whose, long millis, int dims, int ordered, long paid) throws SQLException {
            if (whose != leader || millis - finish > gapMillis) {
                end();
                leader = whose;
                start = millis;
            }
            if (millis != finish) {
                last.clear();
            }
            finish = millis;
            events++;
            orders += ordered;
            micros += paid;
            if (millis == start && !first.contains(dims)) {
                first.add(dims);
            }
            if (!last.contains(dims)) {
                last.add(dims);
            }
        }

        void end() throws SQLException {
            if (events > 0) {
                table.beginRow();
                table.append(leader);
                table.append(start);
                table.append(finish);
                table.append(least(first));
                table.append(last.size() == 1 ? last.get(0) : withLastPage(last));
                table.append(events);
                table.append(orders);
                table.append(micros);
                table.endRow();
            }
            first.clear();
            last.clear();
            events = 0;
            orders = 0;
            micros = 0;
            finish = Long.MIN_VALUE / 2;
        }
    }

    /** The sessions of a metric: leader, start, finish, dims of the first event, events; returns the table's name. */
    String of(Measure measure) throws SQLException {
        return runs(measure.hits(), "0", measure.definition().gap().toMillis());
    }

    /** The rows of {@code sessions}; returns the table's name. */
    String of(SessionMeasure measure) throws SQLException {
        return runs(SessionMeasure.HITS, "orders", measure.rows().gap().toMillis());
    }

    private String runs(String hits, String orders, long gapMillis) throws SQLException {
        String table = hits + "_runs";
        warehouse.run("create table " + table + " (leader integer, start bigint, finish bigint, dims integer,"
                + " last_dims integer, events bigint, orders bigint, micros bigint)");
        try (DuckDBAppender rows = warehouse.appender(table)) {
            Run run = new Run(rows, gapMillis);
            for (String part : warehouse.parts(hits)) {
                warehouse.whole(
                        "select leader, millis, dims, " + orders + ", micros from " + hits + " join person on id = leaf"
                                + " where no not in (select no from dup)" + part + " order by leader, millis",
                        row -> run.take(row.getInt(1), row.getLong(2), row.getInt(3), row.getInt(4), row.getLong(5)));
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

    /** Of several at one time those with the greatest page; pages stand last in the array. */
    private int withLastPage(List<Integer> dims) throws SQLException {
        int greatest = dims.get(0);
        for (int i = 1; i < dims.size(); i++) {
            String page = page(text(dims.get(i)));
            String most = page(text(greatest));
            if (page != null && (most == null || page.compareTo(most) > 0)) {
                greatest = dims.get(i);
            }
        }
        return greatest;
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
