package dev.millrace.runtime.kafka;

import java.time.Duration;
import org.apache.flink.api.common.eventtime.BoundedOutOfOrdernessWatermarks;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;

/** How far event time has come, a Kafka partition at a time. */
public final class EventTimeProgress {
    private EventTimeProgress() {}

    /**
     * Of raw records: the latest event time less a wait for stragglers. What can't be decoded says nothing about time: a
     * broken line in a load of last year's events must not end last year. And what a client says that has yet to happen, as
     * far as it is believed, moves it no further than the broker's clock was: windows end when they have, not when one fast
     * clock says so.
     *
     * @param idleAfter a partition with no event for this long no longer holds event time back
     */
    public static WatermarkStrategy<RawEvent> ofRaw(Duration outOfOrderness, Duration idleAfter) {
        return WatermarkStrategy.<RawEvent>forGenerator(context -> new IdleAfter<>(
                        new BoundedOutOfOrdernessWatermarks<>(outOfOrderness),
                        RawEvent::isEvent,
                        idleAfter,
                        context.getInputActivityClock()))
                .withTimestampAssigner(
                        (record, recordMillis) -> record.isEvent() ? happened(record) : record.recordMillis());
    }

    private static long happened(RawEvent event) {
        return event.recordMillis() < 0 // The broker did not say.
                ? event.eventTimeMillis()
                : Math.min(event.eventTimeMillis(), event.recordMillis());
    }

    /** Of the messages between actors: they say nothing of it, and hold nothing back. */
    public static <T> WatermarkStrategy<T> none() {
        return WatermarkStrategy.forGenerator(context -> new WatermarkGenerator<>() {
            @Override
            public void onEvent(T message, long timestamp, WatermarkOutput output) {
                // It has no part in event time.
            }

            @Override
            public void onPeriodicEmit(WatermarkOutput output) {
                output.markIdle();
            }
        });
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
                read -> read.observation() != null,
                idleAfter,
                context.getInputActivityClock()));
    }
}
