package dev.millrace.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.millrace.contract.AttributedEvent;
import dev.millrace.contract.Duplicate;
import dev.millrace.contract.JoiningLink;
import dev.millrace.contract.Link;
import dev.millrace.contract.RejectedRecord;
import dev.millrace.contract.StitchedRecord;
import dev.millrace.core.catalogue.Hit;
import dev.millrace.core.event.Event;
import dev.millrace.core.event.MessageIds;
import dev.millrace.core.event.RejectionReason;
import dev.millrace.core.identity.Attribution;
import dev.millrace.core.identity.LinkKey;
import dev.millrace.core.identity.Standing;
import dev.millrace.core.metric.Observation;
import dev.millrace.core.metric.Observation.SeenEvent;
import dev.millrace.core.metric.ProfileChange;
import dev.millrace.runtime.binary.BinaryType;
import dev.millrace.runtime.binary.TestCatalogue;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StitchedDeserializerTest {
    private static final Instant TIME = Instant.ofEpochMilli(1_700_000_000_123L);
    private static final long MILLIS = TIME.toEpochMilli();
    private static final Event BOUGHT = event("track", "Bought", "{\"price\": 12.5}", null);
    private static final Event IDENTIFIED = event("identify", null, null, "{\"name\":\"Ädä\"}");

    private StitchedReader reader;

    @BeforeEach
    void open() throws Exception {
        reader = new StitchedReader(false);
    }

    @AfterEach
    void close() {
        reader.close();
    }

    @Test
    void anEventComesAsWhatItIsToTheMetrics() {
        StitchedRecord record = record(attributed(BOUGHT));
        record.setWatermark(TIME.minusMillis(9));
        record.setWriter(1);
        record.setWriters(2);
        record.setFirstSeen(TIME.minusMillis(5));
        StitchedRead read = reader.read(reader.bytes(record));

        assertThat(read.watermarkMillis()).isEqualTo(MILLIS - 9);
        assertThat(read.writer()).isEqualTo(1);
        assertThat(read.writers()).isEqualTo(2);
        assertThat(read.rejected()).isNull();
        Observation observation = read.observation();
        assertThat(observation.identifier()).isEqualTo("email:e");
        assertThat(observation.profileId()).isEqualTo("p");
        assertThat(observation.previousProfileId()).isNull();
        assertThat(observation.firstSeenMillis()).isEqualTo(MILLIS - 5);
        assertThat(observation.people()).as("nothing is said of people").isNull();
        SeenEvent event = observation.event();
        assertThat(event.partition()).isEqualTo("raw/3");
        assertThat(event.offset()).isEqualTo(1L << 40);
        assertThat(event.timeMillis()).isEqualTo(MILLIS);
        assertThat(event.arrivedMillis()).isEqualTo(StitchedReader.APPENDED);
        assertThat(event.messageHash()).isEqualTo(MessageIds.hash("m"));
        assertThat(event.duplicate()).isFalse();
        assertThat(event.type()).as("journeys are not kept").isNull();
        assertThat(event.name()).isNull();
        assertThat(event.hits())
                .contains(
                        new Hit(TestCatalogue.metric("revenue"), "[\"web\"]", 12_500_000, 0, null),
                        new Hit(TestCatalogue.metric("priced"), "[\"track\",\"Bought\"]", 0, 0, null),
                        new Hit(TestCatalogue.metric("buying"), "[\"web\"]", 0, 0b10, null))
                .extracting(hit -> hit.metric().name())
                .containsExactly("events", "priced", "revenue", "basket", "visitors", "visits", "buying", "(sessions)");
    }

    @Test
    void whereJourneysAreKeptAnEventComesWithItsTypeAndName() throws Exception {
        try (StitchedReader journeys = new StitchedReader(true)) {
            SeenEvent bought = journeys.read(journeys.bytes(record(attributed(BOUGHT))))
                    .observation()
                    .event();
            assertThat(bought.type()).isEqualTo("track");
            assertThat(bought.name()).isEqualTo("Bought");
            assertThat(bought.origin()).as("said by the session that it makes").isNull();
            SeenEvent identified = journeys.read(journeys.bytes(record(attributed(IDENTIFIED))))
                    .observation()
                    .event();
            assertThat(identified.type()).isEqualTo("identify");
            assertThat(identified.name()).isNull();
            assertThat(identified.origin()).isEqualTo("[\"web\",null,\"/\"]");
        }
    }

    @Test
    void howLongItTookFromReceiptOnIsTold() {
        reader.read(reader.bytes(record(attributed(BOUGHT))));
        reader.read(reader.bytes(record(new Duplicate("raw", 3, 4L, TIME))));
        assertThat(reader.receivedToStitched.getStatistics().getValues()).containsExactly(StitchedReader.APPENDED - 3);
    }

    @Test
    void aFieldThatAMetricCantReadIsCounted() {
        reader.read(reader.bytes(record(attributed(BOUGHT))));
        assertThat(reader.fieldsUnreadable.getCount()).isZero();
        reader.read(reader.bytes(record(attributed(event("track", "Bought", "{\"price\": 12.5", null)))));
        assertThat(reader.fieldsUnreadable.getCount()).isEqualTo(1);
    }

    @Test
    void aDuplicateIsAnEventThatIsNothingToAnyMetric() {
        StitchedRecord record = record(new Duplicate("raw", 3, 4L, TIME));
        record.setFirstSeen(TIME.minusMillis(5));
        SeenEvent trace = new SeenEvent("raw/3", 4, MILLIS, 0, true, StitchedReader.APPENDED, List.of(), null, null);
        assertThat(read(record)).isEqualTo(new Observation("email:e", "p", null, MILLIS - 5, 0, trace, null));

        record.setStanding(new dev.millrace.contract.Standing(TIME, TIME, null, null, false));
        Attribution people = people(MILLIS, null, null, new Standing(MILLIS, MILLIS, null, null, false));
        assertThat(read(record)).isEqualTo(new Observation("email:e", "p", null, MILLIS - 5, 0, trace, people));
    }

    @Test
    void anIdentifyEventComesWithItsTraitsAndNothingElseOfIt() {
        Observation observation = read(record(attributed(IDENTIFIED)));
        assertThat(observation.event().messageHash()).isEqualTo(MessageIds.hash("m"));
        Event traits = new Event(
                null,
                "identify",
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                "{\"name\":\"Ädä\"}",
                null,
                null);
        assertThat(observation.people()).isEqualTo(people(MILLIS, traits, null, null));
        assertThat(read(record(attributed(event("identify", null, null, null)))).people())
                .as("without traits")
                .isNull();
        assertThat(read(record(attributed(event("IDENTIFY", null, null, "{}")))).people())
                .as("of another type")
                .isNull();
    }

    @Test
    void aLinkComesWithItsEndsInOrder() {
        for (String other : List.of("anonymous_id:a", "user_id:u")) {
            LinkKey link = LinkKey.of(MILLIS, "email:e", other);
            assertThat(read(record(new Link(other, TIME)))).isEqualTo(plain(null, people(0, null, link, null)));
        }
    }

    @Test
    void aStandingComesWithAndWithoutWhatItMayLack() {
        StitchedRecord record = record(null);
        assertThat(read(record)).isEqualTo(plain(null, null));
        record.setStanding(new dev.millrace.contract.Standing(
                TIME, TIME.plusMillis(2), "q", new JoiningLink("email:e", "user_id:u", TIME.plusMillis(1)), true));
        LinkKey cause = new LinkKey(MILLIS + 1, "email:e", "user_id:u");
        Standing moved = new Standing(MILLIS, MILLIS + 2, "q", cause, true);
        assertThat(read(record)).isEqualTo(plain("q", people(0, null, null, moved)));
        record.setStanding(new dev.millrace.contract.Standing(TIME, TIME, null, null, false));
        Standing first = new Standing(MILLIS, MILLIS, null, null, false);
        assertThat(read(record)).isEqualTo(plain(null, people(0, null, null, first)));
    }

    @Test
    void partitionsThatAreAgainAndAgainTheSameAreOneText() {
        AttributedEvent body = attributed(BOUGHT);
        for (int partition : new int[] {3, 0, 3, 40_000, -1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            body.setPartition(partition);
            SeenEvent first = read(record(body)).event();
            SeenEvent second = read(record(body)).event();
            assertThat(first.partition()).isEqualTo("raw/" + partition);
            assertThat(second.partition()).isEqualTo("raw/" + partition);
            if (partition >= 0 && partition < 100) {
                assertThat(second.partition()).isSameAs(first.partition());
            }
        }
    }

    @Test
    void whatCanNotBeReadComesOutWithTheReasonAndItsBytes() {
        byte[] value = {1, 2};
        StitchedRead read = reader.read(value);
        assertThat(read.rejected().topic()).isEqualTo(StitchedReader.TOPIC);
        assertThat(read.rejected().partition()).isEqualTo(StitchedReader.PARTITION);
        assertThat(read.rejected().offset()).isEqualTo(StitchedReader.OFFSET);
        assertThat(read.rejected().recordMillis()).isEqualTo(StitchedReader.APPENDED);
        assertThat(read.rejected().key()).isEqualTo(StitchedReader.KEY);
        assertThat(read.rejected().value()).isEqualTo(value);
        assertThat(read.rejected().stage()).isEqualTo("measure");
        assertThat(reason(value)).isEqualTo(RejectionReason.MALFORMED);
        assertThat(reason(null)).isEqualTo(RejectionReason.EMPTY);
        assertThat(reason(new byte[] {0, 0, 0, 0, 99, 1})).isEqualTo(RejectionReason.UNKNOWN_SCHEMA);
        byte id = (byte) reader.registry.add(RejectedRecord.getClassSchema());
        assertThat(reason(new byte[] {0, 0, 0, 0, id, 1})).isEqualTo(RejectionReason.UNKNOWN_SCHEMA);
    }

    @Test
    void aWriterThatThereCanNotBeIsMalformed() {
        StitchedRecord record = record(null);
        for (int[] writer :
                new int[][] {{1, 1}, {-1, 1}, {0, 0}, {0, -1}, {0, (1 << 15) + 1}, {Integer.MAX_VALUE, 2}}) {
            record.setWriter(writer[0]);
            record.setWriters(writer[1]);
            assertThat(reason(reader.bytes(record)))
                    .as("writer %d of %d", writer[0], writer[1])
                    .isEqualTo(RejectionReason.MALFORMED);
        }
        record.setWriter((1 << 15) - 1);
        record.setWriters(1 << 15);
        assertThat(reader.read(reader.bytes(record)).writers()).isEqualTo(1 << 15);
    }

    @Test
    void aRecordThatIsCutOffAnywhereOrGoesOnIsMalformed() {
        for (StitchedRecord record : StitchedRecords.random(new Random(11), 20)) {
            byte[] whole = reader.bytes(record);
            for (int length = 0; length < whole.length; length++) {
                assertThat(reason(Arrays.copyOf(whole, length)))
                        .as("%d bytes of %s", length, record)
                        .isEqualTo(RejectionReason.MALFORMED);
            }
            assertThat(reason(Arrays.copyOf(whole, whole.length + 1))).isEqualTo(RejectionReason.MALFORMED);
            assertThat(reader.read(whole).rejected()).isNull();
        }
    }

    @Test
    void aSchemaIsAskedForOnce() {
        byte[] value = reader.bytes(record(attributed(BOUGHT)));
        for (int i = 0; i < 5; i++) {
            assertThat(reader.read(value).rejected()).isNull();
        }
        assertThat(reader.registry.requests()).hasSize(1);
    }

    @Test
    void aRegistryThatIsAwayIsNoFaultOfTheRecord() {
        byte[] value = reader.bytes(record(null));
        reader.registry.close();
        assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(() -> reader.read(value));
    }

    @Test
    void itMakesWhatItsTypeSays() {
        assertThat(new StitchedDeserializer(reader.registry.options(true), TestCatalogue.READABLE, null)
                        .getProducedType())
                .isEqualTo(BinaryType.stitchedRead(TestCatalogue.READABLE.catalogue()));
    }

    private static Event event(String type, String name, String properties, String traits) {
        return new Event(
                "m",
                type,
                name,
                "u",
                "a",
                null,
                null,
                "web",
                1L,
                2L,
                3L,
                properties,
                traits,
                "{\"page\":{\"path\":\"/\"}}",
                null);
    }

    private static AttributedEvent attributed(Event event) {
        return new AttributedEvent("raw", 3, 1L << 40, TIME, EventContract.toContract(event));
    }

    private static StitchedRecord record(Object body) {
        return new StitchedRecord("email:e", "p", null, 0, 1, body, null, null, Instant.EPOCH);
    }

    private static Observation plain(String previousProfileId, Attribution people) {
        return new Observation("email:e", "p", previousProfileId, ProfileChange.UNKNOWN, 0, null, people);
    }

    private static Attribution people(long timeMillis, Event event, LinkKey link, Standing standing) {
        return new Attribution("email:e", "p", null, 0, 1, "", 0, 0, timeMillis, event, link, standing);
    }

    private Observation read(StitchedRecord record) {
        StitchedRead read = reader.read(reader.bytes(record));
        assertThat(read.rejected()).isNull();
        return read.observation();
    }

    private RejectionReason reason(byte[] value) {
        StitchedRead read = reader.read(value);
        assertThat(read.observation()).isNull();
        return read.rejected().reason();
    }
}
