package dev.millrace.runtime.kafka;

import dev.millrace.core.event.EventTime;
import java.time.Duration;
import org.apache.flink.api.common.eventtime.BoundedOutOfOrdernessWatermarks;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;

/** How far event time has come, a Kafka partition at a time. */
public final class EventTimeProgress {
    private EventTimeProgress() {}

    /**
     * Of raw records: the latest event time less a wait for stragglers. What can't be decoded says nothing about time: a
     * broken line in a load of last year's events must not end last year.
     *
     * @param idleAfter a partition with no event for this long no longer holds event time back
     */
    public static WatermarkStrategy<RawRecord> ofRaw(Duration outOfOrderness, Duration maxFuture, Duration idleAfter) {
        long maxFutureMillis = maxFuture.toMillis();
        return WatermarkStrategy.<RawRecord>forGenerator(context -> new IdleAfter<>(
                        new BoundedOutOfOrdernessWatermarks<>(outOfOrderness),
                        record -> record.event() != null,
                        idleAfter,
                        context.getInputActivityClock()))
                .withTimestampAssigner((record, recordMillis) -> record.event() == null
                        ? record.recordMillis()
                        : EventTime.of(record.event(), record.recordMillis(), maxFutureMillis)
                                .millis());
    }

    /**
     * Of attributions: the watermark of StitchJob, which each record carries. The times of the events themselves would
     * not do: StitchJob may have read one raw partition far ahead of another, as when history is loaded.
     *
     * @param idleAfter a writer with nothing in the partition for this long no longer holds event time back, nor does a
     *     partition with nothing at all
     */
    public static WatermarkStrategy<StitchedRead> ofStitched(Duration idleAfter) {
        return WatermarkStrategy.forGenerator(context -> new IdleAfter<>(
                new StitchedProgress(idleAfter.toMillis()),
                read -> read.attribution() != null,
                idleAfter,
                context.getInputActivityClock()));
    }
}
