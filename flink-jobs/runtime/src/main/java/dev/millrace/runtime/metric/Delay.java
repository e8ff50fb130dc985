package dev.millrace.runtime.metric;

import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/**
 * How long one hop takes: a histogram in milliseconds, of every sixteenth record that passes, the last thousand of these; of
 * batches, of the last hundred. For one thread. Where clocks of two machines are compared, it is as exact as they are; below 0 counts as 0.
 */
public final class Delay {
    private static final int REMEMBERED = 1000;
    private static final int ONE_IN = 16;
    /** There are one or two a second. */
    private static final int BATCHES_REMEMBERED = 100;

    private final Histogram histogram;
    private final int oneIn;
    private int passed;

    private Delay(MetricGroup millrace, String name, int remembered, int oneIn) {
        this.histogram = millrace.histogram(name, new DescriptiveStatisticsHistogram(remembered));
        this.oneIn = oneIn;
    }

    /** Of records; shows it as {@code millrace.<name>}. */
    public static Delay in(MetricGroup millrace, String name) {
        return new Delay(millrace, name, REMEMBERED, ONE_IN);
    }

    /** Of batches; shows it as {@code millrace.<name>}. */
    public static Delay ofBatchesIn(MetricGroup millrace, String name) {
        return new Delay(millrace, name, BATCHES_REMEMBERED, 1);
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
        return passed++ % oneIn == 0;
    }
}
