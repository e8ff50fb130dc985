package dev.millrace.stack.chaos;

import dev.millrace.contract.CustomerEvent;
import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.runtime.kafka.AvroDecoder;
import dev.millrace.runtime.kafka.SchemaRegistry;
import dev.millrace.runtime.kafka.UndecodableException;
import dev.millrace.stack.StackException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Cold storage, as DuckDB reads it, beside the raw topic, record by record, and beside the ledger. Both sides are streamed.
 *
 * @param records in the raw topic
 * @param missing records of the raw topic that are not in cold storage
 * @param twice places of the raw topic that are in cold storage more than once, each further time
 * @param different records whose key or bytes are others, or that the raw topic does not have
 * @param acknowledged different records in the ledger
 * @param unknown of them, those that are not in cold storage
 * @param examples of what is wrong, a line each
 */
record ColdAudit(
        long records,
        long missing,
        long twice,
        long different,
        long acknowledged,
        long unknown,
        List<String> examples) {
    private static final int EXAMPLES = 10;
    private static final String MEMORY = "256MB";

    /**
     * Compares, once the mirror has as many records as the raw topic, or time is up.
     *
     * @param cold root of cold storage
     * @param scratch where DuckDB puts what does not fit in memory
     */
    static ColdAudit of(MillraceConfig config, Path cold, Path scratch, Ledger ledger, Duration mirroredWithin)
            throws InterruptedException {
        Ledger.Check check = ledger.check();
        Tally tally = new Tally();
        String topic = config.topics().produced();
        Map<String, Object> properties =
                Map.of("bootstrap.servers", config.kafka().bootstrapServers());
        try (KafkaConsumer<byte[], byte[]> consumer =
                        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
                SchemaRegistry registry = new SchemaRegistry(config.registry());
                Connection duckdb = DriverManager.getConnection("jdbc:duckdb:", streaming());
                Statement statement = duckdb.createStatement()) {
            statement.execute("set memory_limit = '" + MEMORY + "'");
            statement.execute("set threads = 1");
            statement.execute("set temp_directory = '" + quoted(scratch) + "'");
            AvroDecoder<CustomerEvent> decoder = new AvroDecoder<>(CustomerEvent.class, registry);
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            long expected = records(consumer, partitions);
            long deadline = System.nanoTime() + mirroredWithin.toNanos();
            while (mirrored(statement, cold, topic) < expected && System.nanoTime() - deadline < 0) {
                Thread.sleep(1000);
            }
            if (hasFiles(cold)) {
                statement.execute(
                        "create view cold as select \"partition\", \"offset\", key, value from " + files(cold, topic));
            } else {
                statement.execute("create view cold as select 0 as \"partition\", 0 as \"offset\", ''::blob as key,"
                        + " ''::blob as value where false");
            }
            for (TopicPartition partition : partitions) {
                try (ResultSet rows =
                        statement.executeQuery("select \"offset\", key, value from cold where \"partition\" = "
                                + partition.partition() + " order by 1")) {
                    compare(
                            new Records(consumer, partition),
                            rows,
                            partition,
                            tally,
                            value -> check.found(id(decoder, value)));
                }
            }
        } catch (SQLException | IOException e) {
            throw new StackException("can't read cold storage: " + e.getMessage(), e);
        }
        check.firstMissing(EXAMPLES).forEach(id -> tally.example("acknowledged, but not in cold storage: " + id));
        return new ColdAudit(
                tally.records,
                tally.missing,
                tally.twice,
                tally.different,
                check.size(),
                check.missing(),
                List.copyOf(tally.examples));
    }

    private static long records(KafkaConsumer<byte[], byte[]> consumer, List<TopicPartition> partitions) {
        Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        return partitions.stream()
                .mapToLong(each -> ends.get(each) - begins.get(each))
                .sum();
    }

    private static long mirrored(Statement statement, Path cold, String topic) throws SQLException, IOException {
        if (!hasFiles(cold)) {
            return 0;
        }
        try (ResultSet row = statement.executeQuery("select count(*) from " + files(cold, topic))) {
            row.next();
            return row.getLong(1);
        }
    }

    private static String files(Path cold, String topic) {
        return "read_parquet('" + quoted(cold) + "/raw/**/*.parquet') where topic = '" + topic + "'";
    }

    private static Properties streaming() {
        Properties properties = new Properties();
        properties.setProperty("jdbc_stream_results", "true");
        return properties;
    }

    private static String quoted(Path path) {
        return path.toString().replace("'", "''");
    }

    private interface Seen {
        void value(byte[] bytes);
    }

    private static final class Tally {
        private long records;
        private long missing;
        private long twice;
        private long different;
        private final List<String> examples = new ArrayList<>();

        void example(String line) {
            if (examples.size() < EXAMPLES) {
                examples.add(line);
            }
        }
    }

    /** Both by offset. */
    private static void compare(Records raw, ResultSet rows, TopicPartition partition, Tally tally, Seen seen)
            throws SQLException {
        ConsumerRecord<byte[], byte[]> record = raw.hasNext() ? raw.next() : null;
        long before = -1;
        boolean more = rows.next();
        while (more || record != null) {
            long offset = more ? rows.getLong(1) : Long.MAX_VALUE;
            if (more && offset == before) {
                tally.twice++;
                tally.example("in cold storage twice: " + partition + "/" + offset);
                more = rows.next();
            } else if (record != null && record.offset() < offset) {
                tally.records++;
                tally.missing++;
                tally.example("not in cold storage: " + partition + "/" + record.offset());
                record = raw.hasNext() ? raw.next() : null;
            } else {
                byte[] value = rows.getBytes(3);
                if (record == null || record.offset() > offset) {
                    tally.different++;
                    tally.example("in cold storage alone: " + partition + "/" + offset);
                } else {
                    tally.records++;
                    if (!Arrays.equals(record.value(), value) || !Arrays.equals(record.key(), rows.getBytes(2))) {
                        tally.different++;
                        tally.example("not the same bytes in cold storage: " + partition + "/" + offset);
                    }
                    record = raw.hasNext() ? raw.next() : null;
                }
                if (value != null) {
                    seen.value(value);
                }
                before = offset;
                more = rows.next();
            }
        }
    }

    private static String id(AvroDecoder<CustomerEvent> decoder, byte[] value) {
        try {
            String messageId = decoder.decode(value).getMessageId();
            return messageId == null ? Ledger.idOf(value) : messageId;
        } catch (UndecodableException e) {
            return Ledger.idOf(value); // What was sent as bytes is known by them.
        }
    }

    private static boolean hasFiles(Path cold) throws IOException {
        if (!Files.isDirectory(cold.resolve("raw"))) {
            return false;
        }
        try (Stream<Path> files = Files.walk(cold.resolve("raw"))) {
            return files.anyMatch(file -> file.toString().endsWith(".parquet")
                    && !file.getFileName().toString().startsWith("."));
        }
    }

    /** A partition's records, from the first to the last there is now. */
    private static final class Records implements Iterator<ConsumerRecord<byte[], byte[]>> {
        private final KafkaConsumer<byte[], byte[]> consumer;
        private final TopicPartition partition;
        private final long end;
        private Iterator<ConsumerRecord<byte[], byte[]>> polled =
                List.<ConsumerRecord<byte[], byte[]>>of().iterator();

        Records(KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition) {
            this.consumer = consumer;
            this.partition = partition;
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            this.end = consumer.endOffsets(List.of(partition)).get(partition);
        }

        @Override
        public boolean hasNext() {
            while (!polled.hasNext() && consumer.position(partition) < end) {
                polled = consumer.poll(Duration.ofSeconds(1)).records(partition).iterator();
            }
            return polled.hasNext();
        }

        @Override
        public ConsumerRecord<byte[], byte[]> next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return polled.next();
        }
    }
}
