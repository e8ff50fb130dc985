package dev.millrace.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.core.catalogue.MetricDefinition;
import dev.millrace.core.catalogue.ReadableCatalogue;
import dev.millrace.core.catalogue.SessionRows;
import dev.millrace.core.event.Event;
import dev.millrace.core.event.Rejected;
import dev.millrace.core.event.RejectionReason;
import dev.millrace.core.identity.Attribution;
import dev.millrace.core.identity.LinkKey;
import dev.millrace.core.identity.ProfileId;
import dev.millrace.core.identity.Standing;
import dev.millrace.core.metric.InMemory;
import dev.millrace.core.metric.Observation;
import dev.millrace.core.oracle.MetricsOracle;
import dev.millrace.core.oracle.OracleEvent;
import dev.millrace.core.oracle.RandomCatalogue;
import dev.millrace.core.oracle.RandomShop;
import dev.millrace.core.people.IdentifierRow;
import dev.millrace.core.people.ProfileMerge;
import dev.millrace.core.people.Trait;
import dev.millrace.core.store.MetricRow;
import dev.millrace.core.store.ProgressRow;
import dev.millrace.core.store.RecentEventRow;
import dev.millrace.core.store.SessionRow;
import dev.millrace.measure.History.Step;
import dev.millrace.measure.contribute.Sighted;
import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.runtime.config.MillraceConfig.MeasureOptions;
import dev.millrace.runtime.kafka.DeadLetter;
import dev.millrace.runtime.kafka.StitchedRead;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.api.dag.Transformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.transformations.OneInputTransformation;
import org.apache.flink.types.PojoTestUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MeasurePipelineTest {
    private static final long HOUR = Duration.ofHours(1).toMillis();
    private static final DeadLetter LETTER = new DeadLetter("raw/0/refine", 1, "malformed", HOUR);

    @Test
    void whatFlowsWithoutASerializerOfItsOwnIsSerializedWithoutKryo() {
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(DeadLetter.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(Sighted.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(MetricRow.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(ProgressRow.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(SessionRow.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(RecentEventRow.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(IdentifierRow.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(LinkKey.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(ProfileMerge.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(Trait.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(Rejected.class);
    }

    @Test
    void everyStageHasAUidThatStays() {
        MeasurePipeline pipeline = Pipelines.define(
                Pipelines.environment(), List.of(read(Records.move("user_id:u", "p", 0))), LETTER, Pipelines.DEFAULTS);
        Set<String> uids = new HashSet<>();
        for (DataStream<?> stream : List.of(
                pipeline.rows(),
                pipeline.progress(),
                pipeline.sessions(),
                pipeline.recentEvents(),
                pipeline.identifiers(),
                pipeline.links(),
                pipeline.merges(),
                pipeline.traits(),
                pipeline.rejected())) {
            for (Transformation<?> stage : stream.getTransformation().getTransitivePredecessors()) {
                if (stage instanceof OneInputTransformation) {
                    uids.add(String.valueOf(stage.getUid()));
                }
            }
        }
        assertThat(uids).containsExactlyInAnyOrder("admit", "contribute", "attribute", "rejections", "total", "people");
    }

    @Test
    void linksComeToTheirWriterByNoKeyOfFlinks() {
        MeasurePipeline pipeline = Pipelines.define(
                Pipelines.environment(), List.of(read(Records.move("user_id:u", "p", 0))), LETTER, Pipelines.DEFAULTS);
        assertThat(pipeline.links())
                .as("behind a keyed stream it would have a state backend, with nothing in it to save")
                .isNotInstanceOf(KeyedStream.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void rowsAreThoseOfAFromScratchComputationAtEachPrefix(long seed) throws Exception {
        Random random = new Random(seed);
        ObjectNode sessions = null;
        ArrayNode metrics = null;
        ReadableCatalogue catalogue = null;
        while (catalogue == null) {
            sessions = RandomCatalogue.sessions(random);
            metrics = RandomCatalogue.metrics(random, 7);
            catalogue = InMemory.catalogue(metrics, sessions, ZoneOffset.UTC);
        }
        List<OracleEvent> events = RandomShop.events(random, 150, RandomShop.people(random));
        List<Step> steps = History.of(random, catalogue, events, came -> 0).stream()
                .filter(step -> step.record() != null)
                .toList();
        for (int prefix = 0; prefix < 3; prefix++) {
            check(steps.subList(0, 1 + random.nextInt(steps.size())), metrics, sessions);
        }
        check(steps, metrics, sessions);
    }

    private static void check(List<Step> steps, ArrayNode metrics, ObjectNode sessions) throws Exception {
        StreamExecutionEnvironment environment = Pipelines.environment();
        MeasurePipeline pipeline = Pipelines.define(
                environment,
                steps.stream().map(step -> read(step.record())).toList(),
                LETTER,
                config(metrics, sessions));
        Iterator<MetricRow> rows = pipeline.rows().collectAsync();
        Iterator<SessionRow> sessionRows = pipeline.sessions().collectAsync();
        Iterator<RecentEventRow> recent = pipeline.recentEvents().collectAsync();
        environment.executeAsync();

        StoreInMemory store = new StoreInMemory();
        rows.forEachRemaining(store::write);
        sessionRows.forEachRemaining(store::write);
        List<OracleEvent> attributed = History.events(steps);
        assertThat(store.rows(Long.MIN_VALUE))
                .as("after %d records", steps.size())
                .isEqualTo(MetricsOracle.rows(attributed, metrics, ZoneOffset.UTC));
        assertThat(store.sessions()).containsExactlyInAnyOrderElementsOf(MetricsOracle.sessions(attributed, sessions));
        assertThat(recent)
                .toIterable()
                .extracting(RecentEventRow::identifier, RecentEventRow::eventTimeMillis)
                .containsExactlyInAnyOrderElementsOf(attributed.stream()
                        .map(event -> tuple(event.leaf(), event.timeMillis()))
                        .toList());
    }

    @Test
    void whatCanNotBeReadIsTurnedAwayAndDeadLettersAreCounted() throws Exception {
        Rejected broken =
                new Rejected("s", 0, 1, 0, new byte[0], new byte[] {1}, "measure", RejectionReason.MALFORMED, "broken");
        StreamExecutionEnvironment environment = Pipelines.environment();
        MeasurePipeline pipeline = Pipelines.define(
                environment,
                List.of(
                        read(Records.move("user_id:u", "p", 0)),
                        new StitchedRead(0, null, 0, 1, null, broken),
                        new StitchedRead(0, null, 0, 1, null, broken)),
                LETTER,
                Pipelines.DEFAULTS);
        Iterator<MetricRow> rows = pipeline.rows().collectAsync();
        Iterator<Rejected> rejected = pipeline.rejected().collectAsync();
        environment.executeAsync();

        assertThat(rejected).toIterable().extracting(Rejected::message).containsExactly("broken", "broken");
        assertThat(rows)
                .toIterable()
                .filteredOn(row -> row.metric().equals("data_health"))
                .extracting(
                        MetricRow::windowSize, MetricRow::windowStartMillis, MetricRow::dimensions, MetricRow::value)
                .containsExactlyInAnyOrder(
                        tuple("1h", HOUR, "{\"signal\":\"rejected\",\"reason\":\"malformed\"}", 1.0),
                        tuple("1d", 0L, "{\"signal\":\"rejected\",\"reason\":\"malformed\"}", 1.0));
    }

    @Test
    void rowsOfPeopleFollowTheLogOfEachIdentifier() throws Exception {
        String device = "anonymous_id:d";
        LinkKey link = LinkKey.of(HOUR, device, "user_id:u");
        List<StitchedRead> input = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            input.add(told(device, ProfileId.ledBy(device), (long) i, null, null, null));
        }
        Standing joined = new Standing(0, HOUR, ProfileId.ledBy(device), link, false);
        input.add(told("user_id:u", "of-u", HOUR, "{\"name\":\"Ada\"}", null, null));
        input.add(told("user_id:u", "of-u", null, null, link, null));
        input.add(told(device, "of-u", null, null, link, joined));
        input.add(told(device, "of-u", 2 * HOUR, null, null, null));
        input.add(told(device, "of-u", 2 * HOUR + 1, null, null, null));
        input.addAll(List.copyOf(input));

        StreamExecutionEnvironment environment = Pipelines.environment();
        MeasurePipeline pipeline = Pipelines.define(environment, input, LETTER, Pipelines.DEFAULTS);
        Iterator<IdentifierRow> identifiers = pipeline.identifiers().collectAsync();
        Iterator<LinkKey> links = pipeline.links().collectAsync();
        Iterator<ProfileMerge> merges = pipeline.merges().collectAsync();
        Iterator<Trait> traits = pipeline.traits().collectAsync();
        environment.executeAsync();

        Map<String, List<IdentifierRow>> log = new TreeMap<>();
        identifiers.forEachRemaining(row ->
                log.computeIfAbsent(row.identifier(), key -> new ArrayList<>()).add(row));
        IdentifierRow moved = new IdentifierRow(device, "of-u", 0, HOUR, HOUR, false, false);
        assertThat(log.get(device))
                .as("once an hour of event time, and whenever it moves; new but once")
                .containsExactly(
                        new IdentifierRow(device, ProfileId.ledBy(device), 0, 0, null, false, true),
                        moved,
                        new IdentifierRow(device, "of-u", 0, 2 * HOUR, null, false, false),
                        moved);
        assertThat(log.get("user_id:u"))
                .containsExactly(new IdentifierRow("user_id:u", "of-u", HOUR, HOUR, null, false, true));
        assertThat(links).toIterable().containsOnly(link);
        assertThat(merges)
                .toIterable()
                .extracting(ProfileMerge::profileId, ProfileMerge::intoProfileId, ProfileMerge::cause)
                .containsOnly(tuple(ProfileId.ledBy(device), "of-u", link));
        assertThat(traits)
                .toIterable()
                .containsOnly(
                        new Trait("user_id:u", "name", "\"Ada\"", HOUR, true),
                        new Trait("user_id:u", "name", "\"Ada\"", HOUR, false));
    }

    /** @param traits null: it is no identify event */
    private static StitchedRead told(
            String identifier, String profile, Long timeMillis, String traits, LinkKey link, Standing standing) {
        long time = timeMillis == null ? 0 : timeMillis;
        Event event = timeMillis == null
                ? null
                : new Event(
                        "m",
                        traits == null ? "track" : "identify",
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        time,
                        null,
                        null,
                        null,
                        traits,
                        null,
                        null);
        return Pipelines.read(
                new Attribution(identifier, profile, null, 0, 1, "raw", 0, time, time, event, link, standing),
                identifier.startsWith("user_id:") ? HOUR : 0);
    }

    private static StitchedRead read(Observation record) {
        return new StitchedRead(0, null, 0, 1, record, null);
    }

    private static MillraceConfig config(JsonNode metrics, JsonNode sessions) throws JsonProcessingException {
        List<MetricDefinition> definitions = new ArrayList<>();
        for (JsonNode metric : metrics) {
            definitions.add(InMemory.CONFIG.treeToValue(metric, MetricDefinition.class));
        }
        SessionRows rows = InMemory.CONFIG.treeToValue(sessions, SessionRows.class);
        return Pipelines.with(new MeasureOptions(null, null, null, null, null, false, definitions, rows, null, null));
    }
}
