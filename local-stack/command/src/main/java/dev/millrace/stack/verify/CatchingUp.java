package dev.millrace.stack.verify;

import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.runtime.config.MillraceConfig.RawTopic;
import dev.millrace.runtime.config.MillraceConfig.TopicOptions;
import dev.millrace.stack.Job;
import dev.millrace.stack.StackException;
import dev.millrace.verify.VerifyOptions.RawRange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Waits until the jobs have read all there is. What counts is the offsets that they commit with their checkpoints: by then
 * files are published and rows are written.
 */
final class CatchingUp {
    private static final long BETWEEN_MILLIS = 1000;
    private static final long TOLD_EVERY_MILLIS = 5000;
    /** Some checkpoints: a job that has read nothing for so long reads nothing at all. */
    private static final long LONG_NANOS = 60_000_000_000L;

    private final MillraceConfig config;

    CatchingUp(MillraceConfig config) {
        this.config = config;
    }

    /** Returns once nothing is unread, or refuses with a sentence once so much time has passed. */
    void await(Duration atMost, Consumer<String> progress) {
        long deadline = System.nanoTime() + atMost.toNanos();
        long toldMillis = 0;
        Map<String, Reading> before = Map.of();
        long beforeNanos = System.nanoTime();
        while (true) {
            Map<String, Reading> readings = unread();
            if (readings.isEmpty()) {
                return;
            }
            before = before.isEmpty() ? readings : before;
            if (System.nanoTime() > deadline) {
                throw new StackException("the pipeline did not catch up within " + atMost.toSeconds() + " s: "
                        + text(readings) + "; "
                        + advice(System.nanoTime() - beforeNanos < LONG_NANOS ? Map.of() : before, readings));
            }
            if (System.currentTimeMillis() - toldMillis >= TOLD_EVERY_MILLIS) {
                toldMillis = System.currentTimeMillis();
                progress.accept("waiting for the jobs: " + text(readings));
            }
            try {
                Thread.sleep(BETWEEN_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StackException("interrupted", e);
            }
        }
    }

    /**
     * How far a job has come with a topic.
     *
     * @param read records of it that the job has read, by what it committed last
     * @param unread those that are to be read
     */
    record Reading(long read, long unread) {
        Reading and(Reading other) {
            return new Reading(read + other.read, unread + other.unread);
        }
    }

    /** What a line says of {@link #unread}. */
    static String text(Map<String, Reading> readings) {
        StringJoiner text = new StringJoiner(", ");
        readings.forEach((where, reading) -> text.add(where + " has " + reading.unread() + " to read"));
        return text.toString();
    }

    /**
     * What to do about it: who has read nothing since is not slow.
     *
     * @param before how far they were long ago; empty: that is not known
     */
    static String advice(Map<String, Reading> before, Map<String, Reading> after) {
        List<String> idle = after.keySet().stream()
                .filter(where -> before.containsKey(where)
                        && before.get(where).read() == after.get(where).read())
                .toList();
        return idle.isEmpty()
                ? "stop what sends events, or wait longer with --wait"
                : String.join(", ", idle) + (idle.size() == 1 ? " has" : " have")
                        + " read nothing meanwhile: see 'stack jobs' and 'stack logs'";
    }

    /** Job and topic -> how far it is, where it is not done. In the order in which records go: what is done stays done. */
    private Map<String, Reading> unread() {
        TopicOptions topics = config.topics();
        List<String> raw = rawTopics();
        List<String> stitch = new ArrayList<>(raw);
        stitch.add(topics.identityLoop());
        Map<String, Reading> unread = new LinkedHashMap<>();
        unread.putAll(unread(Job.MIRROR, raw));
        unread.putAll(unread(Job.STITCH, stitch));
        unread.putAll(unread(Job.MEASURE, List.of(topics.stitched(), topics.rejected())));
        return unread;
    }

    private List<String> rawTopics() {
        return config.topics().raw().stream().map(RawTopic::name).toList();
    }

    private Map<String, Reading> unread(Job job, List<String> topics) {
        Map<String, Reading> readings = new LinkedHashMap<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(job.flinkName())) {
            List<TopicPartition> partitions = partitions(consumer, topics);
            Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
            // First: what is appended in between must not seem to be read.
            Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(Set.copyOf(partitions));
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            for (TopicPartition partition : partitions) {
                OffsetAndMetadata read = committed.get(partition);
                long next = read == null ? begins.get(partition) : read.offset();
                readings.merge(
                        job.flinkName() + " " + partition.topic(),
                        new Reading(next, Math.max(0, ends.get(partition) - next)),
                        Reading::and);
            }
            readings.values().removeIf(reading -> reading.unread() == 0);
        } catch (KafkaException e) {
            throw away(e);
        }
        return readings;
    }

    /** The raw records that Kafka holds now. */
    List<RawRange> raw() {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(Job.MIRROR.flinkName())) {
            List<TopicPartition> partitions = partitions(consumer, rawTopics());
            Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            return partitions.stream()
                    .map(partition -> new RawRange(
                            partition.topic(), partition.partition(), begins.get(partition), ends.get(partition)))
                    .toList();
        } catch (KafkaException e) {
            throw away(e);
        }
    }

    private StackException away(KafkaException failure) {
        return new StackException(
                "Kafka at " + config.kafka().bootstrapServers() + " does not answer: " + failure.getMessage()
                        + "; --no-wait compares without it",
                failure);
    }

    private static List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer, List<String> topics) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (String topic : topics) {
            consumer.partitionsFor(topic).forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
        }
        return partitions;
    }

    private KafkaConsumer<byte[], byte[]> consumer(String group) {
        Map<String, Object> properties = new HashMap<>(config.kafka().properties());
        properties.put("bootstrap.servers", config.kafka().bootstrapServers());
        properties.put("group.id", group);
        properties.put("enable.auto.commit", "false");
        properties.put("allow.auto.create.topics", "false");
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
