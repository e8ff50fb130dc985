package dev.millrace.stack.proof;

import dev.millrace.runtime.config.MillraceConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads topics with a plain consumer, from the first record to the last there is now. */
final class RawTopic {
    private RawTopic() {}

    /** All records of a topic, by partition and offset. */
    static List<ConsumerRecord<byte[], byte[]>> readAll(MillraceConfig config, String topic) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("bootstrap.servers", config.kafka().bootstrapServers());
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
                consumer.poll(Duration.ofSeconds(1)).forEach(records::add);
            }
        }
        records.sort(Comparator.<ConsumerRecord<byte[], byte[]>>comparingInt(ConsumerRecord::partition)
                .thenComparingLong(ConsumerRecord::offset));
        return records;
    }

    /** How many records of each partition lie behind what a group has committed; only partitions that have some. */
    static Map<TopicPartition, Long> unread(MillraceConfig config, String group, Collection<String> topics) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("bootstrap.servers", config.kafka().bootstrapServers());
        properties.put("group.id", group);
        Map<TopicPartition, Long> unread = new HashMap<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            Set<TopicPartition> partitions = new HashSet<>();
            for (String topic : topics) {
                consumer.partitionsFor(topic)
                        .forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
            }
            Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(partitions);
            for (TopicPartition partition : partitions) {
                OffsetAndMetadata read = committed.get(partition);
                long next = read == null ? begins.get(partition) : read.offset();
                if (next < ends.get(partition)) {
                    unread.put(partition, ends.get(partition) - next);
                }
            }
        }
        return unread;
    }
}
