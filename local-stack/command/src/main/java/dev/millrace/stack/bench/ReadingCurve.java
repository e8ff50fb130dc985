package dev.millrace.stack.bench;

import java.util.ArrayList;
import java.util.List;

/** How many records a job had read at which time, as somebody who looked now and then saw it. */
final class ReadingCurve {
    private final List<Point> points = new ArrayList<>();

    /** @param nanos of the clock of {@link System#nanoTime} */
    record Point(long nanos, long records) {}

    void add(long nanos, long records) {
        if (points.isEmpty() || records > points.get(points.size() - 1).records()) {
            points.add(new Point(nanos, records));
        }
    }

    /**
     * A part of the reading.
     *
     * @param records that were read in it
     */
    record Span(double fromNanos, double toNanos, long records) {
        double perSecond() {
            return records * 1e9 / (toNanos - fromNanos);
        }
    }

    /**
     * From the moment when {@code from} had been read, which is interpolated, to the last look at which there was still
     * something to read of {@code total}. What is read after that look is left out, with its time: how long it took is
     * not known.
     */
    Span span(long from, long total) {
        Point last = points.get(0);
        for (Point point : points) {
            if (point.records() < total) {
                last = point;
            }
        }
        if (last.records() <= from) {
            throw new IllegalStateException("of " + total + " records, " + from + " to warm up, no look fell into the"
                    + " measured part; measure more events");
        }
        return new Span(nanosAt(from), last.nanos(), last.records() - from);
    }

    /** From the moment when {@code from} had been read to that one, when all of {@code total} were done. */
    Span spanUntil(long from, long total, long endNanos) {
        double begunNanos = nanosAt(from);
        if (endNanos <= begunNanos) {
            throw new IllegalStateException("of " + total + " records, those behind the first " + from
                    + " were done too fast to be seen; measure more events");
        }
        return new Span(begunNanos, endNanos, total - from);
    }

    private double nanosAt(long records) {
        Point before = points.get(0);
        for (Point point : points) {
            if (point.records() >= records) {
                if (point.records() == before.records()) {
                    return point.nanos();
                }
                double share = (double) (records - before.records()) / (point.records() - before.records());
                return before.nanos() + share * (point.nanos() - before.nanos());
            }
            before = point;
        }
        return before.nanos();
    }
}
