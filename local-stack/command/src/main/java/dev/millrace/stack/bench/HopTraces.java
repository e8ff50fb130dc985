package dev.millrace.stack.bench;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;

/**
 * When each of some events came to which place on its way, from the request of its client to the row that shows it. All
 * times are milliseconds of one machine's clock. For use by several threads.
 */
final class HopTraces {
    private static final long UNKNOWN = Long.MIN_VALUE;

    private final Map<String, Trace> traces = new ConcurrentHashMap<>();

    /**
     * One hop of all events that went the whole way.
     *
     * @param what it is
     * @param from where the time comes from that it begins with
     * @param to where the time comes from that it ends with
     */
    record Hop(String what, String from, String to, Latencies.Summary waits) {}

    /** Of one event. */
    static final class Trace {
        private volatile long sent = UNKNOWN;
        private volatile long answered = UNKNOWN;
        private volatile long received = UNKNOWN;
        private volatile long appended = UNKNOWN;
        private volatile long stitched = UNKNOWN;
        private volatile long written = UNKNOWN;
        private volatile long seen = UNKNOWN;

        /** The client begins its request. */
        void sent(long millis) {
            sent = millis;
        }

        /** The client has the collector's answer. */
        void answered(long millis) {
            answered = millis;
        }

        /** @param receivedMillis {@code received_at}, by the collector */
        void raw(long receivedMillis, long appendedMillis) {
            received = receivedMillis;
            appended = appendedMillis;
        }

        /** The broker's time; the first where the record repeats. */
        void stitched(long appendedMillis) {
            if (stitched == UNKNOWN) {
                stitched = appendedMillis;
            }
        }

        /**
         * A look at the store shows it.
         *
         * @param writtenMillis {@code updated_at}, by MeasureJob
         * @param seenMillis when the look had returned
         */
        void row(long writtenMillis, long seenMillis) {
            written = writtenMillis;
            seen = seenMillis;
        }

        private boolean isWhole() {
            return sent != UNKNOWN
                    && answered != UNKNOWN
                    && received != UNKNOWN
                    && stitched != UNKNOWN
                    && seen != UNKNOWN;
        }
    }

    /** The trace of the event of that name. */
    Trace of(String name) {
        return traces.computeIfAbsent(name, ignored -> new Trace());
    }

    /** How many events there were of which some place is not known. */
    int incomplete() {
        return (int) traces.values().stream().filter(trace -> !trace.isWhole()).count();
    }

    /** The way in its hops, then the whole of it, then what the client waits for. */
    List<Hop> hops() {
        return List.of(
                hop("request to collector", "client's clock", "received_at", trace -> trace.received - trace.sent),
                hop(
                        "collector to raw topic",
                        "received_at",
                        "broker's append",
                        trace -> trace.appended - trace.received),
                hop("StitchJob", "append to raw", "append to stitched", trace -> trace.stitched - trace.appended),
                hop("MeasureJob", "append to stitched", "updated_at", trace -> trace.written - trace.stitched),
                hop("PostgreSQL", "updated_at", "row is readable", trace -> trace.seen - trace.written),
                hop("request to readable row", "client's clock", "row is readable", trace -> trace.seen - trace.sent),
                hop("request to answer", "client's clock", "client's clock", trace -> trace.answered - trace.sent));
    }

    private Hop hop(String what, String from, String to, ToLongFunction<Trace> wait) {
        Latencies latencies = new Latencies();
        traces.values().stream().filter(Trace::isWhole).forEach(trace -> latencies.add(wait.applyAsLong(trace)));
        return new Hop(what, from, to, latencies.summary());
    }
}
