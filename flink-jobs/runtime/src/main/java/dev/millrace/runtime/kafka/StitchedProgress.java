package dev.millrace.runtime.kafka;

import java.util.Arrays;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;

/**
 * How far event time has come in one partition of {@code millrace.stitched}: the least of what its writers said last.
 *
 * <p>A writer's watermark holds for that writer's records. Another one may lag behind it by seconds, and when history is
 * loaded, a second is days of event time: so all writers are waited for. Whether a writer is idle is told by the times at
 * which records were appended, not by the clock, and so does not depend on how fast or how late the partition is read.
 */
final class StitchedProgress implements WatermarkGenerator<StitchedRead> {
    private static final long UNKNOWN = Long.MIN_VALUE;

    private final long idleMillis;
    /** By writer: its last watermark. */
    private long[] watermarks = {};
    /** By writer: when its last record was appended; for one not seen yet, when it became known that there is one. */
    private long[] appended = {};

    private long newestMillis = UNKNOWN;

    StitchedProgress(long idleMillis) {
        this.idleMillis = idleMillis;
    }

    @Override
    public void onEvent(StitchedRead read, long timestamp, WatermarkOutput output) {
        if (read.observation() == null) {
            return;
        }
        newestMillis = Math.max(newestMillis, read.appendedMillis());
        if (read.writers() != watermarks.length) {
            resize(read.writers());
        }
        int writer = read.writer();
        appended[writer] = read.appendedMillis();
        if (read.watermarkMillis() != null) {
            watermarks[writer] = Math.max(watermarks[writer], read.watermarkMillis());
        }
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
        long least = Long.MAX_VALUE;
        for (int writer = 0; writer < watermarks.length; writer++) {
            if (newestMillis - appended[writer] <= idleMillis) {
                least = Math.min(least, watermarks[writer]);
            }
        }
        if (least != UNKNOWN && least != Long.MAX_VALUE) {
            output.emitWatermark(new Watermark(least));
        }
    }

    /** StitchJob runs with another parallelism than before: what its writers said before is no longer about them. */
    private void resize(int writers) {
        watermarks = new long[writers];
        Arrays.fill(watermarks, UNKNOWN);
        appended = new long[writers];
        Arrays.fill(appended, newestMillis);
    }
}
