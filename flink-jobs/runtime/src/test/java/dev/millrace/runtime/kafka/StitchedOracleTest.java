package dev.millrace.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.AttributedEvent;
import dev.millrace.contract.CustomerEvent;
import dev.millrace.contract.Duplicate;
import dev.millrace.contract.Link;
import dev.millrace.contract.StitchedRecord;
import dev.millrace.core.catalogue.CatalogueReader;
import dev.millrace.core.catalogue.DimensionValues;
import dev.millrace.core.catalogue.Hit;
import dev.millrace.core.catalogue.OriginReader;
import dev.millrace.core.catalogue.SessionRows;
import dev.millrace.core.event.Envelope;
import dev.millrace.core.event.Event;
import dev.millrace.core.event.MessageIds;
import dev.millrace.core.identity.Attribution;
import dev.millrace.core.identity.LinkKey;
import dev.millrace.core.identity.Standing;
import dev.millrace.core.metric.Observation;
import dev.millrace.core.metric.Observation.SeenEvent;
import dev.millrace.core.metric.ProfileChange;
import dev.millrace.runtime.binary.TestCatalogue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Random records: what is read from their bytes is what Avro's own decoding of all of the record finds. */
class StitchedOracleTest {
    private static final Path RELEASED = Path.of("../../schemas/released");
    private static final Schema CURRENT = StitchedRecord.getClassSchema();
    /** What stands in a text where its bytes were no UTF-8. */
    private static final char REPLACEMENT = '\uFFFD';

    private final CatalogueReader catalogue = TestCatalogue.READABLE.reader();
    private final OriginReader origins = new OriginReader(SessionRows.DEFAULT);
    private StitchedReader reader;
    private AvroDecoder<StitchedRecord> avro;

    @BeforeEach
    void open() throws Exception {
        reader = new StitchedReader(true);
        avro = new AvroDecoder<>(StitchedRecord.class, reader.registry.client(true));
    }

    @AfterEach
    void close() {
        reader.close();
    }

    @Test
    void recordsOfTodaysContract() {
        for (long seed = 1; seed <= 3000; seed++) {
            StitchedRecord record = StitchedRecords.random(new Random(seed));
            assertThat(reader.read(reader.bytes(record)))
                    .as("seed %d: %s", seed, record)
                    .isEqualTo(expected(record));
        }
    }

    @Test
    void recordsOfTheFirstReleaseKnowNothingOfTheIdentifierItself() throws Exception {
        Schema first = firstRelease();
        assertThat(first.getFields()).extracting(Schema.Field::name).doesNotContain("standing", "first_seen", "term");
        int id = reader.registry.add(first);
        int events = 0;
        for (long seed = 1; seed <= 1000; seed++) {
            StitchedRecord record = StitchedRecords.random(new Random(seed));
            if (record.getBody() instanceof Duplicate) {
                continue;
            }
            StitchedRead read = reader.read(written(id, first, record));
            forget(record);
            assertThat(read).as("seed %d: %s", seed, record).isEqualTo(expected(record));
            assertThat(read.observation().firstSeenMillis()).isEqualTo(ProfileChange.UNKNOWN);
            events += read.observation().event() == null ? 0 : 1;
        }
        assertThat(events).isGreaterThan(300);
    }

    @Test
    void recordsOfALaterVersionAreBroughtToTodays() throws Exception {
        String fields = "\"fields\":[";
        Schema later = new Schema.Parser()
                .parse(CURRENT.toString()
                        .replaceFirst(
                                "\"fields\":\\[",
                                "\"fields\":[{\"name\":\"region\",\"type\":\"string\",\"default\":\"eu\"},"));
        assertThat(CURRENT.toString()).contains(fields);
        int id = reader.registry.add(later);
        for (long seed = 1; seed <= 300; seed++) {
            StitchedRecord record = StitchedRecords.random(new Random(seed));
            assertThat(reader.read(written(id, later, record)))
                    .as("seed %d: %s", seed, record)
                    .isEqualTo(expected(record));
        }
    }

    @Test
    void recordsOfSeveralVersionsInTurn() throws Exception {
        int id = reader.registry.add(firstRelease());
        for (long seed = 1; seed <= 300; seed++) {
            Random random = new Random(seed);
            StitchedRecord record = StitchedRecords.random(random);
            boolean old = random.nextBoolean() && !(record.getBody() instanceof Duplicate);
            byte[] value = old ? written(id, firstRelease(), record) : reader.bytes(record);
            if (old) {
                forget(record);
            }
            assertThat(reader.read(value)).as("seed %d: %s", seed, record).isEqualTo(expected(record));
        }
    }

