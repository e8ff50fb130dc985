package dev.millrace.stack.bench;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * How long after a raw record what follows from it was written, by the broker's times of appending. Both times are of
 * one clock, to the millisecond. What was sent at the very beginning is left out.
 */
final class LiveLatency {
    /** Sent before what counts. */
    static final Duration LEAD_IN = Duration.ofSeconds(5);

    private static final String ANONYMOUS = "anonymous_id:";

    private final Map<Integer, long[]> appended = new HashMap<>();
    private final Map<Integer, Long> first = new HashMap<>();
    private final Map<String, TreeSet<Long>> identified = new HashMap<>();
    private final Latencies events = new Latencies();
    private final Latencies logins = new Latencies();
    private long fromMillis = Long.MAX_VALUE - LEAD_IN.toMillis();

    /**
     * For the raw records between these offsets.
     *
     * @param rawFrom the first of each partition
     * @param rawTo behind the last of each partition
     */
    LiveLatency(Map<TopicPartition, Long> rawFrom, Map<TopicPartition, Long> rawTo) {
        rawTo.forEach((partition, end) -> {
            long begin = rawFrom.get(partition);
            first.put(partition.partition(), begin);
            appended.put(partition.partition(), new long[(int) (end - begin)]);
        });
    }

    /** Takes in a raw record; all of them come before the first call of {@link #stitched}. */
    void raw(int partition, long offset, long millis, GenericRecord event) {
        fromMillis = Math.min(fromMillis, millis);
        appended.get(partition)[(int) (offset - first.get(partition))] = millis;
        Object anonymousId = event.get("anonymous_id");
        if (anonymousId != null && event.get("type").toString().equals("identify")) {
            identified
                    .computeIfAbsent(ANONYMOUS + anonymousId, id -> new TreeSet<>())
                    .add(millis);
        }
    }

    /** Takes in what was written meanwhile. */
    void stitched(long millis, GenericRecord record) {
        if (record.get("body") instanceof GenericRecord body
                && body.getSchema().getName().equals("AttributedEvent")) {
            int partition = (int) body.get("partition");
            long at = (long) body.get("offset") - first.get(partition);
            // What came before the live part may be written again.
            if (at >= 0) {
                add(events, appended.get(partition)[(int) at], millis);
            }
        } else if (record.get("standing") instanceof GenericRecord standing
                && standing.get("previous_profile_id") != null) {
            TreeSet<Long> calls = identified.get(record.get("identifier").toString());
            Long call = calls == null ? null : calls.floor(millis);
            if (call != null) {
                add(logins, call, millis);
            }
        }
    }

    private void add(Latencies latencies, long begunMillis, long millis) {
        if (begunMillis >= fromMillis + LEAD_IN.toMillis()) {
            latencies.add(millis - begunMillis);
        }
    }

    /** From a raw event to the record with it. */
    Latencies.Summary events() {
        return events.summary();
    }

    /** From an identify call to the record that moves its anonymous id to another profile. */
    Latencies.Summary logins() {
        return logins.summary();
    }
}
