package dev.millrace.peers.streams;

import dev.millrace.contract.CustomerEvent;
import java.time.Duration;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.state.WindowStore;
import org.apache.kafka.streams.state.WindowStoreIterator;

/**
 * Lets one event a message id through. Copies are found in the partition that the first one came in, since producers
 * key events by whom they belong to; their corrected times differ by less than an hour.
 */
final class DropCopies implements FixedKeyProcessor<byte[], CustomerEvent, CustomerEvent> {
    static final String STORE = "message-ids";
    static final Duration WINDOW = Duration.ofHours(24);
    private static final long APART_MILLIS = 3_600_000;
    private static final byte[] SEEN = {};

    private FixedKeyProcessorContext<byte[], CustomerEvent> context;
    private WindowStore<String, byte[]> ids;

    @Override
    public void init(FixedKeyProcessorContext<byte[], CustomerEvent> present) {
        context = present;
        ids = present.getStateStore(STORE);
    }

    @Override
    public void process(FixedKeyRecord<byte[], CustomerEvent> record) {
        String id = record.value().getMessageId();
        if (id != null) {
            long millis = record.timestamp();
            try (WindowStoreIterator<byte[]> seen =
                    ids.fetch(id, Math.max(0, millis - APART_MILLIS), millis + APART_MILLIS)) {
                if (seen.hasNext()) {
                    return;
                }
            }
            ids.put(id, SEEN, millis);
        }
        context.forward(record);
    }
}
