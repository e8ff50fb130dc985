package dev.millrace.core.metric;

/**
 * A moment at which a leaf took steps of a funnel.
 *
 * @param steps as bits, the first step lowest; never 0
 * @param dimensions the events' values; of meaning where the first step is among them
 */
public record Step(int metric, long timeMillis, int steps, String dimensions) implements Contribution {
    @Override
    public long hour() {
        return Contribution.hourOf(timeMillis);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * (31 * metric + Long.hashCode(timeMillis)) + steps) + dimensions.hashCode();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Step that
                && timeMillis == that.timeMillis
                && metric == that.metric
                && steps == that.steps
                && dimensions.equals(that.dimensions);
    }
}
