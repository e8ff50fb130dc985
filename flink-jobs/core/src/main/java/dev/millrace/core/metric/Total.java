package dev.millrace.core.metric;

import dev.millrace.core.catalogue.Metric;
import java.util.Arrays;

/** One row, or a few that are written together, while its window is hot. A mutable value, for a state backend. */
public final class Total {
    /** See {@link Amounts}. */
    final long[] amounts;
    /** As last written; null: never. */
    long[] written;

    int revision;
    /** When it was last corrected, by the clock; {@link #NEVER}. */
    long correctedAtMillis = NEVER;

    static final long NEVER = Long.MIN_VALUE;

    /** One that nothing has been added to. */
    public static Total of(Metric metric) {
        return new Total(new long[Amounts.number(metric)]);
    }

    /** Adds up. */
    public void add(Metric metric, long[] more) {
        Amounts.add(metric, amounts, more);
    }

    Total(long[] amounts) {
        this.amounts = amounts;
    }

    /** Notes that it is written as it is now, and whether that is a correction of what was written before. */
    void write(long nowMillis, boolean corrected) {
        if (written != null && corrected && !Arrays.equals(amounts, written)) {
            revision++;
            correctedAtMillis = nowMillis;
        }
        written = amounts.clone();
    }

    /** A value that does not change when this one does. */
    public Total copy() {
        Total copy = new Total(amounts.clone());
        copy.written = written;
        copy.revision = revision;
        copy.correctedAtMillis = correctedAtMillis;
        return copy;
    }
}
