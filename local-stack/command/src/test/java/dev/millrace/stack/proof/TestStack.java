package dev.millrace.stack.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.millrace.contract.CustomerEvent;
import dev.millrace.contract.RejectedRecord;
import dev.millrace.contract.StitchedRecord;
import dev.millrace.core.event.Event;
import dev.millrace.core.identity.IdentityRules;
import dev.millrace.core.identity.Resolution;
import dev.millrace.core.identity.Resolution.Pair;
import dev.millrace.core.oracle.Row;
import dev.millrace.core.oracle.SessionOracleRow;
import dev.millrace.generator.Generated;
import dev.millrace.generator.Generator;
import dev.millrace.generator.GeneratorOptions;
import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.runtime.config.MillraceConfig.TopicOptions;
import dev.millrace.runtime.kafka.AvroDecoder;
import dev.millrace.runtime.kafka.AvroEncoder;
import dev.millrace.runtime.kafka.EventContract;
import dev.millrace.runtime.kafka.RawEventProducer;
import dev.millrace.runtime.kafka.SchemaRegistry;
import dev.millrace.runtime.kafka.UndecodableException;
import dev.millrace.stack.Job;
import dev.millrace.stack.LocalStack;
import dev.millrace.stack.Ports;
import dev.millrace.stack.StackOptions;
import dev.millrace.stack.flink.FlinkException;
import dev.millrace.stack.flink.JobStatus;
import dev.millrace.stack.process.Processes;
import dev.millrace.stack.proof.FromScratch.RecentEvent;
import dev.millrace.stack.proof.FromScratch.Session;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A whole stack of real processes on free ports, for one test class; its logs stay in {@code target/stacks}. */
final class TestStack implements AutoCloseable {
    private static final Duration SETTLED_AT_MOST = Duration.ofMinutes(4);
    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    private static final Path STACKS = Path.of("target", "stacks").toAbsolutePath();

    private final LocalStack stack;

    private TestStack(LocalStack stack) {
        this.stack = stack;
    }

