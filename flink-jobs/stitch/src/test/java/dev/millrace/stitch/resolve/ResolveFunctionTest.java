package dev.millrace.stitch.resolve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.core.event.Event;
import dev.millrace.core.event.MessageIds;
import dev.millrace.core.identity.Arrival;
import dev.millrace.core.identity.Decision;
import dev.millrace.core.identity.IdentifierType;
import dev.millrace.core.identity.IdentityRules;
import dev.millrace.core.identity.LinkKey;
import dev.millrace.core.identity.Message;
import dev.millrace.core.identity.ProfileId;
import dev.millrace.core.identity.Standing;
import dev.millrace.runtime.config.MillraceConfig.StitchOptions;
import dev.millrace.stitch.Raw;
import java.io.File;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.junit.jupiter.api.Test;

class ResolveFunctionTest {
    private static final long HOUR = Duration.ofHours(1).toMillis();
    private static final StitchOptions OPTIONS = new StitchOptions(null, 20, null, null, null);
    private static final IdentityRules RULES =
            IdentityRules.of(IdentifierType.DEFAULT_TYPES, "a key for tests, and for nothing else");
    /** Some of the cases have chains that are longer than what is the bound by default. */
    private static final IdentityRules LONG_CHAINS = new IdentityRules(
            IdentifierType.DEFAULT_TYPES, List.of(), "a key for tests, and for nothing else", "US", 100);

    private static final List<String> PRIORITY = List.of("user_id", "email", "device_id", "anonymous_id");

    private final Random random = new Random(7);

    @Test
    void aCopyOfAMessageLeavesNothingButItsTraceWhicheverCopyComesFirst() throws Exception {
        for (List<Arrival> order : List.of(
                List.of(arrival("user_id:u", "m", 1, 0), arrival("user_id:u", "m", 9, 0)),
                List.of(arrival("user_id:u", "m", 9, 0), arrival("user_id:u", "m", 1, 0)))) {
            try (Actors actors = fresh()) {
                for (Arrival arrival : order) {
                    actors.arrive(arrival);
                }
                assertThat(offsets(actors.decisions()))
                        .containsExactly(order.get(0).offset());
                assertThat(traces(actors.decisions()))
                        .containsExactly(order.get(1).offset());
            }
        }
    }

    @Test
    void aDroppedCopyStillLinks() throws Exception {
        try (Actors actors = fresh()) {
            actors.arrive(arrival("user_id:u", "m", 1, 0));
            actors.arrive(arrival("user_id:u", "m", 2, 0, "anonymous_id:a"));
            actors.settle(random);
            assertThat(offsets(actors.decisions())).containsExactly(1L);
            assertThat(traces(actors.decisions())).containsExactly(2L);
            assertThat(profiles(actors.decisions()).get("anonymous_id:a")).isEqualTo(ProfileId.ledBy("user_id:u"));
        }
    }

    @Test
    void aTraceTellsWhereTheCopyLiesAndWhatTheIdentifierHasBecome() throws Exception {
        try (Actors actors = fresh()) {
            actors.arrive(arrival("user_id:u", "m", 1, 20));
            actors.harness.processBothWatermarks(new Watermark(5));
            Arrival copy = arrival("user_id:u", "m", 2, 10);
            actors.arrive(copy);
            actors.arrive(copy);

            String profile = ProfileId.ledBy("user_id:u");
            Standing earlier = new Standing(10, 10, null, null, false);
            assertThat(actors.decisions().subList(1, 3))
                    .usingRecursiveFieldByFieldElementComparator()
                    .containsExactly(
                            new Decision("user_id:u", profile, 10, 5L, 0, 1, copy, true, null, earlier),
                            new Decision("user_id:u", profile, 10, 5L, 0, 1, copy, true, null, null));
        }
    }

    @Test
    void everyDecisionTellsWhenTheIdentifierWasFirstSeen() throws Exception {
        try (Actors actors = fresh()) {
            actors.arrive(arrival("anonymous_id:a", "m", 1, 30));
            actors.arrive(arrival("anonymous_id:a", "n", 2, 40));
            actors.arrive(arrival("user_id:u", "o", 3, 20, "anonymous_id:a"));
            actors.settle(random);
            actors.arrive(arrival("anonymous_id:a", "p", 4, 10));

            List<Decision> decisions = actors.decisions();
            assertThat(decisions)
                    .filteredOn(decision -> decision.identifier().equals("user_id:u"))
                    .hasSize(2)
                    .extracting(Decision::firstSeenMillis)
                    .containsOnly(20L);
            assertThat(decisions)
                    .filteredOn(decision -> decision.identifier().equals("anonymous_id:a"))
                    .extracting(Decision::firstSeenMillis)
                    .as("two events; then what the user tells it, and its link; then an earlier event")
                    .containsExactly(30L, 30L, 20L, 20L, 10L);
        }
    }

