package dev.millrace.stack.people;

import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.runtime.config.MillraceConfig.KafkaOptions;
import dev.millrace.stack.StackException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The log in Kafka; what fails is a {@link org.apache.kafka.common.KafkaException}. */
final class KafkaStitchedLog implements StitchedLog, AutoCloseable {
    private static final Duration SILENT_AT_MOST = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final int FETCH_BYTES = 8 << 20;

    private final String topic;
    private final Consumer<byte[], byte[]> consumer;

    /** @param consumer for this alone; closed with this */
    KafkaStitchedLog(String topic, Consumer<byte[], byte[]> consumer) {
        this.topic = topic;
        this.consumer = consumer;
    }

    static KafkaStitchedLog of(MillraceConfig config) {
        return new KafkaStitchedLog(
                config.topics().stitched(),
                new KafkaConsumer<>(
                        properties(config.kafka()), new ByteArrayDeserializer(), new ByteArrayDeserializer()));
    }

    static Map<String, Object> properties(KafkaOptions kafka) {
        Map<String, Object> properties = new HashMap<>(kafka.properties());
        properties.put("bootstrap.servers", kafka.bootstrapServers());
        properties.put("enable.auto.commit", false);
        properties.put("auto.offset.reset", "earliest");
        properties.put("max.poll.records", 10_000);
        properties.put("max.partition.fetch.bytes", FETCH_BYTES);
        properties.put("default.api.timeout.ms", (int) SILENT_AT_MOST.toMillis());
        // Who looks at a topic must not make it: with a broker's defaults it would be another than setup's.
        properties.put("allow.auto.create.topics", false);
        return properties;
    }

    @Override
    public int partitions() {
        int partitions = consumer.partitionsFor(topic).size();
        if (partitions == 0) {
            throw new StackException("there is no topic " + topic + "; local-stack/stack up creates it");
        }
        return partitions;
    }

    @Override
    public Map<Integer, Span> spans(Collection<Integer> partitions) {
        List<TopicPartition> ours = partitions.stream().map(this::partition).toList();
        Map<TopicPartition, Long> begins = consumer.beginningOffsets(ours);
        Map<TopicPartition, Long> ends = consumer.endOffsets(ours);
        return ours.stream()
                .collect(Collectors.toMap(
                        TopicPartition::partition, partition -> new Span(begins.get(partition), ends.get(partition))));
    }

    @Override
    public void read(Map<Integer, Span> spans, java.util.function.Consumer<Entry> each) {
        Set<TopicPartition> open =
                spans.keySet().stream().map(this::partition).collect(Collectors.toCollection(HashSet::new));
        consumer.assign(open);
        consumer.resume(open); // A partition that stays assigned stays paused too.
        open.forEach(partition ->
                consumer.seek(partition, spans.get(partition.partition()).from()));
        long heardNanos = System.nanoTime();
        while (!open.isEmpty()) {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
            for (ConsumerRecord<byte[], byte[]> record : records) {
                if (record.offset() < spans.get(record.partition()).to()) {
                    each.accept(new Entry(record.partition(), record.offset(), record.key(), record.value()));
                }
            }
            List<TopicPartition> done = open.stream()
                    .filter(partition -> consumer.position(partition)
                            >= spans.get(partition.partition()).to())
                    .toList();
            consumer.pause(done);
            done.forEach(open::remove);
            if (!records.isEmpty() || !done.isEmpty()) {
                heardNanos = System.nanoTime();
            } else if (System.nanoTime() - heardNanos > SILENT_AT_MOST.toNanos()) {
                throw new StackException("Kafka has sent nothing of " + topic + " for " + SILENT_AT_MOST.toSeconds()
                        + " s; local-stack/stack logs kafka may say why");
            }
        }
    }

    private TopicPartition partition(int partition) {
        return new TopicPartition(topic, partition);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
