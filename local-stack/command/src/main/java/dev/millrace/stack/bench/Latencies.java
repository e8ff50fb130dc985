package dev.millrace.stack.bench;

import java.util.Map;
import java.util.TreeMap;

/** Waiting times, to the millisecond. */
final class Latencies {
    private final TreeMap<Long, Long> counts = new TreeMap<>();
    private long total;

    /**
     * What people ask of waiting times.
     *
     * @param count of what waited; where it is 0, so is all else
     */
    record Summary(long count, long p50Millis, long p99Millis, long p999Millis, long maxMillis) {}

    void add(long millis) {
        counts.merge(millis, 1L, Long::sum);
        total++;
    }

    /** The least time within which that share of them was over (nearest rank); 0 where there are none. */
    long percentile(double share) {
        long rank = Math.max(1, (long) Math.ceil(share * total));
        long reached = 0;
        for (Map.Entry<Long, Long> each : counts.entrySet()) {
            reached += each.getValue();
            if (reached >= rank) {
                return each.getKey();
            }
        }
        return 0;
    }

    Summary summary() {
        return new Summary(total, percentile(0.5), percentile(0.99), percentile(0.999), percentile(1));
    }
}
