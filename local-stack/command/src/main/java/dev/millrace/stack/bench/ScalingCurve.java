package dev.millrace.stack.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * What an event costs one job, by how many identifiers there are.
 *
 * @param contender the job with its state backend
 * @param points from the fewest identifiers to the most
 */
record ScalingCurve(String contender, int parallelism, List<Point> points) {
    /** A curve that rises no more than that, from its first point on, is flat. */
    static final double FLAT = 1.5;

    /**
     * @param micros of the clock on the wall, an event
     * @param jobCpuMicros of JobManager and TaskManager
     * @param cpuMicros of all processes
     * @param stateBytesPerIdentifier of a full checkpoint
     * @param problem why there are no figures; null: there are
     */
    record Point(
            long identifiers,
            double micros,
            double jobCpuMicros,
            double cpuMicros,
            double stateBytesPerIdentifier,
            String problem) {
        static Point without(long identifiers, String problem) {
            return new Point(identifiers, 0, 0, 0, 0, problem);
        }

        boolean isMeasured() {
            return problem == null;
        }
    }

    ScalingCurve {
        points = List.copyOf(points);
    }

    /** The most that a point's processor time is of that of the first point; 1 where there is one point. */
    @JsonProperty
    double rise() {
        return rise(Point::cpuMicros);
    }

    /** Likewise of the clock on the wall. */
    @JsonProperty
    double riseOfTime() {
        return rise(Point::micros);
    }

    private double rise(ToDoubleFunction<Point> cost) {
        return points.stream()
                .filter(Point::isMeasured)
                .mapToDouble(point -> ratio(point, cost))
                .max()
                .orElse(0);
    }

    /** Of a point to the first one that was measured. */
    double ratio(Point point, ToDoubleFunction<Point> cost) {
        Optional<Point> first = points.stream().filter(Point::isMeasured).findFirst();
        return cost.applyAsDouble(point) / cost.applyAsDouble(first.orElseThrow());
    }

    /** Whether all sizes were measured, and neither kind of cost rises too much. */
    @JsonProperty
    boolean isFlat() {
        return points.stream().allMatch(Point::isMeasured) && rise() <= FLAT && riseOfTime() <= FLAT;
    }
}