    @Test
    void noBytesDoAnyOtherHarmThanToBeRefused() throws Exception {
        int firstId = reader.registry.add(firstRelease());
        int currentId = reader.registry.add(CURRENT);
        int read = 0;
        int refused = 0;
        for (long seed = 1; seed <= 30_000; seed++) {
            Random random = new Random(seed);
            StitchedRecord record = StitchedRecords.random(random);
            boolean old = random.nextInt(4) == 0 && !(record.getBody() instanceof Duplicate);
            byte[] value = spoilt(old ? written(firstId, firstRelease(), record) : reader.bytes(record), random);
            System.arraycopy(header(old ? firstId : currentId), 0, value, 0, AvroEncoder.HEADER_BYTES);
            StitchedRecord decoded = null;
            try {
                decoded = avro.decode(value);
            } catch (UndecodableException e) {
            }
            StitchedRead out;
            try {
                out = reader.read(value);
            } catch (RuntimeException | OutOfMemoryError e) {
                throw new AssertionError("seed " + seed + ": " + Arrays.toString(value), e);
            }
            if (decoded != null && isWriterPossible(decoded) && !isWithoutMessageId(decoded)) {
                read++;
                assertThat(comparable(out, decoded))
                        .as("seed %d: %s", seed, Arrays.toString(value))
                        .isEqualTo(comparable(expected(decoded), decoded));
            } else {
                refused++;
                assertThat(out.observation())
                        .as("seed %d: %s", seed, Arrays.toString(value))
                        .isNull();
                assertThat(out.rejected().value()).isSameAs(value);
            }
        }
        assertThat(read).isGreaterThan(1000);
        assertThat(refused).isGreaterThan(1000);
    }

    /** Leaves what the first release had. */
    private static void forget(StitchedRecord record) {
        record.setTerm(Instant.EPOCH);
        record.setStanding(null);
        record.setFirstSeen(null);
    }

    private static boolean isWithoutMessageId(StitchedRecord record) {
        return record.getBody() instanceof AttributedEvent event
                && event.getEvent().getMessageId() == null;
    }

    /** Text that is no UTF-8 is mended when it is decoded: what is found in JSON with and without may differ. */
    private static StitchedRead comparable(StitchedRead read, StitchedRecord decoded) {
        Observation all = read.observation();
        if (all == null || all.event() == null || decoded.toString().indexOf(REPLACEMENT) < 0) {
            return read;
        }
        SeenEvent event = all.event();
        SeenEvent withoutHits = new SeenEvent(
                event.partition(),
                event.offset(),
                event.timeMillis(),
                event.messageHash(),
                event.duplicate(),
                event.arrivedMillis(),
                List.of(),
                event.type(),
                event.name());
        Observation observation = new Observation(
                all.identifier(),
                all.profileId(),
                all.previousProfileId(),
                all.firstSeenMillis(),
                all.term(),
                withoutHits,
                all.people());
        return new StitchedRead(
                read.appendedMillis(),
                read.watermarkMillis(),
                read.writer(),
                read.writers(),
                observation,
                read.rejected());
    }

    private static boolean isWriterPossible(StitchedRecord record) {
        return record.getWriter() >= 0 && record.getWriter() < record.getWriters() && record.getWriters() <= 1 << 15;
    }

    /** Some bytes changed, left out or put in behind the header. */
    private static byte[] spoilt(byte[] value, Random random) {
        int length = value.length;
        byte[] spoilt = value.clone();
        switch (random.nextInt(4)) {
            case 0 -> spoilt = Arrays.copyOf(spoilt, AvroEncoder.HEADER_BYTES + random.nextInt(length));
            case 1 -> {
                spoilt = new byte[AvroEncoder.HEADER_BYTES + random.nextInt(60)];
                random.nextBytes(spoilt);
            }
            default -> {
                for (int i = random.nextInt(3); i >= 0; i--) {
                    int at = AvroEncoder.HEADER_BYTES + random.nextInt(length - AvroEncoder.HEADER_BYTES);
                    spoilt[at] = (byte) (random.nextBoolean() ? random.nextInt(256) : random.nextInt(8));
                }
            }
        }
        return spoilt;
    }