    @Test
    void stateIsWrittenAheadOfACheckpointAndTheRestOnceItsBarrierHasGoneOn() throws Exception {
        try (Actors actors = Actors.fresh(OPTIONS, RULES, new EmbeddedRocksDBStateBackend())) {
            for (int i = 0; i < 10; i++) {
                actors.arrive(arrival("user_id:u" + i, "m", i, 0));
            }
            for (int i = 0; i < 10; i++) {
                actors.harness.setProcessingTime(actors.harness.getProcessingTime() + 100);
            }
            assertThat(actors.entries())
                    .as("all but the three that are objects")
                    .isEqualTo(7);
            actors.harness.prepareSnapshotPreBarrier(1);
            assertThat(actors.entries()).isEqualTo(7);
            actors.harness.snapshot(1, 1);
            assertThat(actors.entries()).isEqualTo(10);
        }
    }

    @Test
    void whatIsHeldAtTheEndIsInTheLastCheckpoint() throws Exception {
        for (StateBackend backend : List.of(new HashMapStateBackend(), new EmbeddedRocksDBStateBackend())) {
            OperatorSubtaskState last;
            try (Actors actors = Actors.fresh(OPTIONS, RULES, backend)) {
                actors.arrive(arrival("user_id:u", "m", 1, 0));
                actors.harness.getOperator().finish();
                last = actors.checkpoint();
            }
            try (Actors actors = Actors.restored(last, List.of(), OPTIONS, RULES, backend, () -> 1)) {
                actors.arrive(arrival("user_id:u", "m", 2, 0));
                assertThat(traces(actors.decisions())).as("it has come before").containsExactly(2L);
            }
        }
    }

    @Test
    void theSameMessageIdAtAnotherLeafIsAnotherMessage() throws Exception {
        try (Actors actors = fresh()) {
            actors.arrive(arrival("user_id:u", "m", 1, 0));
            actors.arrive(arrival("user_id:v", "m", 2, 0));
            assertThat(offsets(actors.decisions())).containsExactly(1L, 2L);
        }
    }

    @Test
    void whoLogsInTakesTheAnonymousDeviceAlong() throws Exception {
        try (Actors actors = fresh()) {
            actors.arrive(arrival("anonymous_id:a", "m", 1, 10));
            actors.harness.processBothWatermarks(new Watermark(5));
            actors.arrive(arrival("user_id:u", "n", 2, 20, "anonymous_id:a"));
            assertThat(actors.underWay).hasSize(1);
            actors.settle(random);
            LinkKey link = new LinkKey(20, "anonymous_id:a", "user_id:u");
            List<Decision> decisions = actors.decisions();
            assertThat(decisions).hasSize(5);
            assertThat(decisions.get(0).standing()).isEqualTo(new Standing(10, 10, null, null, false));
            assertThat(decisions.get(0).watermarkMillis()).isNull();
            assertThat(decisions.get(1).arrival().offset()).isEqualTo(2);
            assertThat(decisions.get(1).watermarkMillis()).isEqualTo(5);
            assertThat(decisions.get(2).identifier()).isEqualTo("user_id:u");
            assertThat(decisions.get(2).link()).isEqualTo(link);
            assertThat(decisions.get(3).identifier()).isEqualTo("anonymous_id:a");
            assertThat(decisions.get(3).profileId()).isEqualTo(ProfileId.ledBy("user_id:u"));
            assertThat(decisions.get(3).arrival()).isNull();
            assertThat(decisions.get(3).standing())
                    .isEqualTo(new Standing(10, 20, ProfileId.ledBy("anonymous_id:a"), link, false));
            assertThat(decisions.get(4).identifier()).isEqualTo("anonymous_id:a");
            assertThat(decisions.get(4).link()).as("both ends tell of it").isEqualTo(link);

            actors.arrive(arrival("user_id:u", "o", 3, 30, "anonymous_id:a"));
            assertThat(actors.underWay).as("a known link is not told again").isEmpty();
            assertThat(actors.decisions()).hasSize(6);
        }
    }

