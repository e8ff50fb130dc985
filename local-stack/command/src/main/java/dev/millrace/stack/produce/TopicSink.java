package dev.millrace.stack.produce;

import dev.millrace.core.event.Event;
import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.runtime.kafka.RawEventProducer;
import dev.millrace.stack.StackException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;

/** The raw topic. At most {@link #MOST_UNDER_WAY} records are unacknowledged; the first failure ends it. */
final class TopicSink implements RawSink {
    private static final int MOST_UNDER_WAY = 20_000;
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final String kafka;
    private final String topic;
    private final RawEventProducer producer;
    private final Semaphore room = new Semaphore(MOST_UNDER_WAY);
    private volatile Exception failure;

    TopicSink(MillraceConfig config) {
        this.kafka = config.kafka().bootstrapServers();
        this.topic = config.topics().produced();
        String timeoutMillis = Long.toString(TIMEOUT.toMillis());
        try {
            this.producer = new RawEventProducer(
                    config.kafka(),
                    config.registry(),
                    topic,
                    Map.of(
                            "delivery.timeout.ms", timeoutMillis,
                            "max.block.ms", timeoutMillis,
                            "request.timeout.ms", "10000"));
        } catch (UncheckedIOException | IllegalStateException e) {
            throw new StackException(e.getMessage() + "; is the stack up? (stack status)", e);
        }
    }

    @Override
    public void send(Event event) {
        begin();
        producer.send(event, this::acknowledged);
    }

    @Override
    public void send(byte[] record) {
        begin();
        producer.send(null, record, this::acknowledged);
    }

    private void begin() {
        room.acquireUninterruptibly();
        throwFailure();
    }

    private void acknowledged(RecordMetadata metadata, Exception problem) {
        if (problem != null && failure == null) {
            failure = problem;
        }
        room.release();
    }

    @Override
    public void flush() {
        producer.flush();
        throwFailure();
    }

    private void throwFailure() {
        Exception problem = failure;
        if (problem instanceof RecordTooLargeException) {
            throw new StackException("a record is too large for topic " + topic + ": " + problem.getMessage(), problem);
        }
        if (problem != null) {
            throw new StackException(
                    "Kafka at " + kafka + " did not take a record for topic " + topic + " (" + problem.getMessage()
                            + "); is the stack up? (stack status)",
                    problem);
        }
    }

    @Override
    public void close() {
        try {
            producer.close(failure == null ? TIMEOUT : Duration.ZERO);
        } catch (KafkaException e) {
            throw new StackException("the connection to Kafka at " + kafka + " did not close: " + e.getMessage(), e);
        }
    }
}
