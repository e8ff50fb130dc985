package dev.millrace.runtime.config;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import dev.millrace.core.catalogue.Aggregate;
import dev.millrace.core.catalogue.Catalogues;
import dev.millrace.core.catalogue.Metric;
import dev.millrace.core.catalogue.MetricDefinition;
import dev.millrace.core.catalogue.ReadableCatalogue;
import dev.millrace.core.catalogue.SessionRows;
import dev.millrace.core.catalogue.TimeZones;
import dev.millrace.core.identity.IdentifierType;
import dev.millrace.core.identity.IdentityRules;
import java.io.Serializable;
import java.time.Duration;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The whole configuration: one file for all jobs and commands. {@code deploy/millrace.yaml} shows every key. */
public record MillraceConfig(
        KafkaOptions kafka,
        RegistryOptions registry,
        TopicOptions topics,
        FlinkOptions flink,
        MirrorOptions mirror,
        IdentityOptions identity,
        StitchOptions stitch,
        MeasureOptions measure,
        StoreOptions store)
        implements Serializable {

    public MillraceConfig {
        kafka = required(kafka, "kafka");
        registry = required(registry, "registry");
        topics = topics == null ? new TopicOptions(null, null, null, null, null, 0, 0) : topics;
        flink = flink == null ? new FlinkOptions(null, null, null, null, 0) : flink;
        stitch = stitch == null ? new StitchOptions(null, 0, null, null, null) : stitch;
        measure = measure == null
                ? new MeasureOptions(null, null, null, null, null, null, null, null, null, null)
                : measure;
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
     * The topics, each another one.
     *
     * @param raw what is read; default {@code millrace.raw}, avro. Producers of Millrace's own write to the first of
     *     format avro
     * @param stitched default {@code millrace.stitched}
     * @param rejected default {@code millrace.rejected}
     * @param identityLoop what StitchJob tells itself; default {@code millrace.identity-loop}
     * @param loopRetention how long that is kept: a checkpoint or savepoint of StitchJob that is older can't be restored
     *     (default 7d)
     * @param partitions of topics that setup creates (default 4)
     * @param replicationFactor of topics that setup creates (default 1; production: 3)
     */
    public record TopicOptions(
            List<RawTopic> raw,
            String stitched,
            String rejected,
            String identityLoop,
            @JsonDeserialize(using = Durations.class) Duration loopRetention,
            int partitions,
            int replicationFactor)
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
            identityLoop = identityLoop == null ? "millrace.identity-loop" : identityLoop;
            requireDistinct(raw, stitched, rejected, identityLoop);
            loopRetention = positive(loopRetention, Duration.ofDays(7), "loop_retention");
            partitions = partitions == 0 ? 4 : positive(partitions, "partitions");
            replicationFactor = replicationFactor == 0 ? 1 : positive(replicationFactor, "replication_factor");
        }

        private static void requireDistinct(List<RawTopic> raw, String... others) {
            Set<String> names = new HashSet<>(raw.stream().map(RawTopic::name).toList());
            for (String name : others) {
                if (!names.add(name)) {
                    throw new IllegalArgumentException(
                            "the topic '" + name
                                    + "' has two uses: those of 'raw', 'stitched', 'rejected' and 'identity_loop' must all differ");
                }
            }
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
     * @param checkpointInterval default 20s: each holds up the events of its moment, and what came since the last is done
     *     again after a failure
     * @param checkpointDir root URI; a job adds its name. Default: what the cluster is configured with
     * @param restartMaxDelay longest wait between restarts (default 30s; the first is 1s, then doubled)
     * @param parallelism 0, the default: what the job is submitted with
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
            checkpointInterval = positive(checkpointInterval, Duration.ofSeconds(20), "checkpoint_interval");
            restartMaxDelay = positive(restartMaxDelay, Duration.ofSeconds(30), "restart_max_delay");
            parallelism = parallelism == 0 ? 0 : positive(parallelism, "parallelism");
        }
    }

    /** @param root where cold storage is, any URI that Flink's file systems know; files go below {@code <root>/raw} */
    public record MirrorOptions(String root) implements Serializable {
        public MirrorOptions {
            root = required(root, "root");
        }
    }

    /**
     * Who is who: which identifiers there are, where events have them, and how far they join.
     *
     * @param hashKey secret with which email addresses and phone numbers are hashed (HMAC-SHA256), a reference to the
     *     environment, 16 characters or more; kept for ever, since with another one every hashed identifier is another
     *     one. May be left out only where no type is hashed
     * @param defaultRegion of phone numbers without country code, ISO 3166-1 alpha-2 (default US)
     * @param blockedValues values that point at nobody, in addition to the built-in ones
     * @param maxPath how many links away from the identifier that leads its profile one may be (default 16, at most 128)
     * @param types the types of identifiers, the highest priority first; default {@link IdentifierType#DEFAULT_TYPES}
     */
    public record IdentityOptions(
            String hashKey,
            String defaultRegion,
            List<String> blockedValues,
            Integer maxPath,
            List<IdentifierType> types)
            implements Serializable {
        public IdentityOptions {
            defaultRegion = defaultRegion == null ? IdentityRules.DEFAULT_REGION : defaultRegion;
            blockedValues = blockedValues == null ? List.of() : List.copyOf(blockedValues);
            maxPath = maxPath == null ? IdentityRules.DEFAULT_MAX_PATH : maxPath;
            types = types == null ? IdentifierType.DEFAULT_TYPES : List.copyOf(types);
            // Refuses what can't be.
            var unused = new IdentityRules(types, blockedValues, hashKey, defaultRegion, maxPath);
        }

        /** What the options say, ready for use. */
        public IdentityRules rules() {
            return new IdentityRules(types, blockedValues, hashKey, defaultRegion, maxPath);
        }

        /** Without the key. */
        @Override
        public String toString() {
            return "IdentityOptions[defaultRegion=" + defaultRegion + ", blockedValues=" + blockedValues + ", maxPath="
                    + maxPath + ", types=" + types + "]";
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
     */
    public record StitchOptions(
            @JsonDeserialize(using = Durations.class) Duration dedupeWindow,
            int dedupeMaxIds,
            @JsonDeserialize(using = Durations.class) Duration maxFuture,
            @JsonDeserialize(using = Durations.class) Duration outOfOrderness,
            @JsonDeserialize(using = Durations.class) Duration idleAfter)
            implements Serializable {
        public StitchOptions {
            dedupeWindow = positive(dedupeWindow, Duration.ofHours(24), "dedupe_window");
            dedupeMaxIds = dedupeMaxIds == 0 ? 1000 : positive(dedupeMaxIds, "dedupe_max_ids");
            maxFuture = positive(maxFuture, Duration.ofHours(1), "max_future");
            outOfOrderness = positive(outOfOrderness, Duration.ofSeconds(5), "out_of_orderness");
            idleAfter = positive(idleAfter, Duration.ofSeconds(30), "idle_after");
        }
    }

    /**
     * The latest events of each identifier, kept for support and debugging.
     *
     * @param enabled whether they are (default true)
     * @param events how many of an identifier (default 50, at most 1000)
     */
    public record Journeys(Boolean enabled, Integer events) implements Serializable {
        /** The most events of an identifier. */
        public static final int MOST_EVENTS = 1000;

        public Journeys {
            enabled = enabled == null || enabled;
            events = events == null ? 50 : positive(events, "events");
            if (events > MOST_EVENTS) {
                throw new IllegalArgumentException("'events' must be at most " + MOST_EVENTS + ", but is " + events);
            }
        }
    }

    /**
     * How long rows stay in the serving store after what they are of ended.
     *
     * @param metrics default 400d
     * @param sessions default 7d
     * @param journeys default 7d
     */
    public record RetentionOptions(
            @JsonDeserialize(using = Durations.class) Duration metrics,
            @JsonDeserialize(using = Durations.class) Duration sessions,
            @JsonDeserialize(using = Durations.class) Duration journeys)
            implements Serializable {
        public RetentionOptions {
            metrics = positive(metrics, Duration.ofDays(400), "metrics");
            sessions = positive(sessions, Duration.ofDays(7), "sessions");
            journeys = positive(journeys, Duration.ofDays(7), "journeys");
        }
    }

    /**
     * MeasureJob.
     *
     * @param hotHorizon how far behind event time windows still change (default 7d); at least every {@code gap} and {@code
     *     within}
     * @param flushInterval a row is written at most once in this time (default 500ms)
     * @param peopleInterval how exactly it is kept when an identifier was last seen, in event time (default 1h)
     * @param idleAfter how long a stitched partition may be silent before event time no longer waits for it (30s)
     * @param timeZone whose midnight windows are aligned to (default UTC)
     * @param defaultMetrics whether the built-in metrics are kept (default true)
     * @param metrics own metrics; one with the name of a built-in one takes its place
     * @param sessions which sessions are kept as rows of their own
     * @param journeys how many of an identifier's latest events are kept
     * @param retention how long rows stay in the serving store
     */
    public record MeasureOptions(
            @JsonDeserialize(using = Durations.class) Duration hotHorizon,
            @JsonDeserialize(using = Durations.class) Duration flushInterval,
            @JsonDeserialize(using = Durations.class) Duration peopleInterval,
            @JsonDeserialize(using = Durations.class) Duration idleAfter,
            String timeZone,
            Boolean defaultMetrics,
            List<MetricDefinition> metrics,
            SessionRows sessions,
            Journeys journeys,
            RetentionOptions retention)
            implements Serializable {
        /** Of more, PostgreSQL's times would come to an end. */
        private static final Duration LONGEST_HORIZON = Duration.ofDays(36_500);

        public MeasureOptions {
            hotHorizon = positive(hotHorizon, Duration.ofDays(7), "hot_horizon");
            flushInterval = positive(flushInterval, Duration.ofMillis(500), "flush_interval");
            peopleInterval = positive(peopleInterval, Duration.ofHours(1), "people_interval");
            idleAfter = positive(idleAfter, Duration.ofSeconds(30), "idle_after");
            timeZone = timeZone == null ? "UTC" : timeZone;
            defaultMetrics = defaultMetrics == null || defaultMetrics;
            metrics = metrics == null ? List.of() : withoutGaps(metrics);
            sessions = sessions == null ? SessionRows.DEFAULT : sessions;
            journeys = journeys == null ? new Journeys(null, null) : journeys;
            retention = retention == null ? new RetentionOptions(null, null, null) : retention;
            // Refuses what can't be.
            refuseUnfit(hotHorizon, catalogue(definitions(defaultMetrics, metrics), sessions, TimeZones.of(timeZone)));
        }

        /** A horizon that times can't hold, or beyond which comes what windows are still waited for. */
        private static void refuseUnfit(Duration hotHorizon, ReadableCatalogue catalogue) {
            if (hotHorizon.compareTo(LONGEST_HORIZON) > 0) {
                throw new IllegalArgumentException("'hot_horizon' must be at most " + LONGEST_HORIZON.toDays()
                        + "d, but is " + Durations.text(hotHorizon));
            }
            for (Metric metric : catalogue.catalogue().metrics()) {
                Duration settles = Duration.ofMillis(metric.settlesMillis());
                if (hotHorizon.compareTo(settles) < 0) {
                    throw new IllegalArgumentException("'hot_horizon' is " + Durations.text(hotHorizon) + ", but "
                            + (metric.isSessionRows() ? "'sessions'" : "metric '" + metric.name() + "'")
                            + " may change until " + Durations.text(settles) + " after the end of a window, by its "
                            + (metric.aggregate() == Aggregate.FUNNEL ? "'within'" : "'gap'")
                            + ": make one shorter or the other longer");
                }
            }
        }

        private static List<MetricDefinition> withoutGaps(List<MetricDefinition> metrics) {
            if (metrics.stream().anyMatch(Objects::isNull)) {
                throw new IllegalArgumentException("'metrics' has an entry that says nothing; remove it");
            }
            return List.copyOf(metrics);
        }

        /** The zone that windows are aligned to. */
        public ZoneId zone() {
            return TimeZones.of(timeZone);
        }

        /** The metrics, ready to be kept: the built-in ones, but for those that own ones replace, then the own. */
        public ReadableCatalogue catalogue() {
            return catalogue(definitions(), sessions, zone());
        }

        /** All metrics that are kept, as they are defined. */
        public List<MetricDefinition> definitions() {
            return definitions(defaultMetrics, metrics);
        }

        private static List<MetricDefinition> definitions(boolean defaults, List<MetricDefinition> own) {
            Set<String> names = own.stream().map(MetricDefinition::name).collect(Collectors.toSet());
            Stream<MetricDefinition> builtIn = defaults ? DefaultCatalogue.METRICS.stream() : Stream.empty();
            return Stream.concat(builtIn.filter(metric -> !names.contains(metric.name())), own.stream())
                    .toList();
        }

        private static ReadableCatalogue catalogue(
                List<MetricDefinition> definitions, SessionRows sessions, ZoneId zone) {
            return Catalogues.of(definitions, sessions.enabled() ? sessions : null, zone);
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

    /** Who is who; without the section it is all by default, which is refused since it takes a key. */
    public IdentityOptions requireIdentity() {
        return identity == null ? new IdentityOptions(null, null, null, null, null) : identity;
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
