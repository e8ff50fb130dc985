package dev.millrace.setup;

import dev.millrace.runtime.config.MillraceConfig.KafkaOptions;
import dev.millrace.runtime.config.MillraceConfig.RawTopic;
import dev.millrace.runtime.config.MillraceConfig.TopicOptions;
import dev.millrace.runtime.kafka.RecordLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;

/** The topics: creates those that are missing, leaves the others as they are and says where they differ. */
final class Topics {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /**
     * Time stamps are the broker's: retention then counts from when a record was written. By the producer's clock, an
     * event of last year would be deleted as soon as its segment is rolled.
     */
    private static final Map<String, String> TOPIC_CONFIG = new TreeMap<>(Map.of(
            TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
            "LogAppendTime",
            TopicConfig.CLEANUP_POLICY_CONFIG,
            TopicConfig.CLEANUP_POLICY_DELETE));

    private Topics() {}

    /** The topics as they are expected, in data-flow order. */
    static List<NewTopic> expected(TopicOptions options) {
        Set<String> partitioned = new LinkedHashSet<>();
        for (RawTopic raw : options.raw()) {
            partitioned.add(raw.name());
        }
        List<NewTopic> topics = new ArrayList<>();
        for (String name : partitioned) {
            topics.add(topic(name, options.partitions(), options, TOPIC_CONFIG));
        }
        // They take all that the jobs' sinks send: records of the stitched and the rejected hold a raw one and more.
        Map<String, String> roomier = new TreeMap<>(TOPIC_CONFIG);
        roomier.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, String.valueOf(RecordLimits.MAX_RECORD_BYTES));
        topics.add(topic(options.stitched(), options.partitions(), options, roomier));
        Map<String, String> kept = new TreeMap<>(roomier);
        // What was under way between actors at a savepoint must still be there when it is restored.
        kept.put(
                TopicConfig.RETENTION_MS_CONFIG,
                String.valueOf(options.loopRetention().toMillis()));
        kept.put(TopicConfig.RETENTION_BYTES_CONFIG, "-1");
        topics.add(topic(options.identityLoop(), options.partitions(), options, kept));
        topics.add(topic(options.rejected(), 1, options, roomier));
        return topics;
    }

    private static NewTopic topic(String name, int partitions, TopicOptions options, Map<String, String> config) {
        return new NewTopic(name, partitions, (short) options.replicationFactor()).configs(config);
    }

    static void create(KafkaOptions kafka, TopicOptions options, Consumer<String> progress) {
        Map<String, Object> config = new HashMap<>();
        config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, "5000");
        config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, String.valueOf(PATIENCE.toMillis()));
        config.putAll(kafka.properties());
        config.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        try (Admin admin = Admin.create(config)) {
            Set<String> present = get(admin.listTopics().names(), kafka, "list the topics");
            for (NewTopic topic : expected(options)) {
                if (present.contains(topic.name()) || !created(admin, topic, kafka)) {
                    progress.accept("topic " + topic.name() + ": is there already" + differences(admin, topic, kafka));
                } else {
                    progress.accept("topic " + topic.name() + ": created, " + partitions(topic.numPartitions())
                            + ", replication factor " + topic.replicationFactor());
                }
            }
        } catch (KafkaException e) {
            Throwable reason = e.getCause() == null ? e : e.getCause();
            throw new SetupException(
                    "can't use Kafka at " + kafka.bootstrapServers()
                            + ": check kafka.bootstrap_servers and kafka.properties (" + reason.getMessage() + ")",
                    e);
        }
    }

    /** Whether it was created; false if someone else just did. */
    private static boolean created(Admin admin, NewTopic topic, KafkaOptions kafka) {
        try {
            get(admin.createTopics(List.of(topic)).all(), kafka, "create the topic " + topic.name());
            return true;
        } catch (SetupException e) {
            if (e.getCause() instanceof TopicExistsException) {
                return false;
            }
            throw e;
        }
    }

    private static String differences(Admin admin, NewTopic expected, KafkaOptions kafka) {
        String name = expected.name();
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, name);
        TopicDescription topic = get(
                        admin.describeTopics(List.of(name)).allTopicNames(), kafka, "describe the topic " + name)
                .get(name);
        Config config = get(
                        admin.describeConfigs(List.of(resource)).all(),
                        kafka,
                        "read the configuration of the topic " + name)
                .get(resource);
        Map<String, String> settings = expected.configs().keySet().stream()
                .filter(key -> config.get(key) != null)
                .collect(Collectors.toMap(key -> key, key -> config.get(key).value()));
        return differences(
                expected,
                topic.partitions().size(),
                topic.partitions().get(0).replicas().size(),
                settings);
    }

    /** What to say where a topic is not as expected; empty where it is. */
    static String differences(NewTopic expected, int partitions, int replicas, Map<String, String> settings) {
        List<String> differences = new ArrayList<>();
        if (partitions != expected.numPartitions()) {
            differences.add(partitions(partitions) + " instead of " + expected.numPartitions());
        }
        if (replicas != expected.replicationFactor()) {
            differences.add("replication factor " + replicas + " instead of " + expected.replicationFactor());
        }
        expected.configs().forEach((key, value) -> {
            if (!value.equals(settings.get(key))) {
                differences.add(key + "=" + settings.get(key) + " instead of " + value);
            }
        });
        return differences.isEmpty() ? "" : ", and left as it is, with " + String.join(", ", differences);
    }

    private static String partitions(int count) {
        return count + (count == 1 ? " partition" : " partitions");
    }

    private static <T> T get(KafkaFuture<T> future, KafkaOptions kafka, String task) {
        try {
            return future.get(2 * PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw failed(e.getCause(), kafka, task);
        } catch (java.util.concurrent.TimeoutException e) {
            throw failed(new TimeoutException(e), kafka, task);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SetupException("interrupted while waiting for Kafka at " + kafka.bootstrapServers(), e);
        }
    }

    private static SetupException failed(Throwable reason, KafkaOptions kafka, String task) {
        String where = " Kafka at " + kafka.bootstrapServers();
        if (reason instanceof TimeoutException) {
            return new SetupException(
                    "can't reach" + where + " within " + PATIENCE.toSeconds()
                            + " s: is it running, and are kafka.bootstrap_servers and the broker's"
                            + " advertised.listeners reachable from here?",
                    reason);
        }
        if (reason instanceof AuthenticationException || reason instanceof AuthorizationException) {
            return new SetupException(
                    where.strip() + " does not let this user " + task + ": check kafka.properties ("
                            + reason.getMessage() + ")",
                    reason);
        }
        if (reason instanceof InvalidReplicationFactorException) {
            return new SetupException(
                    where.strip() + " can't " + task + ": topics.replication_factor must be at most the number of"
                            + " brokers (" + reason.getMessage() + ")",
                    reason);
        }
        return new SetupException(where.strip() + " can't " + task + ": " + reason.getMessage(), reason);
    }
}