    @Test
    void messageIdsAreForgottenOnceTheWindowHasPassed() throws Exception {
        try (Actors actors = fresh()) {
            for (int i = 0; i < 15; i++) {
                actors.arrive(arrival("user_id:u", "m" + i, i, i));
            }
            assertThat(actors.harness.numEventTimeTimers()).isEqualTo(1);
            actors.harness.processBothWatermarks(new Watermark(25 * HOUR));
            assertThat(actors.harness.numEventTimeTimers()).isZero();
            actors.checkpoint();
            assertThat(actors.harness.numKeyedStateEntries())
                    .as("who it is stays")
                    .isEqualTo(1);
            actors.arrive(arrival("user_id:u", "m3", 99, 3));
            assertThat(offsets(actors.decisions())).hasSize(16).endsWith(99L);
        }
    }

    @Test
    void aCopyOfAnEventThatComesLateIsDroppedToo() throws Exception {
        try (Actors actors = fresh()) {
            actors.harness.processBothWatermarks(new Watermark(48 * HOUR));
            actors.arrive(arrival("user_id:u", "m", 1, HOUR));
            actors.harness.processBothWatermarks(new Watermark(49 * HOUR));
            actors.arrive(arrival("user_id:u", "m", 2, HOUR));
            assertThat(offsets(actors.decisions())).containsExactly(1L);
            assertThat(traces(actors.decisions())).containsExactly(2L);
        }
    }

    @Test
    void anIdentifierWithManyLinksKeepsThemAllUpToItsLimit() throws Exception {
        try (Actors actors = fresh()) {
            for (int i = 0; i < 120; i++) {
                actors.arrive(arrival("user_id:u" + i, "m", i, i, "device_id:kiosk"));
            }
            actors.settle(random);
            Map<String, String> profiles = profiles(actors.decisions());
            assertThat(profiles.get("device_id:kiosk")).isEqualTo(ProfileId.ledBy("user_id:u0"));
            assertThat(actors.decisions())
                    .filteredOn(d -> d.identifier().equals("device_id:kiosk"))
                    .last()
                    .satisfies(d -> assertThat(d.standing().linksLimited()).isTrue());
            actors.checkpoint();
            // The actors, and the map of the links that the device does not hold itself.
            assertThat(actors.harness.numKeyedStateEntries()).isEqualTo(121 + 1);
        }
    }

    @Test
    void everyCaseEndsInItsProfilesInAnyOrderThroughSnapshotsOnEitherBackend() throws Exception {
        JsonNode cases = new ObjectMapper().readTree(new File("../core/src/test/resources/identity/cases.json"));
        assertThat(cases).hasSize(170);
        for (int i = 0; i < cases.size(); i++) {
            Map<String, String> expected = new TreeMap<>();
            cases.get(i)
                    .get("profile_leader")
                    .fields()
                    .forEachRemaining(entry -> expected.put(
                            entry.getKey(), ProfileId.ledBy(entry.getValue().asText())));
            assertThat(run(cases.get(i).get("events"), new Random(i), new HashMapStateBackend()))
                    .as("case %d on the heap", i)
                    .isEqualTo(expected);
            if (i % 4 == 0) {
                assertThat(run(cases.get(i).get("events"), new Random(1000 + i), new EmbeddedRocksDBStateBackend()))
                        .as("case %d on RocksDB", i)
                        .isEqualTo(expected);
            }
        }
    }

