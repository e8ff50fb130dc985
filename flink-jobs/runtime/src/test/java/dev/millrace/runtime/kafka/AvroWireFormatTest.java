package dev.millrace.runtime.kafka;

import static dev.millrace.runtime.kafka.EventContractTest.EMPTY;
import static dev.millrace.runtime.kafka.EventContractTest.FULL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.millrace.contract.AttributedEvent;
import dev.millrace.contract.CustomerEvent;
import dev.millrace.contract.Duplicate;
import dev.millrace.contract.Link;
import dev.millrace.contract.RejectedRecord;
import dev.millrace.contract.StitchedRecord;
import dev.millrace.core.event.RejectionReason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AvroWireFormatTest {
    private static final Schema EVENT = CustomerEvent.getClassSchema();

    private FakeRegistry fake;
    private SchemaRegistry registry;

    @BeforeEach
    void start() throws Exception {
        fake = new FakeRegistry();
        registry = fake.client(true);
    }

    @AfterEach
    void stop() {
        registry.close();
        fake.close();
    }

    @Test
    void everyContractComesBackAsItWentIn() throws Exception {
        CustomerEvent event = EventContract.toContract(FULL);
        assertRoundTrip(CustomerEvent.class, event, EventContract.toContract(EMPTY), event);
        Instant time = Instant.ofEpochMilli(1_700_000_000_123L);
        assertRoundTrip(
                StitchedRecord.class,
                new StitchedRecord("user_id:u", "p", null, 0, 1, null, null, null, time),
                new StitchedRecord(
                        "user_id:u", "p", time, 2, 3, new AttributedEvent("raw", 3, 4L, time, event), null, time, time),
                new StitchedRecord("user_id:u", "p", time, 2, 3, new Duplicate("raw", 3, 4L, time), null, time, time),
                new StitchedRecord("user_id:u", "p", time, 2, 3, new Link("user_id:v", time), null, time, time));
        assertRoundTrip(
                RejectedRecord.class,
                new RejectedRecord("raw", 3, 4L, time, null, null, "decode", "empty", "no value"),
                new RejectedRecord("raw", 3, 4L, time, bytes(), bytes(0, 255, 7), "decode", "malformed", "not Avro"));
    }

    @Test
    void aRecordStartsWithAZeroByteAndItsSchemasId() {
        byte[] bytes = new AvroEncoder<CustomerEvent>(EVENT, 0x01020384).encode(EventContract.toContract(EMPTY));
        assertThat(bytes).startsWith(0, 1, 2, 3, 0x84);
    }

    @Test
    void dataOfAnOlderSchemaIsRead() throws Exception {
        Schema older = new Schema.Parser()
                .parse("{\"type\":\"record\",\"name\":\"CustomerEvent\",\"namespace\":\"dev.millrace.contract\","
                        + "\"fields\":[{\"name\":\"type\",\"type\":\"string\"},"
                        + "{\"name\":\"user_id\",\"type\":\"string\"},{\"name\":\"gone\",\"type\":\"int\"}]}");
        GenericRecord record = new GenericRecordBuilder(older)
                .set("type", "track")
                .set("user_id", "u")
                .set("gone", 7)
                .build();
        CustomerEvent read = decoder().decode(written(fake.add(older), older, record));
        assertThat(read.getType()).isEqualTo("track");
        assertThat(read.getUserId()).isEqualTo("u");
        assertThat(read.getAnonymousId()).isNull();
    }

    @Test
    void recordsOfSeveralSchemasAreReadInTurn() throws Exception {
        Schema older = new Schema.Parser()
                .parse("{\"type\":\"record\",\"name\":\"CustomerEvent\",\"namespace\":\"dev.millrace.contract\","
                        + "\"fields\":[{\"name\":\"type\",\"type\":\"string\"}]}");
        byte[] old = written(
                fake.add(older),
                older,
                new GenericRecordBuilder(older).set("type", "page").build());
        byte[] current = encoder().encode(EventContract.toContract(FULL));
        AvroDecoder<CustomerEvent> decoder = decoder();
        for (int i = 0; i < 3; i++) {
            assertThat(decoder.decode(old).getType()).isEqualTo("page");
            assertThat(decoder.decode(old).getUserId()).isNull();
            assertThat(EventContract.fromContract(decoder.decode(current))).isEqualTo(FULL);
        }
        assertThat(fake.requests().stream().filter(request -> request.startsWith("GET /schemas")))
                .hasSize(1);
    }

    @Test
    void bytesThatAreNoWireFormatAreMalformed() {
        for (byte[] bytes : List.of(
                new byte[0],
                new byte[] {0},
                new byte[] {0, 0, 0, 1},
                new byte[] {1, 0, 0, 0, 1, 2},
                "{\"type\":\"track\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8))) {
            assertUndecodable(bytes, RejectionReason.MALFORMED, "set its format to json");
        }
        assertThat(fake.requests()).isEmpty();
    }

    @Test
    void anIdThatTheRegistryDoesNotKnowIsAnUnknownSchema() {
        assertUndecodable(
                new byte[] {0, 0, 0, 0, 99, 1},
                RejectionReason.UNKNOWN_SCHEMA,
                "the schema registry knows no Avro schema with id 99");
    }

    @Test
    void aSchemaThatIsNoEventIsAnUnknownSchema() {
        int id = fake.add(RejectedRecord.getClassSchema());
        assertUndecodable(
                new byte[] {0, 0, 0, 0, (byte) id, 1},
                RejectionReason.UNKNOWN_SCHEMA,
                "(dev.millrace.contract.RejectedRecord) can't be read as CustomerEvent");
        int text = fake.add(Schema.create(Schema.Type.STRING));
        assertUndecodable(
                new byte[] {0, 0, 0, 0, (byte) text, 0},
                RejectionReason.UNKNOWN_SCHEMA,
                "can't be read as CustomerEvent");
        int json = fake.add("JSON", "{\"type\":\"object\"}");
        assertUndecodable(new byte[] {0, 0, 0, 0, (byte) json, 0}, RejectionReason.UNKNOWN_SCHEMA, "no Avro schema");
    }

    @Test
    void aRecordThatIsCutOffAnywhereIsMalformed() throws Exception {
        byte[] whole = encoder().encode(EventContract.toContract(FULL));
        for (int length = AvroEncoder.HEADER_BYTES; length < whole.length; length++) {
            assertUndecodable(Arrays.copyOf(whole, length), RejectionReason.MALFORMED, "schema id 1");
        }
        assertUndecodable(
                Arrays.copyOf(whole, whole.length + 1),
                RejectionReason.MALFORMED,
                "bytes are left after the record of schema id 1");
        assertThat(EventContract.fromContract(decoder().decode(whole))).isEqualTo(FULL);
    }

    @Test
    void aTextThatClaimsToBeLongerThanTheRecordIsMalformedAndTakesNoMemory() throws Exception {
        encoder();
        for (long length : new long[] {
            100,
            200_000_000,
            1_000_000_000,
            Integer.MAX_VALUE - 8,
            Integer.MAX_VALUE,
            1L << 40,
            Long.MAX_VALUE,
            -1,
            Long.MIN_VALUE
        }) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            bytes.write(new byte[] {0, 0, 0, 0, 1});
            BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
            encoder.writeIndex(1);
            encoder.writeLong(length);
            encoder.writeFixed(new byte[] {'a', 'b', 'c'});
            encoder.flush();
            assertUndecodable(bytes.toByteArray(), RejectionReason.MALFORMED, "schema id 1");
        }
    }

    @Test
    void noBytesDoAnyOtherHarmThanToBeRefused() throws Exception {
        byte[] whole = encoder().encode(EventContract.toContract(FULL));
        int stitchedId = fake.add(StitchedRecord.getClassSchema());
        AvroDecoder<CustomerEvent> events = decoder();
        AvroDecoder<StitchedRecord> stitched = new AvroDecoder<>(StitchedRecord.class, registry);
        int refused = 0;
        for (long seed = 0; seed < 30_000; seed++) {
            Random random = new Random(seed);
            byte[] bytes;
            if (random.nextBoolean()) {
                bytes = whole.clone();
                for (int i = random.nextInt(4); i >= 0; i--) {
                    bytes[AvroEncoder.HEADER_BYTES + random.nextInt(bytes.length - AvroEncoder.HEADER_BYTES)] =
                            (byte) random.nextInt(256);
                }
            } else {
                bytes = new byte[AvroEncoder.HEADER_BYTES + random.nextInt(60)];
                random.nextBytes(bytes);
                Arrays.fill(bytes, 0, 4, (byte) 0);
                bytes[4] = 1;
            }
            boolean asEvent = random.nextInt(4) > 0;
            bytes[4] = (byte) (asEvent ? 1 : stitchedId);
            try {
                SpecificRecord read = asEvent ? events.decode(bytes) : stitched.decode(bytes);
                assertThat(read).isNotNull();
            } catch (UndecodableException e) {
                refused++;
                assertThat(e.reason()).as("seed %d", seed).isEqualTo(RejectionReason.MALFORMED);
            } catch (RuntimeException | OutOfMemoryError e) {
                throw new AssertionError("seed " + seed + ": " + Arrays.toString(bytes), e);
            }
        }
        assertThat(refused).isBetween(10_000, 29_999);
        assertThat(EventContract.fromContract(events.decode(whole))).isEqualTo(FULL);
    }

    @Test
    void aRegistryThatIsAwayIsNoFaultOfTheRecord() throws Exception {
        byte[] whole = encoder().encode(EventContract.toContract(FULL));
        AvroDecoder<CustomerEvent> warm = decoder();
        warm.decode(whole);
        SchemaRegistry cold = fake.client(true);
        fake.close();
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> new AvroDecoder<>(CustomerEvent.class, cold).decode(whole));
        // What was read before needs no registry.
        assertThat(EventContract.fromContract(warm.decode(whole))).isEqualTo(FULL);
        cold.close();
    }

    private AvroDecoder<CustomerEvent> decoder() {
        return new AvroDecoder<>(CustomerEvent.class, registry);
    }

    private AvroEncoder<CustomerEvent> encoder() {
        return new AvroEncoder<>(EVENT, registry.id("millrace.raw", EVENT));
    }

    private void assertUndecodable(byte[] bytes, RejectionReason reason, String sentence) {
        assertThatExceptionOfType(UndecodableException.class)
                .isThrownBy(() -> decoder().decode(bytes))
                .withMessageContaining(sentence)
                .satisfies(e -> assertThat(e.reason()).isEqualTo(reason));
    }

    @SafeVarargs
    private <T extends SpecificRecord> void assertRoundTrip(Class<T> type, T... records) throws Exception {
        Schema schema = records[0].getSchema();
        AvroEncoder<T> encoder = new AvroEncoder<>(schema, registry.id(type.getSimpleName(), schema));
        AvroDecoder<T> decoder = new AvroDecoder<>(type, registry);
        for (T record : records) {
            assertThat(decoder.decode(encoder.encode(record))).isEqualTo(record);
        }
    }

    private static byte[] written(int id, Schema schema, GenericRecord record) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(ByteBuffer.allocate(5).put((byte) 0).putInt(id).array());
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
        new GenericDatumWriter<GenericRecord>(schema, GenericData.get()).write(record, encoder);
        encoder.flush();
        return bytes.toByteArray();
    }

    private static ByteBuffer bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return ByteBuffer.wrap(bytes);
    }
}
