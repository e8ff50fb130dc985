package dev.millrace.verify;

import java.sql.SQLException;
import java.util.Map;

/**
 * From where on rows can be compared: what was begun while MeasureJob was running, with a catalogue that had changed, knows
 * nothing of events that it had read before.
 */
final class Beginnings {
    /** How far the clock of MeasureJob may be ahead of the broker's. */
    private static final long CLOCKS_APART_MILLIS = 5_000;

    private final Warehouse warehouse;
    private final Map<String, Long> since;
    private final Findings findings;

    Beginnings(Warehouse warehouse, Map<String, Long> since, Findings findings) {
        this.warehouse = warehouse;
        this.since = since;
        this.findings = findings;
    }

    /** Whether some rows know nothing of events that had arrived before a time. */
    boolean isLater(String rowsOf) {
        return since.containsKey(rowsOf);
    }

    /**
     * The event time that no event is later than which had arrived before these rows were begun, but at least the bound:
     * what begins later can be compared. A note says so.
     *
     * @param rowsOf as in {@code counted_since}
     */
    long from(String rowsOf, long boundMillis) throws SQLException {
        Long begun = since.get(rowsOf);
        if (begun == null) {
            return boundMillis;
        }
        long latest = warehouse.number("select coalesce(max(millis), " + Long.MIN_VALUE + ") from raw where leaf >= 0"
                + " and arrived <= " + (begun + CLOCKS_APART_MILLIS));
        if (latest < boundMillis) {
            return boundMillis;
        }
        findings.trust(
                rowsOf + " counts since " + Findings.time(begun) + ", with a catalogue that had changed: what began at "
                        + Findings.time(latest) + " or earlier is not compared");
        return latest + 1;
    }
}
