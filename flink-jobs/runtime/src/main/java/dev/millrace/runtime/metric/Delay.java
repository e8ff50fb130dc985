package dev.millrace.runtime.metric;

import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/**
 * How long one hop takes: a histogram in milliseconds, of every sixteenth of what passes, the last thousand of these. For one
 * thread. Where clocks of two machines are compared, it is as exact as they are; below 0 counts as 0.
 */
public final class Delay {
    private static final int REMEMBERED = 1000;
    private static final int ONE_IN = 16;

    private final Histogram histogram;
    private int passed;

    private Delay(Histogram histogram) {
        this.histogram = histogram;
    }

    /** Shows it as {@code millrace.<name>}. */
    public static Delay in(MetricGroup millrace, String name) {
        return new Delay(millrace.histogram(name, new DescriptiveStatisticsHistogram(REMEMBERED)));
    }

    /** Something that began then has passed; milliseconds since the epoch. */
    public void since(long beginMillis) {
        if (isNext()) {
            histogram.update(Math.max(0, System.currentTimeMillis() - beginMillis));
        }
    }

    /** Something has passed that took so long. */
    public void took(long millis) {
        if (isNext()) {
            histogram.update(Math.max(0, millis));
        }
    }

    private boolean isNext() {
        return passed++ % ONE_IN == 0;
    }
}