    /** Brings a new stack up, configured as a stack on a laptop is, but for checkpoints, which tests wait for. */
    static TestStack up(String name) {
        try {
            String laptop = Files.readString(ROOT.resolve("local-stack/millrace.yaml"));
            String often = laptop.replaceFirst("checkpoint_interval: \\w+", "checkpoint_interval: 2s");
            assertThat(often).isNotEqualTo(laptop);
            Files.createDirectories(STACKS);
            return up(name, Files.writeString(STACKS.resolve(name + ".yaml"), often));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Brings a new stack up whose jobs are configured by this file. */
    static TestStack up(String name, Path configuration) {
        try {
            Files.createDirectories(STACKS);
            Path data = Files.createTempDirectory(STACKS, name + " stack-");
            TestStack stack = new TestStack(new LocalStack(
                    StackOptions.of(ROOT, data).withConfiguration(configuration).withPorts(Ports.free())));
            stack.start();
            return stack;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Brings it up again, or what of it is missing. */
    void start() {
        try {
            stack.up(System.out::println);
        } catch (RuntimeException e) {
            stack.down(System.out::println);
            throw e;
        }
    }

    LocalStack local() {
        return stack;
    }

    MillraceConfig config() {
        return stack.config();
    }

    /** Ends it and deletes all it wrote; the logs stay beside where it was. */
    @Override
    public void close() throws IOException {
        stack.down(System.out::println);
        Path data = stack.options().data();
        Files.move(data.resolve("logs"), data.resolveSibling(data.getFileName() + ".logs"));
        stack.wipe();
        assertThat(data).doesNotExist();
    }

    /** Sends generated records, at their own pace if {@code live}; returns once Kafka has acknowledged all. */
    void send(GeneratorOptions options, boolean live) {
        ConcurrentLinkedQueue<Exception> failures = new ConcurrentLinkedQueue<>();
        long offsetMillis = System.currentTimeMillis() - options.start().toEpochMilli();
        MillraceConfig config = config();
        try (RawEventProducer producer = new RawEventProducer(
                config.kafka(), config.registry(), config.topics().produced(), Map.of())) {
            Generator generator = Generator.of(options);
            while (generator.hasNext()) {
                Generated next = generator.next();
                if (live) {
                    pace(next.arrivalMillis() + offsetMillis);
                }
                if (next.event() != null) {
                    producer.send(next.event(), (metadata, failure) -> keep(failures, failure));
                } else {
                    producer.send(null, next.bytes(), (metadata, failure) -> keep(failures, failure));
                }
            }
            producer.flush();
        }
        assertThat(failures).isEmpty();
    }

    /**
     * Sends events at a pace, each to any partition, so that those of one identifier come in any order; returns once Kafka
     * has acknowledged all.
     */
    void sendEvents(List<Event> events, int eventsPerSecond, Random random) {
        ConcurrentLinkedQueue<Exception> failures = new ConcurrentLinkedQueue<>();
        MillraceConfig config = config();
        String topic = config.topics().produced();
        byte[] key = new byte[Long.BYTES];
        long begunMillis = System.currentTimeMillis();
        try (SchemaRegistry registry = new SchemaRegistry(config.registry());
                RawEventProducer producer = new RawEventProducer(config.kafka(), config.registry(), topic, Map.of())) {
            AvroEncoder<CustomerEvent> encoder = new AvroEncoder<>(
                    CustomerEvent.getClassSchema(), registry.id(topic, CustomerEvent.getClassSchema()));
            for (int i = 0; i < events.size(); i++) {
                pace(begunMillis + 1000L * i / eventsPerSecond);
                random.nextBytes(key);
                byte[] value = encoder.encode(EventContract.toContract(events.get(i)));
                producer.send(key.clone(), value, (metadata, failure) -> keep(failures, failure));
            }
            producer.flush();
        }
        assertThat(failures).isEmpty();
    }

    /** Keeps the generator's pace; nothing is waited for. */
    private static void pace(long untilMillis) {
        long aheadNanos = TimeUnit.MILLISECONDS.toNanos(untilMillis - System.currentTimeMillis());
        if (aheadNanos > 0) {
            LockSupport.parkNanos(aheadNanos);
        }
    }

    /** Sends bytes that are no event; returns once Kafka has acknowledged them. */
    void send(byte[] value) {
        ConcurrentLinkedQueue<Exception> failures = new ConcurrentLinkedQueue<>();
        MillraceConfig config = config();
        try (RawEventProducer producer = new RawEventProducer(
                config.kafka(), config.registry(), config.topics().produced(), Map.of())) {
            producer.send(null, value, (metadata, failure) -> keep(failures, failure));
            producer.flush();
        }
        assertThat(failures).isEmpty();
    }

    /** Sends while the caller does something else. */
    CompletableFuture<Void> sendLive(GeneratorOptions options) {
        return CompletableFuture.runAsync(() -> send(options, true));
    }

    private static void keep(ConcurrentLinkedQueue<Exception> failures, Exception failure) {
        if (failure != null) {
            failures.add(failure);
        }
    }

    /** Waits until each job has completed another checkpoint, so that a failure has something to fall back behind. */
    void awaitCheckpoint() {
        Instant begun = Instant.now();
        await("a checkpoint of every job")
                .atMost(Duration.ofMinutes(2))
                .ignoreExceptionsInstanceOf(FlinkException.class)
                .until(() -> stack.jobs().stream()
                        .allMatch(job -> job.isRunning()
                                && job.lastCheckpoint()
                                        .filter(c -> c.completedAtMillis() > begun.toEpochMilli())
                                        .isPresent()));
    }

    /**
     * How often a job went on from a checkpoint, by its name in Flink. Up to some seconds old, but unlike the metric of
     * restarts, which is empty or old until the JobManager has fetched it, never missing.
     */
    long restores(String job) {
        return flink(job, "/checkpoints")
                .required("counts")
                .required("restored")
                .asLong();
    }

    /** The parallelism of each of a job's vertices, by the vertex's name; the job by its name in Flink. */
    Map<String, Integer> parallelism(String job) {
        Map<String, Integer> parallelism = new TreeMap<>();
        for (JsonNode vertex : flink(job, "").path("vertices")) {
            parallelism.put(
                    vertex.path("name").asText(), vertex.path("parallelism").asInt());
        }
        return parallelism;
    }

    private JsonNode flink(String job, String path) {
        String id = stack.flink().liveJob(job).orElseThrow();
        try {
            URL url = URI.create(stack.part("jobmanager").address() + "/jobs/" + id + path)
                    .toURL();
            return new ObjectMapper().readTree(url);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The partitions of a topic that have records. */
    Set<Integer> partitions(String topic) {
        return RawTopic.readAll(config(), topic).stream()
                .map(ConsumerRecord::partition)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Memory of all processes together. */
    long residentBytes() {
        return stack.parts().stream()
                .flatMap(part -> part.process().stream())
                .mapToLong(process -> Processes.residentBytes(process).orElseThrow())
                .sum();
    }

    /** Where a record lies. */
    static String coordinates(ConsumerRecord<byte[], byte[]> record) {
        return record.topic() + '/' + record.partition() + '/' + record.offset();
    }

    /** What a dead letter says: why, and of which bytes. */
    record DeadLetter(String reason, byte[] value) {}

    /** Dead letters by where the record lies that they are about; each has its reason and its sentence. */
    Map<String, DeadLetter> deadLetters() {
        Map<String, DeadLetter> letters = new TreeMap<>();
        try (SchemaRegistry registry = new SchemaRegistry(config().registry())) {
            AvroDecoder<RejectedRecord> decoder = new AvroDecoder<>(RejectedRecord.class, registry);
            for (ConsumerRecord<byte[], byte[]> record :
                    RawTopic.readAll(config(), config().topics().rejected())) {
                RejectedRecord letter = decoder.decode(record.value());
                assertThat(letter.getReason()).isIn("malformed", "unknown_schema", "unknown_type", "no_identifier");
                assertThat(letter.getMessage()).isNotBlank();
                byte[] value = new byte[letter.getValue().remaining()];
                letter.getValue().get(value);
                letters.put(
                        letter.getTopic() + '/' + letter.getPartition() + '/' + letter.getOffset(),
                        new DeadLetter(letter.getReason(), value));
            }
        } catch (UndecodableException e) {
            throw new AssertionError("a dead letter can't be read", e);
        }
        return letters;
    }

    /**
     * Waits until everything sent has arrived, then compares: every raw record is in cold storage exactly once and byte
     * for byte, what can't be used is a dead letter, and the store's metrics, sessions, events, identifiers and links are
     * what a from-scratch computation gives.
     */
    FromScratch assertExact() throws SQLException {
        List<ConsumerRecord<byte[], byte[]>> raw =
                RawTopic.readAll(config(), config().topics().produced());
        FromScratch expected = FromScratch.of(
                raw,
                config().requireIdentity().rules(),
                catalogue(),
                config().measure().zone());
        assertWithinBounds(expected.resolution());
        await("the store and cold storage have everything")
                .atMost(SETTLED_AT_MOST)
                .pollInterval(Duration.ofSeconds(1))
                .ignoreExceptionsInstanceOf(SQLException.class)
                .untilAsserted(() -> {
                    assertStoreIs(expected);
                    assertThat(cold().count()).isEqualTo(raw.size());
                });
        settle();
        assertStoreIs(expected);
        assertThat(links()).isEqualTo(expected.links());
        assertThat(refusedLinks()).isEqualTo(expected.refusedLinks());
        assertVerbatim(raw);
        return expected;
    }

    private void assertStoreIs(FromScratch expected) throws SQLException {
        assertThat(differences(identifiers(), expected.identifiers()))
                .as("identifiers that differ")
                .isEmpty();
        assertThat(differences(metricValues(), expected.metricValues()))
                .as("rows of metric_values that differ")
                .isEmpty();
        assertThat(differences(sessions(), expected.sessions()))
                .as("sessions that differ")
                .isEmpty();
        assertRecentEvents(expected.recentEvents());
        assertHealth(expected);
    }

    /** What differs, a line each: what is there, and what is to be. */
    private static <K> List<String> differences(Map<K, ?> actual, Map<K, ?> expected) {
        Set<K> keys = new HashSet<>(actual.keySet());
        keys.addAll(expected.keySet());
        return keys.stream()
                .filter(key -> !Objects.equals(actual.get(key), expected.get(key)))
                .map(key -> key + " is " + actual.get(key) + ", not " + expected.get(key))
                .sorted()
                .toList();
    }

    /** All events are there, but for what the keeper may have let go of: of each identifier the latest stay. */
    private void assertRecentEvents(List<RecentEvent> expected) throws SQLException {
        Set<RecentEvent> recent = recentEvents();
        Set<RecentEvent> unexpected = new HashSet<>(recent);
        expected.forEach(unexpected::remove);
        assertThat(unexpected).as("events in journeys that do not count").isEmpty();
        int kept = config().measure().journeys().events();
        List<RecentEvent> missing = new ArrayList<>();
        for (int i = 0; i < expected.size(); i++) {
            int later = i + kept;
            boolean mayGo = later < expected.size()
                    && expected.get(later).identifier().equals(expected.get(i).identifier());
            if (!mayGo && !recent.contains(expected.get(i))) {
                missing.add(expected.get(i));
            }
        }
        assertThat(missing).as("events missing from journeys").isEmpty();
    }

    /** Nothing that came in is unaccounted for, and nothing is counted twice. */
    private void assertHealth(FromScratch expected) throws SQLException {
        Map<String, DeadLetter> letters = deadLetters();
        Map<String, byte[]> rejected = new TreeMap<>();
        expected.rejected().forEach(record -> rejected.put(coordinates(record), record.value()));
        assertThat(letters.keySet()).as("dead letters").isEqualTo(rejected.keySet());
        assertThat(letters).allSatisfy((coordinates, letter) -> assertThat(letter.value())
                .as("the bytes of %s", coordinates)
                .isEqualTo(rejected.get(coordinates)));

        Map<String, Double> signals = new TreeMap<>();
        signals.put("accepted", (double) expected.recentEvents().size());
        if (expected.duplicates() > 0) {
            signals.put("duplicate", (double) expected.duplicates());
        }
        letters.values().forEach(letter -> signals.merge("rejected " + letter.reason(), 1.0, Double::sum));
        assertThat(health("1h")).as("data_health of hours").isEqualTo(signals);
        assertThat(health("1d")).as("data_health of days").isEqualTo(signals);
    }

    /** What is cut by a bound depends on the order in which it came, and can't be compared. */
    private void assertWithinBounds(Resolution resolution) {
        IdentityRules rules = config().requireIdentity().rules();
        assertThat(resolution.mostHops()).as("longest chain").isLessThanOrEqualTo(rules.maxPath());
        Map<String, Integer> links = new TreeMap<>();
        for (Pair link : resolution.links().keySet()) {
            links.merge(link.lesser(), 1, Integer::sum);
            links.merge(link.greater(), 1, Integer::sum);
        }
        assertThat(links.entrySet()).allSatisfy(each -> assertThat(each.getValue())
                .as("links of %s", each.getKey())
                .isLessThanOrEqualTo(rules.maxLinks(each.getKey())));
    }

    /**
     * Whatever is still under way would make an answer wrong that is right by now: lets every job complete a checkpoint
     * behind the last record of each of its topics. A restored job with nothing new to read has no lag to report by
     * metrics, so what counts is the offsets that it commits with its checkpoints.
     */
    void settle() {
        Map<String, Long> checkpoints = checkpoints();
        TopicOptions topics = config().topics();
        List<String> raw =
                topics.raw().stream().map(MillraceConfig.RawTopic::name).toList();
        List<String> stitched =
                Stream.concat(raw.stream(), Stream.of(topics.identityLoop())).toList();
        await("every job has nothing left to read")
                .atMost(SETTLED_AT_MOST)
                .pollInterval(Duration.ofMillis(500))
                .ignoreExceptionsInstanceOf(FlinkException.class)
                .untilAsserted(() -> {
                    assertThat(stack.jobs()).allMatch(JobStatus::isRunning);
                    assertThat(checkpoints()).allSatisfy((job, number) -> assertThat(number)
                            .as("checkpoint of %s", job)
                            .isGreaterThan(checkpoints.get(job)));
                    assertThat(RawTopic.unread(config(), Job.MIRROR.flinkName(), raw))
                            .isEmpty();
                    assertThat(RawTopic.unread(config(), Job.STITCH.flinkName(), stitched))
                            .isEmpty();
                    assertThat(RawTopic.unread(
                                    config(), Job.MEASURE.flinkName(), List.of(topics.stitched(), topics.rejected())))
                            .isEmpty();
                });
    }

    private Map<String, Long> checkpoints() {
        Map<String, Long> numbers = new TreeMap<>();
        for (JobStatus job : stack.jobs()) {
            numbers.put(job.name(), job.lastCheckpoint().map(c -> c.number()).orElse(0L));
        }
        assertThat(numbers).hasSize(Job.values().length);
        return numbers;
    }

    ColdFiles cold() {
        return new ColdFiles(stack.options().data().resolve("cold"));
    }

    private void assertVerbatim(List<ConsumerRecord<byte[], byte[]>> raw) throws SQLException {
        List<ColdFiles.Row> mirrored = cold().rows();
        assertThat(mirrored)
                .extracting(row -> row.partition() + "/" + row.offset())
                .isEqualTo(raw.stream()
                        .map(record -> record.partition() + "/" + record.offset())
                        .toList());
        for (int i = 0; i < raw.size(); i++) {
            ColdFiles.Row row = mirrored.get(i);
            assertThat(Arrays.equals(row.key(), raw.get(i).key())
                            && Arrays.equals(row.value(), raw.get(i).value()))
                    .as("partition %d, offset %d is mirrored byte for byte", row.partition(), row.offset())
                    .isTrue();
        }
    }

    /** The metrics that are kept, as the configuration has them: the built-in ones, and those of the stack. */
    private List<JsonNode> catalogue() {
        YAMLMapper yaml = new YAMLMapper();
        Map<String, JsonNode> catalogue = new TreeMap<>();
        try (InputStream builtIn = MillraceConfig.class.getResourceAsStream("default-catalogue.yaml")) {
            JsonNode own = yaml.readTree(stack.options().configuration().toFile());
            yaml.readTree(builtIn)
                    .forEach(metric -> catalogue.put(metric.get("name").asText(), metric));
            own.path("measure")
                    .path("metrics")
                    .forEach(metric -> catalogue.put(metric.get("name").asText(), metric));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.copyOf(catalogue.values());
    }

    /** The rows of {@code metric_values} that are not 0, but for {@code data_health}. */
    Map<Row, Double> metricValues() throws SQLException {
        Map<Row, Double> values = new HashMap<>();
        rows(
                """
                select metric, window_size, window_start, window_end, dimensions::text, value
                from metric_values
                where metric <> 'data_health' and value <> 0
                """,
                row -> values.put(
                        Row.of(
                                row.getString(1),
                                row.getString(2),
                                row.getTimestamp(3).getTime(),
                                row.getTimestamp(4).getTime(),
                                row.getString(5)),
                        row.getDouble(6)));
        return values;
    }

    /**
     * What became of records, as {@code data_health} says in windows of that size, all of them together: {@code accepted},
     * {@code rejected malformed} and so on. Not {@code late}, which is also accepted; when it arrived decides.
     */
    Map<String, Double> health(String windowSize) throws SQLException {
        Map<String, Double> signals = new TreeMap<>();
        rows(
                """
                select concat_ws(' ', dimensions ->> 'signal', dimensions ->> 'reason'), sum(value)
                from metric_values
                where metric = 'data_health' and dimensions ->> 'signal' <> 'late' and window_size = '%s'
                group by 1
                having sum(value) <> 0
                """
                        .formatted(windowSize),
                row -> signals.put(row.getString(1), row.getDouble(2)));
        return signals;
    }

    /** The table {@code sessions}. */
    Map<Session, SessionOracleRow> sessions() throws SQLException {
        Map<Session, SessionOracleRow> sessions = new HashMap<>();
        rows(
                """
                select profile_id, started_at, ended_at, source, campaign, landing_page, exit_page, events, orders,
                       revenue
                from sessions
                """,
                row -> sessions.put(
                        new Session(row.getString(1), row.getTimestamp(2).toInstant()),
                        new SessionOracleRow(
                                row.getString(1),
                                row.getTimestamp(2).getTime(),
                                row.getTimestamp(3).getTime(),
                                row.getString(4),
                                row.getString(5),
                                row.getString(6),
                                row.getString(7),
                                row.getLong(8),
                                row.getLong(9),
                                row.getBigDecimal(10).movePointRight(6).longValueExact())));
        return sessions;
    }

    /** The table {@code recent_events}. */
    Set<RecentEvent> recentEvents() throws SQLException {
        Set<RecentEvent> events = new HashSet<>();
        rows(
                "select identifier, event_time, raw_topic, raw_partition, raw_offset from recent_events",
                row -> events.add(new RecentEvent(
                        row.getString(1),
                        row.getTimestamp(2).toInstant(),
                        row.getString(3),
                        row.getInt(4),
                        row.getLong(5))));
        return events;
    }

    /** The profile of every identifier, as the topic of stitched records says last. */
    Map<String, String> stitchedProfiles() {
        Map<String, String> profiles = new TreeMap<>();
        try (SchemaRegistry registry = new SchemaRegistry(config().registry())) {
            AvroDecoder<StitchedRecord> decoder = new AvroDecoder<>(StitchedRecord.class, registry);
            for (ConsumerRecord<byte[], byte[]> record :
                    RawTopic.readAll(config(), config().topics().stitched())) {
                StitchedRecord stitched = decoder.decode(record.value());
                profiles.put(stitched.getIdentifier(), stitched.getProfileId());
            }
        } catch (UndecodableException e) {
            throw new AssertionError("a stitched record can't be read", e);
        }
        return profiles;
    }

    /** The profile of every identifier, as the store says. */
    Map<String, String> profiles() throws SQLException {
        Map<String, String> profiles = new TreeMap<>();
        identifiers().forEach((identifier, placed) -> profiles.put(identifier, placed.profileId()));
        return profiles;
    }

    /** The table {@code identifiers}. */
    Map<String, FromScratch.Placed> identifiers() throws SQLException {
        Map<String, FromScratch.Placed> identifiers = new TreeMap<>();
        rows(
                "select identifier, profile_id, first_seen from identifiers",
                row -> identifiers.put(
                        row.getString(1),
                        new FromScratch.Placed(
                                row.getString(2), row.getTimestamp(3).toInstant())));
        return identifiers;
    }

    /** The table {@code identity_links}. */
    Map<Pair, Instant> links() throws SQLException {
        Map<Pair, Instant> links = new TreeMap<>();
        rows(
                "select a, b, first_seen from identity_links",
                row -> links.put(
                        new Pair(row.getString(1), row.getString(2)),
                        row.getTimestamp(3).toInstant()));
        return links;
    }

    /** The view {@code refused_links}. */
    Set<Pair> refusedLinks() throws SQLException {
        Set<Pair> links = new TreeSet<>();
        rows("select a, b from refused_links", row -> links.add(new Pair(row.getString(1), row.getString(2))));
        return links;
    }

    private interface Each {
        void read(ResultSet row) throws SQLException;
    }

    private void rows(String query, Each each) throws SQLException {
        try (Connection store = stack.store();
                PreparedStatement statement = store.prepareStatement(query);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                each.read(rows);
            }
        }
    }
}
