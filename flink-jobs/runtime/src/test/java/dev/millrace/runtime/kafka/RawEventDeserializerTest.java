package dev.millrace.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.CustomerEvent;
import dev.millrace.core.event.Envelope;
import dev.millrace.core.event.Event;
import dev.millrace.core.event.RejectionReason;
import dev.millrace.core.event.SegmentJson;
import dev.millrace.runtime.config.MillraceConfig.RawFormat;
import dev.millrace.runtime.config.MillraceConfig.RawTopic;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RawEventDeserializerTest {
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
        RawRecordDeserializer full = new RawRecordDeserializer(TOPICS, fake.options(true));
        full.open(null);
        int events = 0;
        for (int seed = 0; seed < 3000; seed++) {
            Random random = new Random(seed);
            byte[] damaged =
                    random.nextInt(4) == 0 ? Arrays.copyOf(sound, 5 + random.nextInt(sound.length + 3)) : sound.clone();
            for (int i = random.nextInt(3); i > 0 && damaged.length > 5; i--) {
                damaged[5 + random.nextInt(damaged.length - 5)] = (byte) random.nextInt(256);
            }
            List<RawRecord> expected = new ArrayList<>();
            full.deserialize(record("avro", damaged), collector(expected));
            RawEvent read = read("avro", damaged);
            assertThat(read.isEvent())
                    .as("seed %d", seed)
                    .isEqualTo(expected.get(0).event() != null);
            if (read.isEvent()) {
                events++;
                assertThat(read.envelope().event())
                        .as("seed %d", seed)
                        .isEqualTo(expected.get(0).event());
            } else {
                assertThat(read.reason())
                        .as("seed %d", seed)
                        .isEqualTo(expected.get(0).reason());
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
        return new ConsumerRecord<>(topic, 3, 42, null, value);
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
