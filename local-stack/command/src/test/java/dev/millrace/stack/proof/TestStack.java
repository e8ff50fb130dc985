package dev.millrace.stack.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.contract.RejectedRecord;
import dev.millrace.generator.Generated;
import dev.millrace.generator.Generator;
import dev.millrace.generator.GeneratorOptions;
import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.runtime.kafka.AvroDecoder;
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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A whole stack of real processes on free ports, for one test class; its logs stay in {@code target/stacks}. */
final class TestStack implements AutoCloseable {
    private static final Duration SETTLED_AT_MOST = Duration.ofMinutes(4);
    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();

    private final LocalStack stack;

    private TestStack(LocalStack stack) {
        this.stack = stack;
    }

    /** Brings a new stack up. */
    static TestStack up(String name) {
        try {
            Path directory = Path.of("target", "stacks").toAbsolutePath();
            Files.createDirectories(directory);
            Path data = Files.createTempDirectory(directory, name + "-");
            TestStack stack =
                    new TestStack(new LocalStack(StackOptions.of(ROOT, data).withPorts(Ports.free())));
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

    /** Dead letters by where the record lies that they are about; each has its reason and its sentence. */
    Map<String, byte[]> deadLetters() {
        Map<String, byte[]> letters = new TreeMap<>();
        try (SchemaRegistry registry = new SchemaRegistry(config().registry())) {
            AvroDecoder<RejectedRecord> decoder = new AvroDecoder<>(RejectedRecord.class, registry);
            for (ConsumerRecord<byte[], byte[]> record :
                    RawTopic.readAll(config(), config().topics().rejected())) {
                RejectedRecord letter = decoder.decode(record.value());
                assertThat(letter.getReason()).isIn("malformed", "unknown_schema", "unknown_type", "no_identifier");
                assertThat(letter.getMessage()).isNotBlank();
                byte[] value = new byte[letter.getValue().remaining()];
                letter.getValue().get(value);
                letters.put(letter.getTopic() + '/' + letter.getPartition() + '/' + letter.getOffset(), value);
            }
        } catch (UndecodableException e) {
            throw new AssertionError("a dead letter can't be read", e);
        }
        return letters;
    }

    /**
     * Waits until everything sent has arrived, then compares: every raw record is in cold storage exactly once and byte
     * for byte, and every row of the store is what a from-scratch computation gives.
     */
    FromScratch assertExact() throws SQLException {
        List<ConsumerRecord<byte[], byte[]>> raw =
                RawTopic.readAll(config(), config().topics().produced());
        FromScratch expected = FromScratch.of(raw);
        await("the store and cold storage have everything")
                .atMost(SETTLED_AT_MOST)
                .pollInterval(Duration.ofSeconds(1))
                .ignoreExceptionsInstanceOf(SQLException.class)
                .untilAsserted(() -> {
                    assertThat(metricValues()).isEqualTo(expected.metricValues());
                    assertThat(cold().count()).isEqualTo(raw.size());
                });
        settle();
        assertThat(metricValues()).isEqualTo(expected.metricValues());
        assertVerbatim(raw);
        return expected;
    }

    /**
     * Whatever is still under way would make an answer wrong that is right by now: lets every job read all there is, and
     * complete a checkpoint.
     */
    void settle() {
        Map<String, Long> checkpoints = checkpoints();
        await("every job has nothing left to read")
                .atMost(SETTLED_AT_MOST)
                .ignoreExceptionsInstanceOf(FlinkException.class)
                .until(() -> stack.jobs().stream()
                                .allMatch(job ->
                                        job.isRunning() && job.pendingRecords().orElse(1) == 0)
                        && checkpoints().entrySet().stream()
                                .allMatch(job -> job.getValue() > checkpoints.getOrDefault(job.getKey(), 0L)));
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
                .containsExactlyElementsOf(raw.stream()
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

    /** The whole of {@code metric_values}, keyed like {@link FromScratch#metricValues}. */
    Map<String, Double> metricValues() throws SQLException {
        Map<String, Double> values = new TreeMap<>();
        try (Connection store = stack.store();
                PreparedStatement statement = store.prepareStatement(
                        """
                        select metric, window_size, window_start, dimensions ->> 'type', dimensions ->> 'event', value
                        from metric_values
                        """);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                String row = FromScratch.row(
                        rows.getString(1),
                        rows.getString(2),
                        rows.getTimestamp(3).toInstant(),
                        rows.getString(4),
                        rows.getString(5));
                values.put(row, rows.getDouble(6));
            }
        }
        return values;
    }
}
