package dev.millrace.runtime.kafka;

import java.time.Duration;
import java.util.function.Predicate;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.util.clock.RelativeClock;

/**
 * Marks a partition idle that has shown nothing of event time for a while, so that it no longer holds others back. Unlike
 * Flink's own idleness it does not take records for a sign of life that can't be decoded: a partition with nothing but
 * those would stop event time for ever.
 */
final class IdleAfter<T> implements WatermarkGenerator<T> {
    private final WatermarkGenerator<T> generator;
    private final Predicate<T> showsTime;
    private final long idleNanos;
    /** Stands still while the job is held up further down. */
    private final RelativeClock clock;

    private long lastNanos;

    IdleAfter(WatermarkGenerator<T> generator, Predicate<T> showsTime, Duration idleAfter, RelativeClock clock) {
        this.generator = generator;
        this.showsTime = showsTime;
        this.idleNanos = idleAfter.toNanos();
        this.clock = clock;
        this.lastNanos = clock.relativeTimeNanos();
    }

    @Override
    public void onEvent(T record, long timestamp, WatermarkOutput output) {
        if (showsTime.test(record)) {
            lastNanos = clock.relativeTimeNanos();
            generator.onEvent(record, timestamp, output);
        }
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
        if (clock.relativeTimeNanos() - lastNanos > idleNanos) {
            output.markIdle();
        } else {
            generator.onPeriodicEmit(output);
        }
    }
}
