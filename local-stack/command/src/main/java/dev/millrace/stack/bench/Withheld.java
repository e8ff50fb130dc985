package dev.millrace.stack.bench;

import dev.millrace.setup.Setup;
import dev.millrace.stack.StackException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A copy of the raw topic that shows what is measured only once it is released: until then that is in an open
 * transaction, and whoever reads the copy reads what is committed. So jobs that run side by side, or write to a store,
 * are warm and done with all that came before, and then have the rest before them at once.
 */
final class Withheld implements AutoCloseable {
    private static final String TOPIC = "bench.raw";
    /** The longest that a broker allows by default; contenders must be warm by then. */
    private static final Duration OPEN_AT_MOST = Duration.ofMinutes(15);

    private final KafkaProducer<byte[], byte[]> rest;
    private final long shown;

    private Withheld(KafkaProducer<byte[], byte[]> rest, long shown) {
        this.rest = rest;
        this.shown = shown;
    }

    /** The contender, as a reader of the copy. */
    static Contender reader(Contender contender) {
        return contender.with(Map.of(
                "topics.raw",
                "[{name: %s, format: avro}]".formatted(TOPIC),
                "kafka.properties",
                "{isolation.level: read_committed}"));
    }

    /**
     * Makes the copy, where there is none; its reader's other topics and tables too.
     *
     * @param raw name of the raw topic
     */
    static Withheld fill(Conditions conditions, Contender reader, String raw, Workload workload) {
        Setup.prepare(conditions.stack().load(reader), line -> {});
        Map<TopicPartition, Long> ends = conditions.topics().ends(Set.of(raw));
        Map<TopicPartition, Long> warm = new HashMap<>();
        ends.forEach((partition, end) -> warm.put(partition, Math.round(end * workload.warmShare())));
        String servers = conditions.stack().local().config().kafka().bootstrapServers();
        try (KafkaProducer<byte[], byte[]> first = producer(servers, Map.of())) {
            copy(conditions, Map.of(), warm, first);
        }
        KafkaProducer<byte[], byte[]> rest = producer(
                servers,
                Map.of(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "bench", ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, (int)
                        OPEN_AT_MOST.toMillis()));
        try {
            rest.initTransactions();
            rest.beginTransaction();
            copy(conditions, warm, ends, rest);
            return new Withheld(
                    rest, warm.values().stream().mapToLong(end -> end).sum());
        } catch (RuntimeException e) {
            rest.close(Duration.ZERO);
            throw e;
        }
    }

    private static void copy(
            Conditions conditions,
            Map<TopicPartition, Long> from,
            Map<TopicPartition, Long> to,
            KafkaProducer<byte[], byte[]> into) {
        conditions
                .topics()
                .read(
                        from,
                        to,
                        record -> into.send(
                                new ProducerRecord<>(TOPIC, record.partition(), record.key(), record.value())));
        into.flush();
    }

    private static KafkaProducer<byte[], byte[]> producer(String servers, Map<String, Object> more) {
        Map<String, Object> config = new HashMap<>(more);
        config.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, servers);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        config.put(ProducerConfig.BATCH_SIZE_CONFIG, "131072");
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** How many records are shown from the start. */
    long shown() {
        return shown;
    }

    /** Shows the rest, and says when, by {@link System#nanoTime}. */
    long release() {
        try {
            long nanos = System.nanoTime();
            rest.commitTransaction();
            return nanos;
        } catch (KafkaException e) {
            throw new StackException(
                    "what is measured can't be shown (contenders must be warm within " + OPEN_AT_MOST.toMinutes()
                            + " minutes; --warm-up sets how much comes before): " + e.getMessage(),
                    e);
        }
    }

    /** What is not released by then is aborted. */
    @Override
    public void close() {
        rest.close(Duration.ofSeconds(5));
    }
}
