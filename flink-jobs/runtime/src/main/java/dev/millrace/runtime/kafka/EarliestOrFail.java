package dev.millrace.runtime.kafka;

import java.util.Collection;
import java.util.Map;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;

/**
 * Starts at the earliest record, and never again: where an offset to go on from no longer exists (records were deleted
 * before they were read, or a broker lost the end of its log), the job fails with Kafka's sentence. Going on from
 * elsewhere would silently skip records or take them twice.
 */
final class EarliestOrFail implements OffsetsInitializer {
    private final OffsetsInitializer earliest = OffsetsInitializer.earliest();

    @Override
    public Map<TopicPartition, Long> getPartitionOffsets(
            Collection<TopicPartition> partitions, PartitionOffsetsRetriever retriever) {
        return earliest.getPartitionOffsets(partitions, retriever);
    }

    @Override
    @SuppressWarnings("deprecation") // Kafka's type is deprecated, but it is what the connector's interface returns.
    public OffsetResetStrategy getAutoOffsetResetStrategy() {
        return OffsetResetStrategy.NONE;
    }
}
