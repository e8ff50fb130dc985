package dev.millrace.verify;

import dev.millrace.core.catalogue.SessionRows;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.duckdb.DuckDBAppender;

/** What events add to the rows of {@code sessions}, kept in a table until people are known. */
final class SessionMeasure {
    /** Its dimensions have numbers of their own. */
    static final int SPACE = -1;

    static final String HITS = "session_hits";

    private final SessionRows rows;
    private final Set<String> types;
    private final Origin origin;
    private final int[] revenue;
    private final Matching order;
    private DuckDBAppender table;

    SessionMeasure(SessionRows rows, EventReading reading) {
        this.rows = rows;
        types = Set.copyOf(rows.types());
        origin = new Origin(rows, reading);
        revenue = Measure.slots(rows.revenue(), reading);
        order = new Matching(rows.order(), reading);
    }

    SessionRows rows() {
        return rows;
    }

    void open(Warehouse warehouse) throws SQLException {
        warehouse.run("create table " + HITS
                + " (no integer, leaf integer, millis bigint, dims integer, paged integer, orders integer,"
                + " micros bigint)");
        table = warehouse.appender(HITS);
    }

    void close() throws SQLException {
        table.close();
    }

    /** Notes what an event adds. */
    void take(int no, int leaf, long millis, RawRow row, EventReading reading, Dimensions all) throws SQLException {
        if (!types.contains(row.field(RawRow.TYPE))) {
            return;
        }
        boolean ordered = order.holds(row, reading);
        long micros = ordered ? Measure.micros(revenue, reading) : 0;
        table.beginRow();
        table.append(no);
        table.append(leaf);
        table.append(millis);
        List<String> values = origin.values(reading);
        table.append(all.of(SPACE, Origin.NAMES, values, List.of()));
        table.append(values.get(values.size() - 1) == null ? 0 : 1);
        table.append(ordered ? 1 : 0);
        table.append(micros == Amounts.NONE ? 0 : micros);
        table.endRow();
    }
}
