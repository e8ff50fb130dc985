package dev.millrace.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.event.Rejected;
import dev.millrace.core.event.RejectionReason;
import dev.millrace.core.metric.Observation;
import dev.millrace.core.metric.ProfileChange;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.junit.jupiter.api.Test;

class StitchedProgressTest {
    private static final long IDLE = 30_000;

    private final StitchedProgress progress = new StitchedProgress(IDLE);

    @Test
    void theLeastOfAllWritersCounts() {
        read(0, 100, 0, 2);
        assertThat(emitted()).as("the other writer is not known yet").isEmpty();
        read(1, 50, 1, 2);
        assertThat(emitted()).containsExactly(50L);
        read(2, 900, 0, 2);
        assertThat(emitted()).containsExactly(50L);
        read(3, 200, 1, 2);
        assertThat(emitted()).containsExactly(200L);
    }

    @Test
    void aWriterThatDoesNotKnowYetHoldsTimeBack() {
        read(0, 100, 0, 2);
        read(1, null, 1, 2);
        assertThat(emitted()).isEmpty();
    }

    @Test
    void aWriterWithoutRecordsIsWaitedForAsLongAsRecordsSayNotAsTheClockDoes() {
        read(0, 100, 0, 2);
        read(IDLE, 200, 0, 2);
        assertThat(emitted()).isEmpty();
        read(IDLE + 1, 300, 0, 2);
        assertThat(emitted()).containsExactly(300L);
        read(IDLE + 2, 150, 1, 2);
        assertThat(emitted()).containsExactly(150L);
    }

    @Test
    void whatAWriterSaysAfterItWasRestoredDoesNotTakeTimeBack() {
        read(0, 100, 0, 1);
        read(1, 40, 0, 1);
        assertThat(emitted()).containsExactly(100L);
    }

    @Test
    void withAnotherParallelismAllIsToldAnew() {
        read(0, 100, 0, 1);
        read(1, 120, 1, 2);
        assertThat(emitted()).isEmpty();
        read(2, 130, 0, 2);
        assertThat(emitted()).containsExactly(120L);
    }

    @Test
    void whatCanNotBeReadSaysNothing() {
        read(0, 100, 0, 1);
        Rejected rejected = new Rejected(
                "millrace.stitched", 0, 7, 0, null, null, "measure", RejectionReason.EMPTY, "it has no value");
        StitchedRead unreadable = new StitchedRead(IDLE + 1, 900L, 0, 2, null, rejected);
        progress.onEvent(unreadable, 0, new Emitted(new ArrayList<>()));
        assertThat(emitted()).as("neither of time nor of another writer").containsExactly(100L);
    }

    private void read(long appendedMillis, Integer watermark, int writer, int writers) {
        Observation observation = new Observation("a", "p", null, ProfileChange.UNKNOWN, 0, null, null);
        Long watermarkMillis = watermark == null ? null : Long.valueOf(watermark);
        StitchedRead read = new StitchedRead(appendedMillis, watermarkMillis, writer, writers, observation, null);
        progress.onEvent(read, 0, new Emitted(new ArrayList<>()));
    }

    private List<Long> emitted() {
        List<Long> watermarks = new ArrayList<>();
        progress.onPeriodicEmit(new Emitted(watermarks));
        return watermarks;
    }

    private record Emitted(List<Long> watermarks) implements WatermarkOutput {
        @Override
        public void emitWatermark(Watermark watermark) {
            watermarks.add(watermark.getTimestamp());
        }

        @Override
        public void markIdle() {}

        @Override
        public void markActive() {}
    }
}
