package dev.millrace.stack.people;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.millrace.runtime.config.MillraceConfig.KafkaOptions;
import dev.millrace.stack.StackException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class KafkaStitchedLogTest {
    private static final String TOPIC = "millrace.stitched";
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);

    /** Kafka's own consumer in memory. */
    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");

    private final KafkaStitchedLog log = new KafkaStitchedLog(TOPIC, consumer);

    @Test
    void spansAreReadOneAfterTheOtherEachUpToItsEnd() {
        consumer.updatePartitions(TOPIC, List.of(new PartitionInfo(TOPIC, 0, Node.noNode(), new Node[0], new Node[0])));
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        consumer.updateEndOffsets(Map.of(PARTITION, 10L));

        assertThat(log.partitions()).isEqualTo(1);
        assertThat(log.spans(List.of(0))).isEqualTo(Map.of(0, new StitchedLog.Span(0, 10)));
        assertThat(read(6, 10)).containsExactly(6L, 7L, 8L, 9L);
        assertThat(read(2, 6)).containsExactly(2L, 3L, 4L, 5L);
        assertThat(read(0, 2)).containsExactly(0L, 1L);
    }

    @Test
    void aTopicThatIsNotThereIsSaidAndNotCreated() {
        consumer.updatePartitions(TOPIC, List.of());
        KafkaOptions kafka = new KafkaOptions("k:9092", Map.of("allow.auto.create.topics", "true"));

        assertThat(KafkaStitchedLog.properties(kafka)).containsEntry("allow.auto.create.topics", false);
        assertThatExceptionOfType(StackException.class)
                .isThrownBy(log::partitions)
                .withMessage("there is no topic millrace.stitched; local-stack/stack up creates it");
    }

    private List<Long> read(long from, long to) {
        consumer.schedulePollTask(() -> {
            for (long offset = from; offset < 10; offset++) {
                consumer.addRecord(new ConsumerRecord<>(TOPIC, 0, offset, new byte[0], new byte[0]));
            }
        });
        List<Long> offsets = new ArrayList<>();
        log.read(Map.of(0, new StitchedLog.Span(from, to)), entry -> offsets.add(entry.offset()));
        return offsets;
    }
}
