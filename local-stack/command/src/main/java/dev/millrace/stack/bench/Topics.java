package dev.millrace.stack.bench;

import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.runtime.config.MillraceConfig.RawTopic;
import dev.millrace.setup.Setup;
import dev.millrace.stack.Await;
import dev.millrace.stack.StackException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The stack's topics, seen from outside the jobs. All times are the broker's, of appending. */
final class Topics implements AutoCloseable {
    private static final Duration ANSWER_AT_MOST = Duration.ofSeconds(60);

    private final MillraceConfig config;
    private final Admin admin;

    Topics(MillraceConfig config) {
        this.config = config;
        this.admin = Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, config.kafka().bootstrapServers()));
    }

    /** Empties what jobs write, but for the prepared topic, by deleting it and setting it up again. */
    void recreateOutputs() {
        Set<String> outputs = passing();
        get(admin.deleteTopics(outputs).all());
        boolean gone = Await.until(ANSWER_AT_MOST, () -> passing().isEmpty());
        if (!gone) {
            throw new StackException("the broker does not delete " + String.join(", ", outputs));
        }
        Setup.prepare(config, line -> {});
    }

    /** Empties the raw topics too. */
    void recreateAll() {
        Set<String> raw = new HashSet<>();
        config.topics().raw().stream().map(RawTopic::name).forEach(raw::add);
        raw.add(Contender.PREPARED_TOPIC);
        raw.retainAll(get(admin.listTopics().names()));
        get(admin.deleteTopics(raw).all());
        boolean gone = Await.until(
                ANSWER_AT_MOST, () -> get(admin.listTopics().names()).stream().noneMatch(raw::contains));
        if (!gone) {
            throw new StackException("the broker does not delete " + String.join(", ", raw));
        }
        recreateOutputs();
    }

    /** Lets a group begin anew; where somebody in it has just ended, once the broker has missed them. */
    void forget(String group) {
        boolean forgotten = Await.until(
                ANSWER_AT_MOST, () -> groups().stream().noneMatch(known -> known.equals(group)) || isDeleted(group));
        if (!forgotten) {
            throw new StackException("the group " + group + " is still in use");
        }
    }

    private List<String> groups() {
        return get(admin.listGroups(ListGroupsOptions.forConsumerGroups()).all()).stream()
                .map(GroupListing::groupId)
                .toList();
    }

    private boolean isDeleted(String group) {
        try {
            get(admin.deleteConsumerGroups(Set.of(group)).all());
            return true;
        } catch (StackException e) {
            if (e.getCause() instanceof ExecutionException failure
                    && failure.getCause() instanceof GroupNotEmptyException) {
                return false;
            }
            throw e;
        }
    }

    private Set<String> passing() {
        Set<String> names = outputs();
        names.remove(Contender.PREPARED_TOPIC);
        return names;
    }

    /** All topics but the raw ones. */
    Set<String> outputs() {
        Set<String> names = new TreeSet<>(get(admin.listTopics().names()));
        config.topics().raw().stream().map(RawTopic::name).forEach(names::remove);
        return names;
    }

    /** Where each partition of these topics ends; without those of topics that are not there. */
    Map<TopicPartition, Long> ends(Set<String> topics) {
        return offsets(topics, OffsetSpec.latest()).entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, each -> each.getValue().offset()));
    }

    /** How many records a topic holds that nothing was ever deleted from. */
    long size(String topic) {
        return ends(Set.of(topic)).values().stream().mapToLong(end -> end).sum();
    }

    /** When anything was last written to one of these topics; {@link Long#MIN_VALUE} where they are empty. */
    long lastAppendMillis(Set<String> topics) {
        return offsets(topics, OffsetSpec.maxTimestamp()).values().stream()
                .mapToLong(ListOffsetsResultInfo::timestamp)
                .filter(millis -> millis >= 0)
                .max()
                .orElse(Long.MIN_VALUE);
    }

    /** How many records of a topic were written after that millisecond; 0 where there is no such topic. */
    long appendedAfter(String topic, long millis) {
        Map<TopicPartition, Long> ends = ends(Set.of(topic));
        Map<TopicPartition, ListOffsetsResultInfo> first = offsets(Set.of(topic), OffsetSpec.forTimestamp(millis + 1));
        return ends.entrySet().stream()
                .mapToLong(end -> {
                    long from = first.get(end.getKey()).offset();
                    return from < 0 ? 0 : end.getValue() - from;
                })
                .sum();
    }

    private Map<TopicPartition, ListOffsetsResultInfo> offsets(Set<String> topics, OffsetSpec spec) {
        Set<String> present = new HashSet<>(topics);
        present.retainAll(get(admin.listTopics().names()));
        if (present.isEmpty()) {
            return Map.of();
        }
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        get(admin.describeTopics(present).allTopicNames()).forEach((topic, description) -> description
                .partitions()
                .forEach(partition -> wanted.put(new TopicPartition(topic, partition.partition()), spec)));
        return get(admin.listOffsets(wanted).all());
    }

    /** Reads partitions from one offset each to another, each partition in order. */
    void read(
            Map<TopicPartition, Long> from,
            Map<TopicPartition, Long> to,
            Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        Map<String, Object> properties = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                config.kafka().bootstrapServers(),
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                10_000,
                ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
                4 << 20);
        List<TopicPartition> partitions = List.copyOf(to.keySet());
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(partitions);
            partitions.forEach(partition -> consumer.seek(partition, from.getOrDefault(partition, 0L)));
            while (partitions.stream().anyMatch(each -> consumer.position(each) < to.get(each))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    if (record.offset() < to.get(new TopicPartition(record.topic(), record.partition()))) {
                        reader.accept(record);
                    }
                }
            }
        }
    }

    private static <T> T get(KafkaFuture<T> future) {
        try {
            return future.get(ANSWER_AT_MOST.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new StackException("the broker does not do what it is asked: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("interrupted", e);
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(5));
    }
}
