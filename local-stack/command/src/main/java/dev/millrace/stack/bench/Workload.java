package dev.millrace.stack.bench;

/**
 * What is in the raw topic before any job starts.
 *
 * @param warmUp events before those that are measured
 * @param events that are measured
 */
record Workload(long warmUp, long events) {
    long total() {
        return warmUp + events;
    }

    double warmShare() {
        return (double) warmUp / total();
    }

    /** Which of so many things that come of all events is the first of those that are measured; counted from 1. */
    long firstMeasured(long things) {
        return Math.max(1, Math.round(things * warmShare()));
    }
}
