package dev.millrace.runtime.kafka;

import dev.millrace.core.event.EventTime;
import java.time.Duration;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;

/** How far event time has come, a Kafka partition at a time. */
public final class EventTimeProgress {
    private static final long UNKNOWN = Long.MIN_VALUE;

    private EventTimeProgress() {}

    /**
     * Of raw records: the latest event time less a wait for stragglers. What can't be decoded says nothing about time: a
     * broken line in a load of last year's events must not end last year.
     */
    public static WatermarkStrategy<RawRecord> ofRaw(Duration outOfOrderness, Duration maxFuture, Duration idleAfter) {
        long waitMillis = outOfOrderness.toMillis();
        long maxFutureMillis = maxFuture.toMillis();
        return WatermarkStrategy.<RawRecord>forGenerator(context -> new Latest<>() {
                    @Override
                    long progress(RawRecord record) {
                        return record.event() == null
                                ? UNKNOWN
                                : EventTime.of(record.event(), record.recordMillis(), maxFutureMillis)
                                                .millis()
                                        - waitMillis
                                        - 1;
                    }
                })
                .withIdleness(idleAfter);
    }

    /**
     * Of attributions: the watermark of StitchJob, which each record carries. The times of the events themselves would
     * not do: StitchJob may have read one raw partition far ahead of another, as when history is loaded.
     *
     * @param idleAfter a writer with nothing in the partition for this long no longer holds event time back, nor does a
     *     partition with nothing at all
     */
    public static WatermarkStrategy<StitchedRead> ofStitched(Duration idleAfter) {
        return WatermarkStrategy.<StitchedRead>forGenerator(context -> new StitchedProgress(idleAfter.toMillis()))
                .withIdleness(idleAfter);
    }

    /** Emits the latest progress that any record showed. */
    private abstract static class Latest<T> implements WatermarkGenerator<T> {
        private long latestMillis = UNKNOWN;

        abstract long progress(T record);

        @Override
        public void onEvent(T record, long timestamp, WatermarkOutput output) {
            latestMillis = Math.max(latestMillis, progress(record));
        }

        @Override
        public void onPeriodicEmit(WatermarkOutput output) {
            if (latestMillis != UNKNOWN) {
                output.emitWatermark(new Watermark(latestMillis));
            }
        }
    }
}
