package dev.millrace.core.metric;

import dev.millrace.core.catalogue.Metric;
import dev.millrace.core.catalogue.WindowSize;
import dev.millrace.core.catalogue.WindowSize.Window;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Adds up, before anything goes over the network, what goes to the same row: a hot window then costs no more than a cold
 * one. What is not by profile is added up by the minute, and only spread over the windows when it leaves.
 *
 * <p>Not for use by several threads.
 */
public final class Combiner {
    private record Minute(int metric, long millis, String dimensions) {
        @Override
        public int hashCode() {
            return 31 * (31 * metric + Long.hashCode(millis)) + dimensions.hashCode();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Minute that
                    && millis == that.millis
                    && metric == that.metric
                    && dimensions.equals(that.dimensions);
        }
    }

    private record Row(TotalKey key, String dimensions) {
        @Override
        public int hashCode() {
            return 31 * key.hashCode() + dimensions.hashCode();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Row that && key.equals(that.key) && dimensions.equals(that.dimensions);
        }
    }

    private static final class Pending {
        final Metric metric;
        final long[] amounts;

        Pending(Metric metric, long[] amounts) {
            this.metric = metric;
            this.amounts = amounts;
        }
    }

    private final Map<Minute, Pending> minutes = new HashMap<>();
    private final Map<Row, Pending> rows = new HashMap<>();

    /** Counts an event, whoever's it is. */
    public void count(Metric metric, String dimensions, long timeMillis, long micros) {
        Pending pending = minutes.computeIfAbsent(
                new Minute(metric.id(), Contribution.minuteOf(timeMillis), dimensions),
                key -> new Pending(metric, new long[Amounts.number(metric)]));
        if (Amounts.hasSum(metric)) {
            Amounts.addValue(pending.amounts, micros);
        } else {
            pending.amounts[0]++;
        }
    }

    /** Adds to a row; the amounts are not kept. */
    public void add(Metric metric, WindowSize size, Window window, String dimensions, long[] amounts) {
        add(
                metric,
                new TotalKey(metric.id(), size.text(), window.startMillis(), window.endMillis()),
                dimensions,
                amounts);
    }

    private void add(Metric metric, TotalKey key, String dimensions, long[] amounts) {
        Row row = new Row(key, dimensions);
        Pending pending = rows.get(row);
        if (pending == null) {
            rows.put(row, new Pending(metric, amounts.clone()));
        } else {
            Amounts.add(metric, pending.amounts, amounts);
        }
    }

    /** How many rows or minutes are held. */
    public int size() {
        return minutes.size() + rows.size();
    }

    /**
     * Gives away all that is held. Nothing is left out that adds up to nothing: the row is to be written all the same.
     *
     * @param freshness of the events that it comes from
     */
    public void flush(Freshness freshness, Consumer<TotalDelta> out) {
        minutes.forEach((minute, pending) -> {
            for (WindowSize size : pending.metric.windows()) {
                for (Window window : size.covering(minute.millis())) {
                    add(pending.metric, size, window, minute.dimensions(), pending.amounts);
                }
            }
        });
        minutes.clear();
        rows.forEach(
                (row, pending) -> out.accept(new TotalDelta(row.key(), row.dimensions(), pending.amounts, freshness)));
        rows.clear();
    }
}
