package dev.millrace.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.event.RejectionReason;
import dev.millrace.core.event.SegmentJson;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.clock.ManualClock;
import org.apache.flink.util.clock.RelativeClock;
import org.junit.jupiter.api.Test;

class EventTimeProgressTest {
    private static final long RECEIVED = 1_700_000_000_000L;
    private static final WatermarkStrategy<RawEvent> RAW =
            EventTimeProgress.ofRaw(Duration.ofSeconds(5), Duration.ofSeconds(30));

    private final ManualClock clock = new ManualClock(1);
    private final List<String> emitted = new ArrayList<>();
    private final WatermarkGenerator<RawEvent> partition = RAW.createWatermarkGenerator(context());

    @Test
    void eventTimeWaitsForStragglersAndNeverGoesBack() {
        read(event("2023-11-14T12:00:00Z"));
        read(event("2023-11-14T11:00:00Z"));
        assertThat(emit()).containsExactly("2023-11-14T11:59:54.999Z");
    }

    @Test
    void aClientWhoseClockIsFastMovesEventTimeNoFurtherThanTheBrokersClock() {
        read(event("2023-11-14T22:53:20Z"));
        assertThat(emit()).containsExactly("2023-11-14T22:13:14.999Z");
    }

    @Test
    void whatCanNotBeDecodedDoesNotMoveEventTime() {
        read(event("2008-04-01T12:00:00Z"));
        read(broken());
        assertThat(emit()).containsExactly("2008-04-01T11:59:54.999Z");
    }

    @Test
    void aPartitionWithNothingButBrokenRecordsBecomesIdle() {
        for (int second = 0; second <= 30; second++) {
            read(broken());
            clock.advanceTime(Duration.ofSeconds(1));
        }
        assertThat(emit()).containsExactly("idle");
        read(event("2023-11-14T12:00:00Z"));
        assertThat(emit()).containsExactly("2023-11-14T11:59:54.999Z");
    }

    @Test
    void whatActorsTellEachOtherHoldsNothingBack() {
        WatermarkGenerator<String> messages = EventTimeProgress.<String>none().createWatermarkGenerator(context());
        messages.onEvent("a message", RECEIVED, new Output());
        messages.onPeriodicEmit(new Output());
        assertThat(emitted).containsExactly("idle");
    }

    private void read(RawEvent record) {
        long timestamp = RAW.createTimestampAssigner(() -> UnregisteredMetricsGroup.createOperatorMetricGroup())
                .extractTimestamp(record, record.recordMillis());
        partition.onEvent(record, timestamp, new Output());
    }

    private List<String> emit() {
        emitted.clear();
        partition.onPeriodicEmit(new Output());
        return List.copyOf(emitted);
    }

    private static RawEvent event(String time) {
        RawEvent event = record();
        event.time(Instant.parse(time).toEpochMilli(), false, false);
        return event;
    }

    private static RawEvent broken() {
        RawEvent event = record();
        event.problem(RejectionReason.MALFORMED, "not JSON");
        return event;
    }

    private static RawEvent record() {
        RawEvent event = new RawEvent();
        event.at("raw", 0, 0, RECEIVED);
        return event;
    }

    private WatermarkGeneratorSupplier.Context context() {
        return new WatermarkGeneratorSupplier.Context() {
            @Override
            public MetricGroup getMetricGroup() {
                return UnregisteredMetricsGroup.createOperatorMetricGroup();
            }

            @Override
            public RelativeClock getInputActivityClock() {
                return clock;
            }
        };
    }

    private final class Output implements WatermarkOutput {
        @Override
        public void emitWatermark(Watermark watermark) {
            emitted.add(SegmentJson.format(watermark.getTimestamp()));
        }

        @Override
        public void markIdle() {
            emitted.add("idle");
        }

        @Override
        public void markActive() {
            emitted.add("active");
        }
    }
}
