package dev.millrace.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.millrace.core.event.Event;
import dev.millrace.core.event.Rejected;
import dev.millrace.core.event.RejectionReason;
import dev.millrace.core.identity.Attribution;
import dev.millrace.core.identity.LinkKey;
import dev.millrace.core.identity.ProfileId;
import dev.millrace.core.identity.Standing;
import dev.millrace.core.metric.Leaf;
import dev.millrace.core.metric.MetricRow;
import dev.millrace.core.metric.PresenceDelta;
import dev.millrace.core.metric.Total;
import dev.millrace.core.metric.TotalDelta;
import dev.millrace.core.people.IdentifierRow;
import dev.millrace.core.people.ProfileMerge;
import dev.millrace.core.people.Sighting;
import dev.millrace.core.people.Trait;
import dev.millrace.runtime.config.ConfigFile;
import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.runtime.kafka.StitchedRead;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.types.PojoTestUtils;
import org.junit.jupiter.api.Test;

class MeasurePipelineTest {
    private static final MillraceConfig CONFIG = ConfigFile.load(Path.of("src/test/resources/millrace.yaml"));
    private static final long HOUR = Duration.ofHours(1).toMillis();

    @Test
    void whatFlowsAndWhatIsKeptIsSerializedWithoutKryo() {
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(StitchedRead.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(Attribution.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(TotalDelta.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(PresenceDelta.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(PresenceDelta.Key.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(MetricRow.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(Leaf.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(Total.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(Sighting.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(IdentifierRow.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(LinkKey.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(ProfileMerge.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(Trait.class);
    }

    @Test
    void rowsHoldEventsByNameAndPeopleAWindow() throws Exception {
        List<StitchedRead> input = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            input.add(read("user_id:" + i % 10, "profile-" + i % 10, i, i % 3 == 0 ? "Bought" : "Seen", i % 2 * HOUR));
        }
        input.addAll(List.copyOf(input.subList(0, 100)));
        // Two of the ten turn out to be one person.
        input.add(new StitchedRead(0, new Attribution("user_id:3", "profile-4", null, 0, 1, "", 0, 0, 0, null), null));
        input.add(new StitchedRead(
                0, null, new Rejected("s", 0, 1, 0, null, null, "measure", RejectionReason.MALFORMED, "broken")));

        StreamExecutionEnvironment environment = environment();
        MeasurePipeline pipeline = pipeline(environment, input);
        Iterator<MetricRow> rows = pipeline.rows().collectAsync();
        Iterator<Rejected> rejected = pipeline.rejected().collectAsync();
        environment.executeAsync();

        Map<String, Double> store = new TreeMap<>();
        rows.forEachRemaining(row -> store.put(
                row.metric() + " " + row.windowSize() + " " + row.windowStartMillis() / HOUR + " " + row.dimensions(),
                row.value()));
        assertThat(store)
                .containsEntry("events 1d 0 {\"type\":\"track\",\"event\":\"Bought\"}", 100.0)
                .containsEntry("events 1d 0 {\"type\":\"track\",\"event\":\"Seen\"}", 200.0)
                .containsEntry("events 1h 0 {\"type\":\"track\",\"event\":\"Bought\"}", 50.0)
                .containsEntry("events 1m 1 {\"type\":\"track\",\"event\":\"Seen\"}", 100.0)
                .containsEntry("unique_profiles 1d 0 {}", 9.0)
                .containsEntry("unique_profiles 1h 0 {}", 5.0)
                .containsEntry("unique_profiles 1h 1 {}", 5.0);
        List<Rejected> dead = new ArrayList<>();
        rejected.forEachRemaining(dead::add);
        assertThat(dead).hasSize(1);
    }

    @Test
    void rowsOfPeopleFollowTheLogOfEachIdentifier() throws Exception {
        String device = "anonymous_id:d";
        LinkKey link = LinkKey.of(HOUR, device, "user_id:u");
        List<StitchedRead> input = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            input.add(told(device, ProfileId.ledBy(device), (long) i, "track", null, null, null));
        }
        Standing joined = new Standing(0, HOUR, ProfileId.ledBy(device), link, false);
        input.add(told("user_id:u", "of-u", HOUR, "identify", "{\"name\":\"Ada\"}", null, null));
        input.add(told("user_id:u", "of-u", null, null, null, link, null));
        input.add(told(device, "of-u", null, null, null, link, joined));
        input.add(told(device, "of-u", 2 * HOUR, "track", null, null, null));
        input.addAll(List.copyOf(input));

        StreamExecutionEnvironment environment = environment();
        MeasurePipeline pipeline = pipeline(environment, input);
        Iterator<IdentifierRow> identifiers = pipeline.identifiers().collectAsync();
        Iterator<LinkKey> links = pipeline.links().collectAsync();
        Iterator<ProfileMerge> merges = pipeline.merges().collectAsync();
        Iterator<Trait> traits = pipeline.traits().collectAsync();
        environment.executeAsync();

        Map<String, List<IdentifierRow>> log = new TreeMap<>();
        identifiers.forEachRemaining(row ->
                log.computeIfAbsent(row.identifier(), key -> new ArrayList<>()).add(row));
        assertThat(log.get(device).get(0)).isEqualTo(new IdentifierRow(device, "of-u", 0, HOUR, HOUR, false));
        assertThat(log.get(device))
                .last()
                .isEqualTo(new IdentifierRow(device, "of-u", 2 * HOUR, 2 * HOUR, null, false));
        assertThat(log.get("user_id:u"))
                .containsExactly(new IdentifierRow("user_id:u", "of-u", HOUR, HOUR, null, false));
        assertThat(links).toIterable().containsOnly(link);
        assertThat(merges)
                .toIterable()
                .extracting(ProfileMerge::profileId, ProfileMerge::intoProfileId, ProfileMerge::cause)
                .containsOnly(tuple(ProfileId.ledBy(device), "of-u", link));
        assertThat(traits).toIterable().containsOnly(new Trait("user_id:u", "name", "\"Ada\"", HOUR));
    }

    private static StitchedRead told(
            String identifier,
            String profile,
            Long timeMillis,
            String type,
            String traits,
            LinkKey link,
            Standing standing) {
        Event event = type == null
                ? null
                : new Event(
                        "m",
                        type,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        timeMillis,
                        null,
                        null,
                        null,
                        traits,
                        null,
                        null);
        long time = timeMillis == null ? 0 : timeMillis;
        return new StitchedRead(
                0, new Attribution(identifier, profile, null, 0, 1, "raw", 0, time, time, event, link, standing), null);
    }

    private static StreamExecutionEnvironment environment() {
        Configuration configuration = new Configuration();
        configuration.set(PipelineOptions.GENERIC_TYPES, false);
        return StreamExecutionEnvironment.createLocalEnvironment(2, configuration);
    }

    private static MeasurePipeline pipeline(StreamExecutionEnvironment environment, List<StitchedRead> input) {
        return MeasurePipeline.define(
                environment
                        .fromData(StitchedRead.class, input.toArray(StitchedRead[]::new))
                        // As in the topic: the records of one identifier stay in their order.
                        .partitionCustom(
                                (identifier, partitions) -> Math.floorMod(identifier.hashCode(), partitions),
                                read -> read.attribution() == null
                                        ? ""
                                        : read.attribution().identifier()),
                CONFIG.measure(),
                CONFIG.stitch());
    }

    private static StitchedRead read(String leaf, String profile, long offset, String name, long timeMillis) {
        Event event = new Event(
                "m" + offset,
                "track",
                name,
                null,
                null,
                null,
                null,
                null,
                timeMillis,
                null,
                null,
                null,
                null,
                null,
                null);
        return new StitchedRead(
                0, new Attribution(leaf, profile, null, 0, 1, "raw", 0, offset, timeMillis, event), null);
    }
}
