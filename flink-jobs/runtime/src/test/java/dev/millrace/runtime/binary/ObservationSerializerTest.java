package dev.millrace.runtime.binary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.millrace.core.catalogue.Catalogue;
import dev.millrace.core.catalogue.DimensionValues;
import dev.millrace.core.catalogue.Hit;
import dev.millrace.core.catalogue.Metric;
import dev.millrace.core.event.Event;
import dev.millrace.core.event.Rejected;
import dev.millrace.core.event.RejectionReason;
import dev.millrace.core.identity.Attribution;
import dev.millrace.core.identity.LinkKey;
import dev.millrace.core.identity.Standing;
import dev.millrace.core.metric.Observation;
import dev.millrace.core.metric.Observation.SeenEvent;
import dev.millrace.core.metric.ProfileChange;
import dev.millrace.runtime.kafka.StitchedRead;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.junit.jupiter.api.Test;

class ObservationSerializerTest {
    private static final Catalogue CATALOGUE = TestCatalogue.READABLE.catalogue();
    private static final TypeInformation<Observation> OBSERVATION = BinaryType.observation(CATALOGUE);
    private static final TypeInformation<StitchedRead> READ = BinaryType.stitchedRead(CATALOGUE);
    private static final LinkKey LINK = new LinkKey(7, "anonymous_id:ä", "user_id:u");

    @Test
    void observationsComeOutAsTheyWentInAndWithTheMetricsOfTheOtherEnd() {
        for (long seed = 1; seed <= 100; seed++) {
            Observation observation = observation(new Random(seed));
            assertThat(RoundTrip.throughNetwork(OBSERVATION, observation))
                    .as("seed %d", seed)
                    .isEqualTo(observation);
        }
    }

    @Test
    void manyInARowShareNothing() {
        TypeSerializer<Observation> serializer = RoundTrip.serializer(OBSERVATION);
        Random random = new Random(3);
        for (int i = 0; i < 100; i++) {
            Observation observation = observation(random);
            assertThat(RoundTrip.read(serializer, RoundTrip.bytes(serializer, observation)))
                    .as("the %dth", i)
                    .isEqualTo(observation);
        }
    }

    @Test
    void traitsMayBeLongerThanJavaWritesTexts() {
        Event traits = withTraits("{\"a\":\"" + "ä😀".repeat(40_000) + "\"}");
        Observation observation = new Observation(
                "user_id:u",
                "p",
                null,
                1,
                0,
                null,
                new Attribution("user_id:u", "p", null, 0, 1, "", 0, 0, 5, traits, null, null));
        assertThat(RoundTrip.throughNetwork(OBSERVATION, observation)).isEqualTo(observation);
    }

    @Test
    void aMetricThatTheCatalogueDoesNotHaveIsABug() {
        TypeSerializer<Observation> other = RoundTrip.serializer(BinaryType.observation(new Catalogue(List.of())));
        Hit hit = new Hit(TestCatalogue.metric("events"), DimensionValues.NONE, 0, 0, null);
        SeenEvent event = new SeenEvent("raw/0", 1, 2, 3, false, 4, List.of(hit), null, null);
        Observation observation = new Observation("user_id:u", "p", null, 1, 0, event, null);
        assertThatIllegalStateException()
                .isThrownBy(() -> RoundTrip.bytes(other, observation))
                .withMessage("metric events is not in the catalogue");
    }

    @Test
    void recordsComeOutAsTheyWentIn() {
        for (long seed = 1; seed <= 100; seed++) {
            Random random = new Random(seed);
            Long watermark = random.nextBoolean() ? null : Long.valueOf(random.nextLong(1L << 45));
            StitchedRead read = new StitchedRead(
                    random.nextLong(), watermark, random.nextInt(9), random.nextInt(9), observation(random), null);
            assertThat(RoundTrip.throughNetwork(READ, read)).as("seed %d", seed).isEqualTo(read);
        }
    }

    @Test
    void rejectedRecordsKeepTheirBytesAndReason() {
        byte[] value = new byte[100_000];
        new Random(1).nextBytes(value);
        for (RejectionReason reason : RejectionReason.values()) {
            for (Rejected rejected : List.of(
                    new Rejected("millrace.stitched", 1, 1L << 40, 5, new byte[] {1}, value, "measure", reason, "Why."),
                    new Rejected("millrace.stitched", 1, 2, -1, null, null, "measure", reason, ""))) {
                StitchedRead read = new StitchedRead(7, null, 0, 1, null, rejected);
                assertThat(RoundTrip.throughNetwork(READ, read))
                        .usingRecursiveComparison()
                        .isEqualTo(read);
            }
        }
    }

    @Test
    void aSnapshotIsCompatibleWhateverTheCatalogue() {
        TypeSerializer<Observation> observations = RoundTrip.serializer(OBSERVATION);
        assertThat(observations
                        .snapshotConfiguration()
                        .resolveSchemaCompatibility(RoundTrip.restored(observations))
                        .isCompatibleAsIs())
                .isTrue();
        TypeSerializer<StitchedRead> reads = RoundTrip.serializer(READ);
        assertThat(reads.snapshotConfiguration()
                        .resolveSchemaCompatibility(RoundTrip.restored(reads))
                        .isCompatibleAsIs())
                .isTrue();
    }

    private static Observation observation(Random random) {
        String identifier = "user_id:" + random.nextInt(3);
        String profileId = "p" + random.nextInt(3);
        long time = random.nextLong(1L << 45);
        SeenEvent event = random.nextInt(4) == 0 ? null : event(random, time);
        return new Observation(
                identifier,
                profileId,
                random.nextBoolean() ? null : "before",
                random.nextBoolean() ? ProfileChange.UNKNOWN : -time,
                0,
                random.nextBoolean() ? Observation.UNKNOWN_WATERMARK : time + 1,
                event,
                random.nextBoolean() ? null : people(random, identifier, profileId, event == null ? 0 : time));
    }

    private static SeenEvent event(Random random, long time) {
        List<Hit> hits = new ArrayList<>();
        for (Metric metric : CATALOGUE.metrics()) {
            if (random.nextBoolean()) {
                hits.add(new Hit(
                        metric,
                        DimensionValues.text("\u0000\uD83D😀".repeat(random.nextInt(60)), null),
                        random.nextLong(),
                        random.nextInt(),
                        random.nextBoolean() ? null : "/ä"));
            }
        }
        return new SeenEvent(
                "raw/" + random.nextInt(3),
                random.nextLong(),
                time,
                random.nextLong(),
                random.nextBoolean(),
                random.nextLong(),
                hits,
                random.nextBoolean() ? null : "track",
                random.nextBoolean() ? null : "Bought ä",
                random.nextBoolean() ? null : DimensionValues.text("wäb", null, "/"));
    }

    private static Attribution people(Random random, String identifier, String profileId, long time) {
        LinkKey cause = random.nextBoolean() ? null : LINK;
        Standing standing = random.nextBoolean()
                ? null
                : new Standing(
                        random.nextLong(),
                        random.nextLong(),
                        random.nextBoolean() ? null : "before",
                        cause,
                        random.nextBoolean());
        Event event = random.nextBoolean() ? null : withTraits(random.nextBoolean() ? null : "{\"a\":\"ä😀\"}");
        LinkKey link = random.nextBoolean() ? null : LINK;
        return new Attribution(identifier, profileId, null, 0, 1, "", 0, 0, time, event, link, standing);
    }

    private static Event withTraits(String traits) {
        return new Event(
                null, "identify", null, null, null, null, null, null, null, null, null, null, traits, null, null);
    }
}