    private StitchedRead expected(StitchedRecord record) {
        SeenEvent event = null;
        Event traits = null;
        LinkKey link = null;
        if (record.getBody() instanceof AttributedEvent body) {
            event = seen(body);
            CustomerEvent said = body.getEvent();
            traits = said.getType().equals("identify") && said.getTraits() != null ? traits(said.getTraits()) : null;
        } else if (record.getBody() instanceof Duplicate trace) {
            String partition = trace.getTopic() + '/' + trace.getPartition();
            long millis = trace.getEventTime().toEpochMilli();
            event = new SeenEvent(
                    partition, trace.getOffset(), millis, 0, true, StitchedReader.APPENDED, List.of(), null, null);
        } else if (record.getBody() instanceof Link body) {
            link = LinkKey.of(body.getFirstSeen().toEpochMilli(), record.getIdentifier(), body.getOther());
        }
        Standing standing = standing(record.getStanding());
        boolean saysNothing = traits == null && link == null && standing == null;
        Attribution people = saysNothing
                ? null
                : new Attribution(
                        record.getIdentifier(),
                        record.getProfileId(),
                        null,
                        0,
                        1,
                        "",
                        0,
                        0,
                        event == null ? 0 : event.timeMillis(),
                        traits,
                        link,
                        standing);
        Observation observation = new Observation(
                record.getIdentifier(),
                record.getProfileId(),
                standing == null ? null : standing.previousProfileId(),
                record.getFirstSeen() == null
                        ? ProfileChange.UNKNOWN
                        : record.getFirstSeen().toEpochMilli(),
                record.getTerm().toEpochMilli(),
                record.getWatermark() == null
                        ? Observation.UNKNOWN_WATERMARK
                        : record.getWatermark().toEpochMilli(),
                event,
                people);
        Instant watermark = record.getWatermark();
        return new StitchedRead(
                StitchedReader.APPENDED,
                watermark == null ? null : watermark.toEpochMilli(),
                record.getWriter(),
                record.getWriters(),
                observation,
                null);
    }

    private SeenEvent seen(AttributedEvent body) {
        CustomerEvent said = body.getEvent();
        byte[] bytes = new AvroEncoder<CustomerEvent>(CustomerEvent.getClassSchema(), 0).encode(said);
        Envelope envelope = new Envelope();
        assertThat(envelope.read(bytes, AvroEncoder.HEADER_BYTES, bytes.length)).isTrue();
        long millis = body.getEventTime().toEpochMilli();
        List<Hit> hits = new ArrayList<>();
        catalogue.read(envelope, millis, hits::add);
        return new SeenEvent(
                body.getTopic() + '/' + body.getPartition(),
                body.getOffset(),
                millis,
                MessageIds.hash(said.getMessageId()),
                false,
                StitchedReader.APPENDED,
                hits,
                DimensionValues.bounded(said.getType()),
                said.getEvent() == null ? null : DimensionValues.bounded(said.getEvent()),
                hits.stream().anyMatch(hit -> hit.metric().isSessionRows()) ? null : origins.read(envelope));
    }

    private static Event traits(String traits) {
        return new Event(
                null, "identify", null, null, null, null, null, null, null, null, null, null, traits, null, null);
    }

    private static Standing standing(dev.millrace.contract.Standing standing) {
        if (standing == null) {
            return null;
        }
        var cause = standing.getCause();
        return new Standing(
                standing.getFirstSeen().toEpochMilli(),
                standing.getSince().toEpochMilli(),
                standing.getPreviousProfileId(),
                cause == null ? null : LinkKey.of(cause.getFirstSeen().toEpochMilli(), cause.getA(), cause.getB()),
                standing.getLinksLimited());
    }

    private static Schema firstRelease() throws IOException {
        Schema.Parser parser = new Schema.Parser();
        parser.parse(Files.readString(RELEASED.resolve("CustomerEvent.v1.avsc")));
        return parser.parse(Files.readString(RELEASED.resolve("StitchedRecord.v1.avsc")));
    }

    /** A record as another version of StitchJob would have written it. */
    private static byte[] written(int id, Schema schema, StitchedRecord record) throws IOException {
        byte[] current = new AvroEncoder<StitchedRecord>(CURRENT, id).encode(record);
        GenericRecord generic = new GenericDatumReader<GenericRecord>(CURRENT, schema, GenericData.get())
                .read(
                        null,
                        DecoderFactory.get()
                                .binaryDecoder(
                                        current,
                                        AvroEncoder.HEADER_BYTES,
                                        current.length - AvroEncoder.HEADER_BYTES,
                                        null));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(header(id));
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
        new GenericDatumWriter<GenericRecord>(schema, GenericData.get()).write(generic, encoder);
        encoder.flush();
        return bytes.toByteArray();
    }

    private static byte[] header(int id) {
        return ByteBuffer.allocate(AvroEncoder.HEADER_BYTES)
                .put(AvroEncoder.MAGIC)
                .putInt(id)
                .array();
    }
}
