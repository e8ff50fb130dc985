package dev.millrace.runtime.config;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import dev.millrace.core.identity.IdentityRules;
import dev.millrace.core.metric.MetricDefinition;
import java.io.Serializable;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The whole configuration: one file for all jobs and commands. {@code deploy/millrace.yaml} shows every key. */
public record MillraceConfig(
        KafkaOptions kafka,
        RegistryOptions registry,
        TopicOptions topics,
        FlinkOptions flink,
        MirrorOptions mirror,
        StitchOptions stitch,
        MeasureOptions measure,
        StoreOptions store)
        implements Serializable {

    public MillraceConfig {
        kafka = required(kafka, "kafka");
        registry = required(registry, "registry");
        topics = topics == null ? new TopicOptions(null, null, null, 0, 0) : topics;
        flink = flink == null ? new FlinkOptions(null, null, null, null, 0) : flink;
        stitch = stitch == null ? new StitchOptions(null, 0, null, null, null, null) : stitch;
        measure = measure == null ? new MeasureOptions(null, null, null, null, null) : measure;
    }

    /**
     * The Kafka cluster.
     *
     * @param bootstrapServers host:port, comma separated
     * @param properties given to every Kafka client as they are: {@code security.protocol}, {@code sasl.jaas.config}
     */
    public record KafkaOptions(String bootstrapServers, Map<String, String> properties) implements Serializable {
        public KafkaOptions {
            bootstrapServers = required(bootstrapServers, "bootstrap_servers");
            properties = properties == null ? Map.of() : Map.copyOf(properties);
        }

        /** Without the values of properties, some of which are secrets. */
        @Override
        public String toString() {
            return "KafkaOptions[bootstrapServers=" + bootstrapServers + ", properties=" + properties.keySet() + "]";
        }
    }

    /**
     * The Confluent-compatible schema registry.
     *
     * @param url base URL
     * @param properties given to the client as they are: {@code basic.auth.user.info}
     * @param autoRegister whether a job may register the schema it writes (default true); false: it must be there
     */
    public record RegistryOptions(String url, Map<String, String> properties, Boolean autoRegister)
            implements Serializable {
        public RegistryOptions {
            url = required(url, "url");
            properties = properties == null ? Map.of() : Map.copyOf(properties);
            autoRegister = autoRegister == null || autoRegister;
        }

        /** Without the values of properties, some of which are secrets. */
        @Override
        public String toString() {
            return "RegistryOptions[url=" + url + ", properties=" + properties.keySet() + "]";
        }
    }

    /** How a raw topic's values are written. */
    public enum RawFormat {
        /** CustomerEvent in the Confluent wire format. */
        AVRO,
        /** The JSON of the Segment HTTP API. */
        JSON
    }

    /** One raw topic. Default format: avro. */
    public record RawTopic(String name, RawFormat format) implements Serializable {
        public RawTopic {
            name = required(name, "name");
            format = format == null ? RawFormat.AVRO : format;
        }
    }

    /**
     * The topics.
     *
     * @param raw what is read; default {@code millrace.raw}, avro. Producers of Millrace's own write to the first of
     *     format avro
     * @param stitched default {@code millrace.stitched}
     * @param rejected default {@code millrace.rejected}
     * @param partitions of topics that setup creates (default 4)
     * @param replicationFactor of topics that setup creates (default 1; production: 3)
     */
    public record TopicOptions(
            List<RawTopic> raw, String stitched, String rejected, int partitions, int replicationFactor)
            implements Serializable {
        public TopicOptions {
            raw = raw == null ? List.of(new RawTopic("millrace.raw", RawFormat.AVRO)) : List.copyOf(raw);
            if (raw.isEmpty()) {
                throw new IllegalArgumentException("'raw' must name at least one topic");
            }
            if (new TreeSet<>(raw.stream().map(RawTopic::name).toList()).size() < raw.size()) {
                throw new IllegalArgumentException("'raw' names a topic twice");
            }
            stitched = stitched == null ? "millrace.stitched" : stitched;
            rejected = rejected == null ? "millrace.rejected" : rejected;
            partitions = partitions == 0 ? 4 : positive(partitions, "partitions");
            replicationFactor = replicationFactor == 0 ? 1 : positive(replicationFactor, "replication_factor");
        }

        /** The topic that the collector, load and generate write to. */
        public String produced() {
            return raw.stream()
                    .filter(topic -> topic.format() == RawFormat.AVRO)
                    .map(RawTopic::name)
                    .findFirst()
                    .orElseThrow(() -> new ConfigException(
                            "topics.raw has no topic of format avro, which is what Millrace's own producers write"));
        }
    }

    /** Where a job keeps its state. */
    public enum StateBackend {
        /** On disk, checkpoints incremental: state may be larger than memory. */
        ROCKSDB,
        /** In memory: faster, while it fits. */
        HASHMAP
    }

    /**
     * What every job tells Flink; the cluster's own {@code config.yaml} holds the rest.
     *
     * @param stateBackend default rocksdb
     * @param checkpointInterval default 10s
     * @param checkpointDir root URI; a job adds its name. Default: what the cluster is configured with
     * @param restartMaxDelay longest wait between restarts (default 30s; the first is 1s, then doubled)
     * @param parallelism default: what the job is submitted with
     */
    public record FlinkOptions(
            StateBackend stateBackend,
            @JsonDeserialize(using = Durations.class) Duration checkpointInterval,
            String checkpointDir,
            @JsonDeserialize(using = Durations.class) Duration restartMaxDelay,
            int parallelism)
            implements Serializable {
        public FlinkOptions {
            stateBackend = stateBackend == null ? StateBackend.ROCKSDB : stateBackend;
            checkpointInterval = positive(checkpointInterval, Duration.ofSeconds(10), "checkpoint_interval");
            restartMaxDelay = positive(restartMaxDelay, Duration.ofSeconds(30), "restart_max_delay");
        }
    }

    /** @param root where cold storage is, any URI that Flink's file systems know; files go below {@code <root>/raw} */
    public record MirrorOptions(String root) implements Serializable {
        public MirrorOptions {
            root = required(root, "root");
        }
    }

    /**
     * StitchJob.
     *
     * @param dedupeWindow event time within which a message id counts once (default 24h)
     * @param dedupeMaxIds message ids that are remembered an identifier at most (default 1000)
     * @param maxFuture how far after it was received an event may claim to have happened (default 1h)
     * @param outOfOrderness how far event time waits for stragglers in a partition (default 5s)
     * @param idleAfter how long a raw partition may be silent before event time no longer waits for it (default 30s)
     * @param blockedValues ids that point at nobody, in addition to the built-in ones
     */
    public record StitchOptions(
            @JsonDeserialize(using = Durations.class) Duration dedupeWindow,
            int dedupeMaxIds,
            @JsonDeserialize(using = Durations.class) Duration maxFuture,
            @JsonDeserialize(using = Durations.class) Duration outOfOrderness,
            @JsonDeserialize(using = Durations.class) Duration idleAfter,
            List<String> blockedValues)
            implements Serializable {
        public StitchOptions {
            dedupeWindow = positive(dedupeWindow, Duration.ofHours(24), "dedupe_window");
            dedupeMaxIds = dedupeMaxIds == 0 ? 1000 : positive(dedupeMaxIds, "dedupe_max_ids");
            maxFuture = positive(maxFuture, Duration.ofHours(1), "max_future");
            outOfOrderness = positive(outOfOrderness, Duration.ofSeconds(5), "out_of_orderness");
            idleAfter = positive(idleAfter, Duration.ofSeconds(30), "idle_after");
            blockedValues = blockedValues == null ? List.of() : List.copyOf(blockedValues);
        }

        /** Which identifiers count. */
        public IdentityRules identityRules() {
            var blocked = new TreeSet<>(IdentityRules.DEFAULT_BLOCKED_VALUES);
            blocked.addAll(blockedValues);
            return new IdentityRules(blocked);
        }
    }

    /**
     * MeasureJob.
     *
     * @param hotHorizon how far behind event time windows still change (default 7d)
     * @param flushInterval a row is written at most once in this time (default 500ms)
     * @param idleAfter how long a stitched partition may be silent before event time no longer waits for it (30s)
     * @param timeZone whose midnight windows are aligned to (default UTC)
     * @param metrics the catalogue; default: events by type and name, and unique profiles, by minute, hour and day
     */
    public record MeasureOptions(
            @JsonDeserialize(using = Durations.class) Duration hotHorizon,
            @JsonDeserialize(using = Durations.class) Duration flushInterval,
            @JsonDeserialize(using = Durations.class) Duration idleAfter,
            String timeZone,
            List<MetricDefinition> metrics)
            implements Serializable {
        public MeasureOptions {
            hotHorizon = positive(hotHorizon, Duration.ofDays(7), "hot_horizon");
            flushInterval = positive(flushInterval, Duration.ofMillis(500), "flush_interval");
            idleAfter = positive(idleAfter, Duration.ofSeconds(30), "idle_after");
            timeZone = timeZone == null ? "UTC" : timeZone;
            try {
                ZoneId.of(timeZone);
            } catch (DateTimeException e) {
                throw new IllegalArgumentException(
                        "time_zone '" + timeZone + "' is none; use a name as in Europe/Vienna", e);
            }
            metrics = metrics == null ? MetricDefinition.DEFAULT_CATALOGUE : List.copyOf(metrics);
            if (new TreeSet<>(metrics.stream().map(MetricDefinition::name).toList()).size() < metrics.size()) {
                throw new IllegalArgumentException("'metrics' names a metric twice");
            }
        }

        /** The zone that windows are aligned to. */
        public ZoneId zone() {
            ZoneId zone = ZoneId.of(timeZone);
            return zone.normalized();
        }
    }

    /**
     * The serving store.
     *
     * @param url JDBC URL of a PostgreSQL database
     * @param password a reference to the environment, as in {@code ${MILLRACE_STORE_PASSWORD}}; may be left out
     */
    public record StoreOptions(String url, String user, String password) implements Serializable {
        public StoreOptions {
            url = required(url, "url");
            if (!url.startsWith("jdbc:postgresql:")) {
                throw new IllegalArgumentException("url must start with jdbc:postgresql:");
            }
            user = required(user, "user");
        }

        /** Without the password. */
        @Override
        public String toString() {
            return "StoreOptions[url=" + url + ", user=" + user + "]";
        }
    }

    /** The options of MirrorJob; refused where the section is missing. */
    public MirrorOptions requireMirror() {
        return required(mirror, "mirror");
    }

    /** The serving store; refused where the section is missing. */
    public StoreOptions requireStore() {
        return required(store, "store");
    }

    private static <T> T required(T value, String key) {
        if (value == null || value.equals("")) {
            throw new IllegalArgumentException("'" + key + "' is missing");
        }
        return value;
    }

    private static int positive(int value, String key) {
        if (value <= 0) {
            throw new IllegalArgumentException("'" + key + "' must be above zero, but is " + value);
        }
        return value;
    }

    private static Duration positive(Duration value, Duration byDefault, String key) {
        if (value == null) {
            return byDefault;
        }
        if (value.isZero()) {
            throw new IllegalArgumentException("'" + key + "' must be above zero");
        }
        return value;
    }
}
