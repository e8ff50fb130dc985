package dev.millrace.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.core.event.Event;
import dev.millrace.core.event.EventTime;
import dev.millrace.core.event.EventType;
import dev.millrace.core.event.MalformedEventException;
import dev.millrace.core.event.SegmentJson;
import dev.millrace.core.identity.Identifier;
import dev.millrace.core.identity.IdentifierType;
import dev.millrace.core.identity.IdentityRules;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class GeneratorTest {
    private static final IdentityRules RULES =
            IdentityRules.of(IdentifierType.DEFAULT_TYPES, "a key for tests and nothing else");

    private static final int EVENTS = 50_000;
    private static final GeneratorOptions OPTIONS = GeneratorOptions.ofSeed(7).withEvents(EVENTS);
    private static final List<Generated> RECORDS = records(OPTIONS);
    private static final List<Event> EVENTS_OF_SEVEN =
            RECORDS.stream().filter(r -> !r.malformed()).map(Generated::event).toList();
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void theSameSeedGivesTheSameBytes() throws Exception {
        assertThat(digest(OPTIONS)).isEqualTo(digest(OPTIONS));
    }

    @Test
    void anotherSeedGivesOtherPeopleAndMessages() {
        Set<String> ids = new HashSet<>();
        for (Event event : EVENTS_OF_SEVEN) {
            ids.add(event.messageId());
            ids.add(event.anonymousId());
            ids.add(event.userId());
        }
        ids.remove(null);

        for (Generated record : records(GeneratorOptions.ofSeed(8).withEvents(5_000))) {
            if (!record.malformed()) {
                assertThat(ids.contains(record.event().messageId())).isFalse();
                assertThat(ids.contains(record.event().anonymousId())).isFalse();
            }
        }
    }

    @Test
    void anotherStartGivesTheSameMessagesAtAnotherTime() {
        Instant start = Instant.parse("2020-02-29T00:00:00Z");
        List<Generated> moved = records(OPTIONS.withStart(start));

        long distance = Duration.between(start, OPTIONS.start()).toMillis();
        for (int i = 0; i < EVENTS; i++) {
            assertThat(moved.get(i).arrivalMillis() + distance)
                    .isEqualTo(RECORDS.get(i).arrivalMillis());
            if (!moved.get(i).malformed()) {
                assertThat(moved.get(i).event().messageId())
                        .isEqualTo(RECORDS.get(i).event().messageId());
            }
        }
    }

    @Test
    void theLimitCountsEveryRecord() {
        for (int events : new int[] {0, 1, 2, 3, 100, 1_000}) {
            assertThat(records(OPTIONS.withEvents(events).withLate(0.5).withDuplicates(0.5)))
                    .hasSize(events);
        }
        assertThat(RECORDS).hasSize(EVENTS);
    }

    @Test
    void recordsArriveInOrderAtTheRate() {
        long before = OPTIONS.start().toEpochMilli();
        for (Generated record : RECORDS) {
            assertThat(record.arrivalMillis()).isGreaterThanOrEqualTo(before);
            before = record.arrivalMillis();
        }
        double seconds = (before - OPTIONS.start().toEpochMilli()) / 1000.0;
        assertThat(EVENTS / seconds).isCloseTo(100, within(5.0));
    }

    @Test
    void duplicatesLateAndMalformedRecordsHaveTheirShares() {
        Set<String> ids = new HashSet<>();
        long duplicates = EVENTS_OF_SEVEN.stream()
                .filter(event -> !ids.add(event.messageId()))
                .count();
        assertThat(duplicates / (double) EVENTS).isBetween(0.007, 0.013);

        long malformed = RECORDS.stream().filter(Generated::malformed).count();
        assertThat(malformed / (double) EVENTS).isBetween(0.0005, 0.002);

        ids.clear();
        long late = RECORDS.stream()
                .filter(record -> !record.malformed())
                .filter(record -> ids.add(record.event().messageId()))
                .filter(record -> record.arrivalMillis() - time(record.event()) >= 1_000)
                .count();
        assertThat(late / (double) EVENTS).isBetween(0.007, 0.013);
    }

    @Test
    void clockErrorsAreCorrectedToTheTrueTime() {
        Map<String, Long> times = new HashMap<>();
        long wrong = 0;
        long atOnce = 0;
        for (Event event : EVENTS_OF_SEVEN) {
            long time = time(event);
            assertThat(time)
                    .isGreaterThanOrEqualTo(OPTIONS.start().toEpochMilli())
                    .isLessThanOrEqualTo(event.receivedAtMillis());
            assertThat(times.merge(event.messageId(), time, (a, b) -> a.equals(b) ? a : -1))
                    .as("both copies of a message have one time")
                    .isEqualTo(time);
            wrong += Math.abs(event.timestampMillis() - time) >= 30_000 ? 1 : 0;
            atOnce += event.receivedAtMillis() - time < 200 ? 1 : 0;
        }
        assertThat(wrong / (double) EVENTS).isBetween(0.01, 0.1);
        assertThat(atOnce / (double) EVENTS).isGreaterThan(0.95);
    }

    @Test
    void everyUsableEventHasAnIdentifierAndAKnownType() {
        assertThat(EVENTS_OF_SEVEN)
                .allSatisfy(event -> assertThat(pointsAtSomebody(event)).isTrue());
        assertThat(EVENTS_OF_SEVEN.stream().map(Event::type).collect(Collectors.toSet()))
                .containsOnly("alias", "group", "identify", "page", "screen", "track");
    }

    private static boolean pointsAtSomebody(Event event) {
        return RULES.identifier(Identifier.USER_ID, Objects.toString(event.userId(), ""))
                        .isPresent()
                || RULES.identifier(Identifier.ANONYMOUS_ID, Objects.toString(event.anonymousId(), ""))
                        .isPresent();
    }

    @Test
    void everyMalformedRecordIsUnusableInAWayOfItsOwn() {
        Map<String, Integer> kinds = new TreeMap<>();
        for (Generated record : RECORDS) {
            if (!record.malformed()) {
                assertThat(record.bytes()).isNull();
            } else if (record.event() == null) {
                assertThat(record.bytes()).doesNotContain('\n', '\r');
                assertThatThrownBy(() -> SegmentJson.read(record.bytes())).isInstanceOf(MalformedEventException.class);
                kinds.merge(record.bytes()[0] == '{' ? "truncated" : "noise", 1, Integer::sum);
            } else if (EventType.of(record.event().type()).isEmpty()) {
                kinds.merge("unknown type", 1, Integer::sum);
            } else {
                assertThat(pointsAtSomebody(record.event())).isFalse();
                kinds.merge("nobody's", 1, Integer::sum);
            }
        }
        assertThat(kinds).containsOnlyKeys("truncated", "noise", "unknown type", "nobody's");
    }

    @Test
    void eventsSurviveTheirTextForm() throws Exception {
        for (Event event : EVENTS_OF_SEVEN) {
            String line = SegmentNdjson.write(event);
            assertThat(line).doesNotContain("\n");
            assertThat(SegmentJson.read(line.getBytes(StandardCharsets.UTF_8))).isEqualTo(event);
        }
    }

    @Test
    void ordersFollowTheFunnel() throws Exception {
        Map<String, List<Event>> sessions = sessions(events(OPTIONS.withLate(0).withDuplicates(0)));
        int orders = 0;
        for (List<Event> session : sessions.values()) {
            int viewed = 0;
            int added = 0;
            Map<String, String> checkouts = new HashMap<>();
            for (Event event : session) {
                if (!event.type().equals("track")) {
                    continue;
                }
                JsonNode properties = JSON.readTree(event.properties());
                switch (event.name()) {
                    case "Product Viewed" -> viewed++;
                    case "Product Added" -> assertThat(++added).isLessThanOrEqualTo(viewed);
                    case "Checkout Started" -> {
                        assertThat(added).isPositive();
                        checkouts.put(properties.get("order_id").asText(), amounts(properties));
                    }
                    case "Order Completed" -> {
                        orders++;
                        assertThat(checkouts)
                                .containsEntry(properties.get("order_id").asText(), amounts(properties));
                    }
                    default -> throw new AssertionError("no such step: " + event.name());
                }
            }
        }
        assertThat(orders).isGreaterThan(EVENTS / 200);
    }

    @Test
    void theRevenueIsTheSumOfTheProducts() throws Exception {
        for (Event event : EVENTS_OF_SEVEN) {
            if ("Order Completed".equals(event.name())) {
                JsonNode properties = JSON.readTree(event.properties());
                double sum = 0;
                for (JsonNode product : properties.get("products")) {
                    sum += product.get("price").asDouble()
                            * product.get("quantity").asInt();
                }
                assertThat(properties.get("revenue").asDouble()).isCloseTo(sum, within(0.001));
                assertThat(properties.get("currency").asText()).hasSize(3);
            }
        }
    }

    @Test
    void peopleBounceReturnLogInOnSeveralDevicesAndShareThem() {
        List<Event> events = events(OPTIONS.withLate(0).withDuplicates(0));
        Map<String, List<Event>> sessions = sessions(events);
        long bounces = sessions.values().stream().filter(s -> s.size() == 1).count();
        assertThat(bounces / (double) sessions.size()).isBetween(0.2, 0.45);

        assertThat(most(events, Event::userId, Event::anonymousId)).isGreaterThan(1);
        assertThat(most(events, Event::anonymousId, Event::userId)).isGreaterThan(2);
        assertThat(most(events, Event::anonymousId, e -> sessionId(e))).isGreaterThan(3);
        assertThat(events.stream().filter(e -> e.context().contains("\"campaign\":{\"source\":")))
                .hasSizeGreaterThan(EVENTS / 20);
        assertThat(events.stream().filter(e -> e.userId() != null).count() / (double) EVENTS)
                .isBetween(0.1, 0.7);
    }

    @Test
    void aMillionPeopleAreNotBuiltInAdvance() {
        Set<String> devices = new HashSet<>();
        for (Event event : events(OPTIONS.withPeople(1_000_000))) {
            devices.add(event.anonymousId());
        }
        assertThat(devices).hasSizeGreaterThan(4_000);
    }

    @Test
    void impossibleOptionsAreRefusedByName() {
        assertThatThrownBy(() -> OPTIONS.withPeople(0)).hasMessageContaining("people");
        assertThatThrownBy(() -> OPTIONS.withLate(-1)).hasMessageContaining("late");
        assertThatThrownBy(() -> OPTIONS.withEventsPerSecond(Double.NaN)).hasMessageContaining("per second");
    }

    private static List<Generated> records(GeneratorOptions options) {
        List<Generated> records = new ArrayList<>();
        Generator.of(options).forEachRemaining(records::add);
        return records;
    }

    private static List<Event> events(GeneratorOptions options) {
        return records(options).stream()
                .filter(record -> !record.malformed())
                .map(Generated::event)
                .toList();
    }

    private static byte[] digest(GeneratorOptions options) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (Generated record : records(options)) {
            digest.update(
                    record.event() == null
                            ? record.bytes()
                            : SegmentNdjson.write(record.event()).getBytes(StandardCharsets.UTF_8));
        }
        return digest.digest();
    }

    private static long time(Event event) {
        return EventTime.of(event, 0, Long.MAX_VALUE / 4).millis();
    }

    /** The sessions that are there from their landing on; orders that a server told belong to none. */
    private static Map<String, List<Event>> sessions(List<Event> events) {
        Map<String, List<Event>> sessions = new HashMap<>();
        for (Event event : events) {
            if (!event.source().equals("server")) {
                sessions.computeIfAbsent(sessionId(event), id -> new ArrayList<>())
                        .add(event);
            }
        }
        sessions.values().removeIf(session -> !"Home".equals(session.get(0).name()));
        return sessions;
    }

    private static String sessionId(Event event) {
        String context = event.context();
        int start = context.indexOf("\"sessionId\":") + 12;
        return start < 12 ? null : context.substring(start, context.indexOf(',', start));
    }

    private static String amounts(JsonNode properties) {
        return properties.get("revenue") + " " + properties.get("currency") + " " + properties.get("products");
    }

    /** The most different values of one kind that a value of another kind comes with. */
    private static int most(List<Event> events, Function<Event, String> one, Function<Event, String> other) {
        Map<String, Set<String>> others = new HashMap<>();
        for (Event event : events) {
            if (one.apply(event) != null && other.apply(event) != null) {
                others.computeIfAbsent(one.apply(event), value -> new HashSet<>())
                        .add(other.apply(event));
            }
        }
        return others.values().stream().mapToInt(Set::size).max().orElse(0);
    }
}
