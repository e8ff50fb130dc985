package dev.millrace.stack.proof;

import dev.millrace.contract.CustomerEvent;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What the store must hold, computed from the raw records in the plainest way: no windows kept, no state, no code of the
 * jobs. Good for events that are all within the hot horizon.
 *
 * @param metricValues by {@code metric window start type event}
 * @param rejected records that can't be used
 * @param duplicates copies of messages
 */
record FromScratch(Map<String, Double> metricValues, List<ConsumerRecord<byte[], byte[]>> rejected, int duplicates) {
    private static final Set<String> TYPES = Set.of("track", "identify", "page", "screen", "group", "alias");
    private static final Map<String, ChronoUnit> WINDOWS =
            Map.of("1m", ChronoUnit.MINUTES, "1h", ChronoUnit.HOURS, "1d", ChronoUnit.DAYS);

    static FromScratch of(List<ConsumerRecord<byte[], byte[]>> raw) {
        SpecificDatumReader<CustomerEvent> reader = new SpecificDatumReader<>(CustomerEvent.class);
        Map<String, Double> values = new TreeMap<>();
        Map<String, Set<String>> people = new HashMap<>();
        Set<String> seen = new HashSet<>();
        List<ConsumerRecord<byte[], byte[]>> rejected = new ArrayList<>();
        int duplicates = 0;
        for (ConsumerRecord<byte[], byte[]> record : raw) {
            CustomerEvent event = event(reader, record.value());
            String leaf = event == null ? null : leaf(event);
            if (leaf == null || !TYPES.contains(event.getType())) {
                rejected.add(record);
                continue;
            }
            if (!seen.add(leaf + ' ' + event.getMessageId())) {
                duplicates++;
                continue;
            }
            Instant time = time(event, record.timestamp());
            WINDOWS.forEach((size, unit) -> {
                Instant start = time.atZone(ZoneOffset.UTC).truncatedTo(unit).toInstant();
                values.merge(row("events", size, start, event.getType(), event.getEvent()), 1.0, Double::sum);
                people.computeIfAbsent(row("unique_profiles", size, start, null, null), row -> new HashSet<>())
                        .add(leaf);
            });
        }
        people.forEach((row, leaves) -> values.put(row, (double) leaves.size()));
        return new FromScratch(values, rejected, duplicates);
    }

    static String row(String metric, String windowSize, Instant windowStart, String type, String event) {
        return String.join(
                "|", metric, windowSize, windowStart.toString(), String.valueOf(type), String.valueOf(event));
    }

    private static CustomerEvent event(SpecificDatumReader<CustomerEvent> reader, byte[] value) {
        if (value == null || value.length < 5 || value[0] != 0) {
            return null;
        }
        try {
            return reader.read(null, DecoderFactory.get().binaryDecoder(value, 5, value.length - 5, null));
        } catch (IOException | AvroRuntimeException | IndexOutOfBoundsException e) {
            return null;
        }
    }

    private static String leaf(CustomerEvent event) {
        if (event.getUserId() != null && !event.getUserId().isEmpty()) {
            return "user " + event.getUserId();
        }
        return event.getAnonymousId() == null || event.getAnonymousId().isEmpty()
                ? null
                : "anonymous " + event.getAnonymousId();
    }

    private static Instant time(CustomerEvent event, long recordMillis) {
        Instant received = event.getReceivedAt() == null ? Instant.ofEpochMilli(recordMillis) : event.getReceivedAt();
        if (event.getTimestamp() == null) {
            return received;
        }
        Instant time = event.getSentAt() == null
                ? event.getTimestamp()
                : received.minusMillis(ChronoUnit.MILLIS.between(event.getTimestamp(), event.getSentAt()));
        return time.isAfter(received.plus(1, ChronoUnit.HOURS)) ? received : time;
    }
}
