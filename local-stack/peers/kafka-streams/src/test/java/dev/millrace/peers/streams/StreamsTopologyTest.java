package dev.millrace.peers.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.CustomerEvent;
import dev.millrace.core.event.Event;
import dev.millrace.generator.Generator;
import dev.millrace.generator.GeneratorOptions;
import dev.millrace.runtime.kafka.EventContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import org.apache.avro.Schema;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.specific.SpecificData;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamsTopologyTest {
    private static final String RAW = "raw";

    @TempDir
    private Path state;

    @Test
    void theTopicsEndInWhatPlainMapsComeToWhateverComesLateOrTwice() throws Exception {
        check(4_000, true);
    }

    /** Few events: the driver flushes the stores after each. */
    @Test
    void theSameWithStoresOnDisk() throws Exception {
        check(60, false);
    }

    private void check(int count, boolean inMemory) throws Exception {
        List<Event> events = new ArrayList<>();
        Generator.of(GeneratorOptions.ofSeed(7)
                        .withPeople(1 + count / 40)
                        .withEvents(count)
                        .withEventsPerSecond(0.4)
                        .withDuplicates(0.05)
                        .withLate(0.1)
                        .withSharedDevices(0.2)
                        .withMalformed(0))
                .forEachRemaining(generated -> events.add(generated.event()));
        LongAdder read = new LongAdder();
        StreamsBuilder builder = new StreamsBuilder();
        StreamsTopology.define(builder, RAW, new PlainDeserializer(), inMemory, read);
        Properties properties = new Properties();
        properties.putAll(Map.of(
                StreamsConfig.APPLICATION_ID_CONFIG,
                "test",
                StreamsConfig.BOOTSTRAP_SERVERS_CONFIG,
                "unused:9092",
                StreamsConfig.STATE_DIR_CONFIG,
                state.toString(),
                StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG,
                0,
                // At-least-once, the driver would checkpoint stores to disk after each record.
                StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
                StreamsConfig.EXACTLY_ONCE_V2));

        try (TopologyTestDriver driver = new TopologyTestDriver(builder.build(), properties)) {
            TestInputTopic<byte[], byte[]> raw =
                    driver.createInputTopic(RAW, new ByteArraySerializer(), new ByteArraySerializer());
            for (Event event : events) {
                raw.pipeInput(null, PlainDeserializer.write(EventContract.toContract(event)), event.receivedAtMillis());
            }

            assertThat(read.sum()).isEqualTo(events.size());
            assertThat(table(driver, StreamsTopology.EVENTS)).isEqualTo(counts(events));
            assertThat(table(driver, StreamsTopology.PEOPLE)).isEqualTo(people(events));
        }
    }

    private static Map<String, Long> table(TopologyTestDriver driver, String topic) {
        Map<String, Long> table = driver.createOutputTopic(topic, new StringDeserializer(), new LongDeserializer())
                .readKeyValuesToMap();
        table.values().removeIf(count -> count == null || count == 0);
        return table;
    }

    private static Map<String, Long> counts(List<Event> events) {
        Set<String> ids = new HashSet<>();
        Map<String, Long> counts = new HashMap<>();
        for (Event event : events) {
            if (ids.add(event.messageId())) {
                String name = event.name() == null ? "" : event.name();
                String key = happened(event).truncatedTo(ChronoUnit.MINUTES) + "|" + event.type() + "|" + name;
                counts.merge(key, 1L, Long::sum);
            }
        }
        return counts;
    }

    private static Map<String, Long> people(List<Event> events) {
        Map<String, TreeMap<Instant, String>> users = new HashMap<>();
        for (Event event : events) {
            if (event.userId() != null && event.anonymousId() != null) {
                users.computeIfAbsent(event.anonymousId(), device -> new TreeMap<>())
                        .put(happened(event), event.userId());
            }
        }
        Map<String, Set<String>> people = new HashMap<>();
        for (Event event : events) {
            String person = event.userId() != null
                    ? event.userId()
                    : users.containsKey(event.anonymousId())
                            ? users.get(event.anonymousId()).firstEntry().getValue()
                            : event.anonymousId();
            people.computeIfAbsent(happened(event).truncatedTo(ChronoUnit.HOURS).toString(), hour -> new HashSet<>())
                    .add(person);
        }
        Map<String, Long> counts = new HashMap<>();
        people.forEach((hour, there) -> counts.put(hour, (long) there.size()));
        return counts;
    }

    private static Instant happened(Event event) {
        long clockError = event.sentAtMillis() == null ? 0 : event.sentAtMillis() - event.receivedAtMillis();
        return Instant.ofEpochMilli(event.timestampMillis() - clockError);
    }

    /** Avro without a registry. */
    private static final class PlainDeserializer implements Deserializer<CustomerEvent> {
        private static final Schema SCHEMA = CustomerEvent.getClassSchema();
        private static final SpecificData DATA = new CustomerEvent().getSpecificData();

        @Override
        public CustomerEvent deserialize(String topic, byte[] value) {
            try {
                return new BinaryMessageDecoder<CustomerEvent>(DATA, SCHEMA).decode(value);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        static byte[] write(CustomerEvent event) throws IOException {
            return new BinaryMessageEncoder<CustomerEvent>(DATA, SCHEMA)
                    .encode(event)
                    .array();
        }
    }
}
