package dev.millrace.collector;

import dev.millrace.core.event.Event;
import dev.millrace.runtime.config.MillraceConfig.KafkaOptions;
import dev.millrace.runtime.config.MillraceConfig.RegistryOptions;
import dev.millrace.runtime.kafka.RawEventProducer;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes events to the raw topic. A thread of its own connects, and then asks Kafka about the topic every two seconds:
 * while there is no answer, events are refused at once instead of each waiting for its time-out.
 *
 * <p>An event is acknowledged or given up within 15 seconds: 5 to find room in the producer, 10 to be delivered.
 */
final class KafkaEventSink implements EventSink {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaEventSink.class);
    private static final Duration PROBE_INTERVAL = Duration.ofSeconds(2);
    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);
    private static final Map<String, String> PRODUCER = Map.of(
            ProducerConfig.MAX_BLOCK_MS_CONFIG, "5000",
            ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "10000",
            ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "4000");

    private final KafkaOptions kafka;
    private final RegistryOptions registry;
    private final String topic;
    private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "kafka-watch");
        thread.setDaemon(true);
        return thread;
    });
    private Admin admin; // of the watching thread
    private volatile RawEventProducer producer;
    private volatile String trouble;

    KafkaEventSink(KafkaOptions kafka, RegistryOptions registry, String topic) {
        this.kafka = kafka;
        this.registry = registry;
        this.topic = topic;
        this.trouble = "not connected to Kafka at " + kafka.bootstrapServers() + " yet";
    }

    /** Begins to connect; returns at once. */
    void start() {
        watch.scheduleWithFixedDelay(this::probe, 0, PROBE_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void probe() {
        try {
            if (admin == null) {
                admin = Admin.create(adminConfig());
            }
            admin.describeTopics(List.of(topic))
                    .allTopicNames()
                    .get(2 * PROBE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            if (producer == null) {
                producer = new RawEventProducer(kafka, registry, topic, PRODUCER);
            }
            if (trouble != null) {
                trouble = null;
                LOG.info("Kafka at {} has the topic {}: events are accepted", kafka.bootstrapServers(), topic);
            }
        } catch (ExecutionException e) {
            troubled(describe(e.getCause()), e.getCause());
        } catch (java.util.concurrent.TimeoutException e) {
            troubled(describe(new TimeoutException(e)), e);
        } catch (UncheckedIOException | IllegalStateException e) {
            troubled(e.getMessage(), e); // of the registry, a sentence
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            // Whatever it is: a task that throws is not run again, and events would be refused for ever.
            troubled(describe(e), e);
        }
    }

    private void troubled(String sentence, Throwable reason) {
        if (!sentence.equals(trouble)) {
            trouble = sentence;
            LOG.warn("events are refused until this is mended: {}", sentence);
            LOG.debug("the reason", reason);
        }
    }

    private String describe(Throwable reason) {
        if (reason instanceof TimeoutException) {
            return "Kafka at " + kafka.bootstrapServers() + " does not answer";
        }
        if (reason instanceof UnknownTopicOrPartitionException) {
            return "Kafka at " + kafka.bootstrapServers() + " has no topic " + topic + "; run millrace-setup";
        }
        Throwable cause = reason instanceof KafkaException && reason.getCause() != null ? reason.getCause() : reason;
        return "Kafka at " + kafka.bootstrapServers() + " can't be used: " + cause.getMessage();
    }

    private Map<String, Object> adminConfig() {
        Map<String, Object> config = new HashMap<>(kafka.properties());
        config.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, String.valueOf(PROBE_TIMEOUT.toMillis()));
        config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, String.valueOf(PROBE_TIMEOUT.toMillis()));
        // As often as it is asked: a broker that is back is to be noticed at once.
        config.put(AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, String.valueOf(PROBE_INTERVAL.toMillis()));
        return config;
    }

    @Override
    public CompletableFuture<Void> send(List<Event> events) {
        String known = trouble;
        if (known != null) {
            return CompletableFuture.failedFuture(new RefusedException(503, known));
        }
        RawEventProducer current = producer; // there, once there was no trouble
        CompletableFuture<Void> acknowledged = new CompletableFuture<>();
        AtomicInteger missing = new AtomicInteger(events.size());
        if (events.isEmpty()) {
            acknowledged.complete(null);
        }
        for (Event event : events) {
            if (acknowledged.isDone()) {
                break; // refused as a whole: the rest need not wait for its time-outs too
            }
            try {
                current.send(event, (metadata, failure) -> {
                    if (failure != null) {
                        acknowledged.completeExceptionally(refusal(failure));
                    } else if (missing.decrementAndGet() == 0) {
                        acknowledged.complete(null);
                    }
                });
            } catch (KafkaException | IllegalStateException e) {
                // The producer itself is broken or closed.
                acknowledged.completeExceptionally(refusal(e));
            }
        }
        return acknowledged;
    }

    private RefusedException refusal(Exception failure) {
        if (failure instanceof RecordTooLargeException) {
            return new RefusedException(413, "an event is larger than Kafka takes", failure);
        }
        return new RefusedException(
                503, "Kafka did not acknowledge: " + failure.getMessage() + "; send the same again", failure);
    }

    @Override
    public Optional<String> trouble() {
        return Optional.ofNullable(trouble);
    }

    @Override
    public void close() {
        watch.shutdownNow();
        try {
            if (!watch.awaitTermination(PROBE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("gave up waiting for the connection attempt under way");
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (producer != null) {
            producer.close(CLOSE_TIMEOUT);
        }
        if (admin != null) {
            admin.close(Duration.ZERO);
        }
    }
}
