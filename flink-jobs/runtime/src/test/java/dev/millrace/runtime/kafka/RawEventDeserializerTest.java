package dev.millrace.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contract.CustomerEvent;
import dev.millrace.core.event.Envelope;
import dev.millrace.core.event.Event;
import dev.millrace.core.event.RejectionReason;
import dev.millrace.core.event.SegmentJson;
import dev.millrace.runtime.config.MillraceConfig.RawFormat;
import dev.millrace.runtime.config.MillraceConfig.RawTopic;
import java.io.ByteArrayOutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RawEventDeserializerTest {
    private static final long RECORD = 1_700_000_000_000L;
    private static final byte[] KEY = {1, 2};
    private static final List<RawTopic> TOPICS =
            List.of(new RawTopic("avro", RawFormat.AVRO), new RawTopic("json", RawFormat.JSON));

    private FakeRegistry fake;
    private RawEventDeserializer deserializer;

    @BeforeEach
    void open() throws Exception {
        fake = new FakeRegistry();
        deserializer = new RawEventDeserializer(TOPICS, fake.options(true), Duration.ofHours(1));
        deserializer.open(null);
    }

    @AfterEach
    void close() {
        fake.close();
    }

    @Test
    void eventsAreFoundInBothFormatsAsTheyWereSent() throws Exception {
        int id = fake.add(CustomerEvent.getClassSchema());
        AvroEncoder<CustomerEvent> encoder = new AvroEncoder<>(CustomerEvent.getClassSchema(), id);
        for (Event event : List.of(EventContractTest.FULL, EventContractTest.EMPTY)) {
            byte[] value = encoder.encode(EventContract.toContract(event));
            RawEvent read = read("avro", value);
            assertThat(read.isEvent()).isTrue();
            assertThat(read.envelope().event()).isEqualTo(event);
            assertThat(read.envelope().bytes()).as("nothing is copied").isSameAs(value);
            assertThat(read.value()).isSameAs(value);
        }
        String json = "{\"type\":\"track\",\"userId\":\"ü\",\"properties\":{\"a\":[1]}}";
        assertThat(read("json", json.getBytes(StandardCharsets.UTF_8))
                        .envelope()
                        .event())
                .isEqualTo(SegmentJson.read(json, null));
    }

    @Test
    void anEventOfAnotherVersionOfTheContractIsBroughtToThisOne() throws Exception {
        Schema older = SchemaBuilder.record("CustomerEvent")
                .namespace("dev.millrace.contract")
                .fields()
                .requiredString("type")
                .optionalString("user_id")
                .endRecord();
        GenericRecord record = new GenericRecordBuilder(older)
                .set("type", "track")
                .set("user_id", "u")
                .build();
        RawEvent read = read("avro", framed(fake.add(older), older, record));
        assertThat(read.isEvent()).isTrue();
        assertThat(read.envelope().event().userId()).isEqualTo("u");
        assertThat(read.envelope().event().type()).isEqualTo("track");
    }

    /** Whatever bytes there are: an event, and then the one that Avro's own reader finds, or a reason. */
    @Test
    void damagedBytesAreTakenAsTheFullDecoderTakesThem() throws Exception {
        int id = fake.add(CustomerEvent.getClassSchema());
        byte[] sound = new AvroEncoder<CustomerEvent>(CustomerEvent.getClassSchema(), id)
                .encode(EventContract.toContract(EventContractTest.FULL));
        AvroDecoder<CustomerEvent> full =
                new AvroDecoder<>(CustomerEvent.class, new SchemaRegistry(fake.options(true)));
        int events = 0;
        for (int seed = 0; seed < 3000; seed++) {
            Random random = new Random(seed);
            byte[] damaged =
                    random.nextInt(4) == 0 ? Arrays.copyOf(sound, 5 + random.nextInt(sound.length + 3)) : sound.clone();
            for (int i = random.nextInt(3); i > 0 && damaged.length > 5; i--) {
                damaged[5 + random.nextInt(damaged.length - 5)] = (byte) random.nextInt(256);
            }
            RawEvent read = read("avro", damaged);
            try {
                Event expected = EventContract.fromContract(full.decode(damaged));
                assertThat(read.isEvent()).as("seed %d", seed).isTrue();
                assertThat(read.envelope().event()).as("seed %d", seed).isEqualTo(expected);
                events++;
            } catch (UndecodableException e) {
                assertThat(read.isEvent()).as("seed %d", seed).isFalse();
                assertThat(read.reason()).as("seed %d", seed).isEqualTo(e.reason());
            }
        }
        assertThat(events).isBetween(500, 2900);
    }

    @Test
    void whatIsNoEventSaysWhyAndTheNextOneIsReadAllTheSame() throws Exception {
        assertThat(read("json", "{oops".getBytes(StandardCharsets.UTF_8)).reason())
                .isEqualTo(RejectionReason.MALFORMED);
        assertThat(read("avro", null).reason()).isEqualTo(RejectionReason.EMPTY);
        assertThat(read("avro", new byte[] {0, 0, 0, 0, 99, 1}).reason()).isEqualTo(RejectionReason.UNKNOWN_SCHEMA);
        assertThat(read("json", "{\"type\":\"track\"}".getBytes(StandardCharsets.UTF_8))
                        .isEvent())
                .isTrue();
    }

    @Test
    void aRecordComesWithAllThatItIs() throws Exception {
        byte[] json =
                "{\"type\":\"track\",\"userId\":\"json-user\",\"event\":\"Seen\"}".getBytes(StandardCharsets.UTF_8);
        RawEvent read = read("json", json);
        assertThat(read.value()).isSameAs(json);
        assertThat(read.key()).isEqualTo(KEY);
        assertThat(read.partition()).isEqualTo(3);
        assertThat(read.offset()).isEqualTo(42);
        assertThat(read.recordMillis()).isEqualTo(RECORD);
        assertThat(read.headers()).extracting(RawEvent.Header::key).containsExactly("h", "h");
        assertThat(read.headers().get(1).value()).isNull();
    }

    @Test
    void aRegistryThatIsAwayMakesNoRecordABadOne() {
        fake.close();
        assertThatThrownBy(() -> read("avro", new byte[] {0, 0, 0, 0, 1, 1})).isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void aTopicThatIsNoLongerConfiguredIsRefusedByName() {
        assertThatIllegalStateException()
                .isThrownBy(() -> read("gone", "{}".getBytes(StandardCharsets.UTF_8)))
                .withMessageContaining("topic gone")
                .withMessageContaining("topics.raw");
    }

    @Test
    void everyFieldOfTheContractHasItsPlaceInTheEnvelope() {
        assertThat(CustomerEvent.getClassSchema().getFields())
                .extracting(Field::name)
                .containsExactly(Arrays.stream(Envelope.Field.values())
                        .map(field -> field.name().toLowerCase(Locale.ROOT))
                        .toArray(String[]::new));
    }

    private static byte[] framed(int id, Schema schema, GenericRecord record) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(new byte[] {0, 0, 0, 0, (byte) id});
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
        new GenericDatumWriter<GenericRecord>(schema).write(record, encoder);
        encoder.flush();
        return bytes.toByteArray();
    }

    private RawEvent read(String topic, byte[] value) {
        List<RawEvent> read = new ArrayList<>();
        deserializer.deserialize(record(topic, value), collector(read));
        assertThat(read).hasSize(1);
        return read.get(0);
    }

    private static ConsumerRecord<byte[], byte[]> record(String topic, byte[] value) {
        RecordHeaders headers = new RecordHeaders();
        headers.add("h", new byte[] {1}).add("h", null);
        return new ConsumerRecord<>(
                topic, 3, 42, RECORD, TimestampType.LOG_APPEND_TIME, 0, 0, KEY, value, headers, Optional.empty());
    }

    private static <T> Collector<T> collector(List<T> into) {
        return new Collector<>() {
            @Override
            public void collect(T element) {
                into.add(element);
            }

            @Override
            public void close() {}
        };
    }
}
