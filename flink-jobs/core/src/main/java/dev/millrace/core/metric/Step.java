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
}
