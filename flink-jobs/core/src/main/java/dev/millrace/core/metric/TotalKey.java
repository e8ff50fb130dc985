package dev.millrace.core.metric;

/**
 * One window of one metric.
 *
 * @param metric the metric's id
 * @param window as the catalogue names it: {@code 1h}, {@code 5m/1m}
 */
public record TotalKey(int metric, String window, long startMillis, long endMillis) {
    /** The same in every process: it decides where the window is kept. */
    @Override
    public int hashCode() {
        return 31 * (31 * metric + window.hashCode()) + Long.hashCode(startMillis);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TotalKey that
                && startMillis == that.startMillis
                && metric == that.metric
                && endMillis == that.endMillis
                && window.equals(that.window);
    }
}