    /** Any order, with duplicates; and in the middle a failure: back to the snapshot, what was sent since comes again. */
    private static Map<String, String> run(JsonNode events, Random random, StateBackend backend) throws Exception {
        List<Arrival> arrivals = new ArrayList<>();
        for (JsonNode event : events) {
            List<String> identifiers = new ArrayList<>();
            event.get("identifiers").forEach(identifier -> identifiers.add(identifier.asText()));
            identifiers.sort(Comparator.<String>comparingInt(
                            identifier -> PRIORITY.indexOf(identifier.substring(0, identifier.indexOf(':'))))
                    .thenComparing(Comparator.naturalOrder()));
            String leaf = identifiers.remove(0);
            int copies = 1 + random.nextInt(2);
            for (int copy = 0; copy < copies; copy++) {
                arrivals.add(arrival(
                        leaf,
                        "m" + arrivals.size(),
                        arrivals.size(),
                        event.get("time").asLong(),
                        event.path("alias").asBoolean() ? identifiers.get(0) : null,
                        identifiers.toArray(String[]::new)));
            }
        }
        Collections.shuffle(arrivals, random);
        int saved = random.nextInt(arrivals.size());
        int failed = saved + random.nextInt(arrivals.size() - saved);
        List<Decision> decisions = new ArrayList<>();
        OperatorSubtaskState snapshot;
        List<Message> underWay;
        try (Actors actors = Actors.fresh(OPTIONS, LONG_CHAINS, backend)) {
            arrive(actors, arrivals.subList(0, saved), random);
            snapshot = actors.checkpoint();
            underWay = new ArrayList<>(actors.underWay);
            int sent = actors.sent.size();
            int flushed = actors.decisions().size();
            arrive(actors, arrivals.subList(saved, failed), random);
            // What has been read since is read again; what nobody has read yet may or may not have reached Kafka.
            List<Message> since = new ArrayList<>(actors.sent.subList(sent, actors.sent.size()));
            actors.underWay.stream().filter(message -> random.nextBoolean()).forEach(since::remove);
            underWay.addAll(since);
            // What was decided since may not have reached readers either.
            List<Decision> all = actors.decisions();
            decisions.addAll(random.nextBoolean() ? all : all.subList(0, flushed));
        }
        try (Actors actors =
                Actors.restored(snapshot, underWay, OPTIONS, LONG_CHAINS, backend, System::currentTimeMillis)) {
            arrive(actors, arrivals.subList(saved, arrivals.size()), random);
            actors.settle(random);
            decisions.addAll(actors.decisions());
            assertThat(actors.harness.numEventTimeTimers()).isLessThan(arrivals.size());
        }
        assertThat(decisions.stream()
                        .filter(decision -> decision.link() != null)
                        .map(decision ->
                                decision.link().lesser() + ' ' + decision.link().greater())
                        .collect(Collectors.toSet()))
                .as("links that readers were told of")
                .isEqualTo(arrivals.stream()
                        .flatMap(
                                arrival -> arrival.others().stream().map(other -> LinkKey.of(0, arrival.leaf(), other)))
                        .map(link -> link.lesser() + ' ' + link.greater())
                        .collect(Collectors.toSet()));
        return profiles(decisions);
    }

    private static void arrive(Actors actors, List<Arrival> arrivals, Random random) throws Exception {
        for (Arrival arrival : arrivals) {
            actors.arrive(arrival);
            while (!actors.underWay.isEmpty() && random.nextInt(3) > 0) {
                actors.tell(random);
            }
        }
    }

    @Test
    void aCheckpointOlderThanTheLoopsMessagesIsRefused() throws Exception {
        OperatorSubtaskState snapshot;
        try (Actors actors = fresh()) {
            actors.arrive(arrival("user_id:u", "m", 1, 0));
            snapshot = actors.checkpoint();
        }
        long now = System.currentTimeMillis();
        try (Actors actors = Actors.restored(
                snapshot, List.of(), OPTIONS, RULES, new HashMapStateBackend(), () -> now + 6 * 24 * HOUR)) {
            actors.arrive(arrival("user_id:u", "m", 2, 0));
            assertThat(offsets(actors.decisions())).isEmpty();
            assertThat(traces(actors.decisions())).containsExactly(2L);
        }
        assertThatThrownBy(() -> Actors.restored(
                        snapshot, List.of(), OPTIONS, RULES, new HashMapStateBackend(), () -> now + 8 * 24 * HOUR))
                .hasStackTraceContaining("keeps messages for 168 h only (topics.loop_retention)");
    }

    /** Of the events that are passed on. */
    private static List<Long> offsets(List<Decision> decisions) {
        return arrivals(decisions, false);
    }

    /** Of the copies that are not. */
    private static List<Long> traces(List<Decision> decisions) {
        return arrivals(decisions, true);
    }

    private static List<Long> arrivals(List<Decision> decisions, boolean duplicate) {
        return decisions.stream()
                .filter(decision -> decision.arrival() != null && decision.duplicate() == duplicate)
                .map(decision -> decision.arrival().offset())
                .toList();
    }

    /** By identifier: the profile that readers were last told. */
    private static Map<String, String> profiles(List<Decision> decisions) {
        Map<String, String> profiles = new TreeMap<>();
        decisions.forEach(decision -> profiles.put(decision.identifier(), decision.profileId()));
        return profiles;
    }

    private static Actors fresh() throws Exception {
        return Actors.fresh(OPTIONS, RULES, new HashMapStateBackend());
    }

    private static Arrival arrival(String leaf, String messageId, long offset, long timeMillis, String... others) {
        return arrival(leaf, messageId, offset, timeMillis, null, others);
    }

    private static Arrival arrival(
            String leaf, String messageId, long offset, long timeMillis, String alias, String[] others) {
        Event event = new Event(
                messageId, "track", "x", null, "a", null, null, null, timeMillis, null, null, null, null, null, null);
        byte[] avro = Raw.avro(event);
        return new Arrival(
                leaf,
                List.of(others),
                alias,
                MessageIds.hash(messageId),
                timeMillis,
                "raw",
                0,
                offset,
                avro,
                0,
                avro.length);
    }
}
