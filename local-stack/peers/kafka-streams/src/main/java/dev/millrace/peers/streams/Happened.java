package dev.millrace.peers.streams;

import dev.millrace.contract.CustomerEvent;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * When an event happened by the client's clock, corrected by how wrong that was when the client sent the event. What
 * can't be true happened when it was received.
 */
public final class Happened implements TimestampExtractor {
    private static final long MOST_FUTURE_MILLIS = 3_600_000;

    @Override
    public long extract(ConsumerRecord<Object, Object> record, long streamMillis) {
        return record.value() instanceof CustomerEvent event ? millis(event, record.timestamp()) : record.timestamp();
    }

    /** @param recordMillis the Kafka record's timestamp */
    static long millis(CustomerEvent event, long recordMillis) {
        long received = millis(event.getReceivedAt(), recordMillis);
        long claimed = millis(event.getTimestamp(), received);
        if (event.getTimestamp() != null && event.getSentAt() != null) {
            claimed = received - (event.getSentAt().toEpochMilli() - claimed);
        }
        return claimed < 0 || claimed > received + MOST_FUTURE_MILLIS ? received : claimed;
    }

    private static long millis(Instant time, long otherwise) {
        return time == null ? otherwise : time.toEpochMilli();
    }
}
