package dev.millrace.runtime.postgres;

import java.io.Serializable;
import java.time.LocalDate;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/**
 * How a table is partitioned by time, in UTC. The function {@code ensure_partition} of the store makes the partitions.
 *
 * @param time which of a row's times decides, milliseconds since the epoch
 */
record Partitioning<T>(Unit unit, RowTime<T> time) implements Serializable {
    static final String ENSURE = "select ensure_partition(?, " + Column.timestamp("?::int8") + ")";

    private static final long DAY_MILLIS = TimeUnit.DAYS.toMillis(1);

    enum Unit {
        DAY,
        MONTH
    }

    @FunctionalInterface
    interface RowTime<T> extends ToLongFunction<T>, Serializable {}

    /** Says which rows share a partition: the same number for two rows of one. */
    long partition(T row) {
        long day = Math.floorDiv(time.applyAsLong(row), DAY_MILLIS);
        return switch (unit) {
            case DAY -> day;
            case MONTH -> LocalDate.ofEpochDay(day).getYear() * 12L
                    + LocalDate.ofEpochDay(day).getMonthValue();
        };
    }
}
