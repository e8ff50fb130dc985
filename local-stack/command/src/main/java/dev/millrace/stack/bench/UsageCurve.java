package dev.millrace.stack.bench;

import java.util.ArrayList;
import java.util.List;

/** How much processor time had been used at which time, as somebody who looked now and then saw it. */
final class UsageCurve {
    private final List<Point> points = new ArrayList<>();

    /**
     * Processor time in seconds.
     *
     * @param job of the processes that run what is measured
     * @param kafka of the broker
     * @param postgres of PostgreSQL with all its processes
     */
    record Usage(double job, double kafka, double postgres) {
        double all() {
            return job + kafka + postgres;
        }

        private Usage minus(Usage other) {
            return new Usage(job - other.job, kafka - other.kafka, postgres - other.postgres);
        }

        private Usage towards(Usage other, double share) {
            return new Usage(
                    job + share * (other.job - job),
                    kafka + share * (other.kafka - kafka),
                    postgres + share * (other.postgres - postgres));
        }
    }

    private record Point(long nanos, Usage usage) {}

    synchronized void add(long nanos, Usage usage) {
        points.add(new Point(nanos, usage));
    }

    /** What was used between two moments: interpolated between looks, but nothing outside of them. */
    synchronized Usage between(double fromNanos, double toNanos) {
        return at(toNanos).minus(at(fromNanos));
    }

    private Usage at(double nanos) {
        Point before = points.get(0);
        if (nanos <= before.nanos()) {
            return before.usage();
        }
        for (Point point : points) {
            if (point.nanos() >= nanos) {
                return before.usage()
                        .towards(point.usage(), (nanos - before.nanos()) / (point.nanos() - before.nanos()));
            }
            before = point;
        }
        return before.usage();
    }
}
