package dev.millrace.stack.chaos;

import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.runtime.kafka.RawEventProducer;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;

/**
 * Sends to the raw topic directly, each record until Kafka acknowledges it; what is given up by the producer is sent again, so
 * that it may arrive twice. For one thread, which must call {@link #again} now and then.
 */
final class TopicSender implements AutoCloseable {
    private static final int MOST_UNDER_WAY = 50_000;
    private static final Duration CLOSES_AT_MOST = Duration.ofSeconds(5);
    private static final Map<String, String> PRODUCER =
            Map.of("delivery.timeout.ms", "30000", "request.timeout.ms", "5000", "max.block.ms", "10000");

    private final MillraceConfig config;
    private final Ledger ledger;
    private final Semaphore room = new Semaphore(MOST_UNDER_WAY);
    private final Queue<Outgoing> givenUp = new ConcurrentLinkedQueue<>();
    private final AtomicLong repeated = new AtomicLong();
    private RawEventProducer producer;

    TopicSender(MillraceConfig config, Ledger ledger) {
        this.config = config;
        this.ledger = ledger;
        this.producer = connect();
    }

    private RawEventProducer connect() {
        return new RawEventProducer(
                config.kafka(), config.registry(), config.topics().produced(), PRODUCER);
    }

    /** Takes a record over; waits while too many are not acknowledged. */
    void send(Outgoing record) throws InterruptedException {
        while (!room.tryAcquire()) {
            again();
            Thread.sleep(10);
        }
        transmit(record);
    }

    /** Sends what was given up once more. */
    void again() {
        for (int left = givenUp.size(); left > 0; left--) {
            Outgoing record = givenUp.remove();
            repeated.incrementAndGet();
            transmit(record);
        }
    }

    private void transmit(Outgoing record) {
        try {
            if (producer == null) {
                producer = connect();
            }
            if (record.event() != null) {
                producer.send(record.event(), (metadata, failure) -> answered(record, metadata, failure));
            } else {
                producer.send(null, record.bytes(), (metadata, failure) -> answered(record, metadata, failure));
            }
        } catch (KafkaException e) {
            // It is of no use any longer, as after an error that idempotence does not survive.
            givenUp.add(record);
            RawEventProducer broken = producer;
            producer = null;
            if (broken != null) {
                broken.close(Duration.ZERO);
            }
        } catch (UncheckedIOException | IllegalStateException e) {
            givenUp.add(record); // The registry does not tell the schema's id now.
        }
    }

    private void answered(Outgoing record, RecordMetadata metadata, Exception failure) {
        if (failure != null) {
            givenUp.add(record);
            return;
        }
        ledger.acknowledged(record.id());
        room.release();
    }

    /** Records that are not acknowledged yet. */
    int underWay() {
        return MOST_UNDER_WAY - room.availablePermits();
    }

    /** Records that were sent again. */
    long repeated() {
        return repeated.get();
    }

    @Override
    public void close() {
        if (producer != null) {
            producer.close(CLOSES_AT_MOST);
        }
    }
}
