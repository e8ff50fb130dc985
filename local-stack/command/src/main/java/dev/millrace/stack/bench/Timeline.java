package dev.millrace.stack.bench;

import java.util.Map;
import java.util.TreeMap;

/** How many things happened in which millisecond. */
final class Timeline {
    private final TreeMap<Long, long[]> counts = new TreeMap<>();
    private long total;
    private long lastMillis = Long.MIN_VALUE;
    private long[] last;

    void add(long millis) {
        if (millis != lastMillis) {
            last = counts.computeIfAbsent(millis, ignored -> new long[1]);
            lastMillis = millis;
        }
        last[0]++;
        total++;
    }

    long total() {
        return total;
    }

    /** When the one of that rank happened, counted from 1. */
    long millisOf(long rank) {
        long reached = 0;
        for (Map.Entry<Long, long[]> each : counts.entrySet()) {
            reached += each.getValue()[0];
            if (reached >= rank) {
                return each.getKey();
            }
        }
        throw new IllegalArgumentException("there are " + total + ", but not " + rank);
    }

    /** How many happened after that millisecond. */
    long after(long millis) {
        return counts.tailMap(millis, false).values().stream()
                .mapToLong(count -> count[0])
                .sum();
    }
}
