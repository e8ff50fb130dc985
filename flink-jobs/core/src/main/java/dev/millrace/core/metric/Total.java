package dev.millrace.core.metric;

/** One row of {@code metric_values} while its window is hot. A mutable value, for a state backend. */
public final class Total {
    public double value;
    /** Value as last written. */
    public double written;

    public boolean everWritten;
    public int revision;
    /** When the value was last corrected, processing time in milliseconds; null: never. */
    public Long correctedAtMillis;
    /** Whether a write is due at the next flush. */
    public boolean due;

    /**
     * The row to write now. It is to be written even where the value is what was last written: after a failure the store
     * may hold one in between, that this state no longer knows of.
     *
     * @param closed whether event time has passed the end of the window
     */
    public MetricRow write(TotalKey key, long nowMillis, boolean closed) {
        if (everWritten && closed && value != written) {
            revision++;
            correctedAtMillis = nowMillis;
        }
        everWritten = true;
        written = value;
        return new MetricRow(
                key.metric(),
                key.windowSize(),
                key.windowStartMillis(),
                key.dimensions(),
                value,
                revision,
                nowMillis,
                correctedAtMillis);
    }
}
