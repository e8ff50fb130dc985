package dev.millrace.core.metric;

import java.util.ArrayList;
import java.util.List;

/** Contributions of one day of event time (UTC). A mutable value, for a state backend; {@link MetricCodec} is its binary form. */
public final class Day {
    private static final long HOURS = 24;

    /** Counted from the epoch. */
    final long number;
    /** In no order. */
    final List<Held> held;

    Day(long number) {
        this(number, new ArrayList<>(4));
    }

    Day(long number, List<Held> held) {
        this.number = number;
        this.held = held;
    }

    static long ofHour(long hour) {
        return Math.floorDiv(hour, HOURS);
    }

    static long ofMillis(long millis) {
        return ofHour(Contribution.hourOf(millis));
    }

    static long startMillis(long number) {
        return number * HOURS * Contribution.HOUR_MILLIS;
    }

    /** When a day ends, exclusive. */
    static long endMillis(long number) {
        return startMillis(number + 1);
    }

    /** The day's number, counted from the epoch. */
    public long number() {
        return number;
    }

    /** A value that does not change when this one does. */
    public Day copy() {
        return new Day(number, new ArrayList<>(held));
    }
}
