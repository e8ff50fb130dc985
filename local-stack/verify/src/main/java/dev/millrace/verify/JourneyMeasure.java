package dev.millrace.verify;

import dev.millrace.core.catalogue.SessionRows;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What rows of {@code recent_events} say of an event, as a number: the same number says the same. */
final class JourneyMeasure {
    /** Nothing is known to be said. */
    static final int NOTHING = -1;
    /** Its dimensions have numbers of their own. */
    private static final int SPACE = -2;

    static final List<String> NAMES = names();

    private final Origin origin;
    private final int event;

    JourneyMeasure(SessionRows rows, EventReading reading) {
        origin = new Origin(rows, reading);
        event = reading.want("event");
    }

    private static List<String> names() {
        List<String> names = new ArrayList<>(List.of("type", "event"));
        names.addAll(Origin.NAMES);
        return List.copyOf(names);
    }

    /** The number of what an event says. */
    int of(RawRow row, EventReading reading, Dimensions all) throws SQLException {
        List<String> values = new ArrayList<>(NAMES.size());
        values.add(Dimensions.bounded(row.field(RawRow.TYPE)));
        values.add(Dimensions.bounded(reading.text(event)));
        values.addAll(origin.values(reading));
        return of(values, all);
    }

    /** The number of values in the order of {@link #NAMES}. */
    static int of(List<String> values, Dimensions all) throws SQLException {
        return all.of(SPACE, NAMES, values, List.of());
    }
}
