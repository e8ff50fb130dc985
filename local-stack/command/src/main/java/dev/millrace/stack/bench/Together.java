package dev.millrace.stack.bench;

import dev.millrace.stack.StackException;
import java.util.Locale;

/**
 * How all three jobs go through one raw topic side by side. The jobs are at different places of it at any time, and the
 * fastest are done long before the slowest; so they are done when the last of them is.
 */
final class Together {
    /** Each look has Flink gather the counters of three jobs, which share the machine. */
    private static final long LOOK_EVERY_MILLIS = 1_000;

    private static final long SAY_EVERY_NANOS = 10_000_000_000L;

    private final Conditions conditions;
    private final Run mirror;
    private final Run stitch;
    private final Run measure;

    Together(Conditions conditions, Run mirror, Run stitch, Run measure) {
        this.conditions = conditions;
        this.mirror = mirror;
        this.stitch = stitch;
        this.measure = measure;
    }

    /**
     * When each was done, by {@link System#nanoTime}.
     *
     * @param mirroredNanos all raw records were read by the mirror
     * @param stitchedNanos all raw records were read by StitchJob
     * @param handledNanos all events were handled by MeasureJob
     * @param writtenNanos the last row was written
     */
    record Ends(long mirroredNanos, long stitchedNanos, long handledNanos, long writtenNanos, long rows) {
        long endNanos() {
            return Math.max(Math.max(mirroredNanos, stitchedNanos), writtenNanos);
        }
    }

    /** Returns once all of so many raw records are mirrored and counted. */
    Ends awaitDone(long total, String rejected) {
        long started = System.nanoTime();
        long said = started;
        long mirrored = 0;
        long stitched = 0;
        long handledAt = 0;
        long rows = -1;
        long rowsChanged = 0;
        while (System.nanoTime() - started < conditions.atMost().toNanos()) {
            long byMirror = mirrored > 0 ? total : mirror.read();
            long byStitch = stitched > 0 ? total : stitch.read();
            long byMeasure = handledAt > 0 ? total : measure.handled();
            long now = System.nanoTime();
            mirrored = mirrored == 0 && byMirror >= total ? now : mirrored;
            stitched = stitched == 0 && byStitch >= total ? now : stitched;
            if (handledAt == 0 && stitched > 0) {
                long expected = total - conditions.topics().size(rejected);
                handledAt = byMeasure >= expected ? now : 0;
            }
            if (handledAt > 0) {
                long present = measure.rows();
                if (present != rows) {
                    rows = present;
                    rowsChanged = now;
                }
                if (mirrored > 0 && now - rowsChanged > Run.QUIET_FOR.toNanos()) {
                    requireHealth();
                    return new Ends(mirrored, stitched, handledAt, rowsChanged, rows);
                }
            }
            if (now - said > SAY_EVERY_NANOS) {
                requireHealth();
                conditions
                        .progress()
                        .accept(String.format(
                                Locale.ROOT,
                                "together: of %,d, %,d are mirrored, %,d stitched, %,d counted",
                                total,
                                byMirror,
                                byStitch,
                                byMeasure));
                said = now;
            }
            pause();
        }
        throw new StackException(
                "together is not done after " + conditions.atMost().toMinutes() + " minutes");
    }

    private void requireHealth() {
        mirror.requireHealth();
        stitch.requireHealth();
        measure.requireHealth();
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK_EVERY_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("interrupted", e);
        }
    }
}
