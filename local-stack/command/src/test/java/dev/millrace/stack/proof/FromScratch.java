package dev.millrace.stack.proof;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.millrace.contract.CustomerEvent;
import dev.millrace.core.event.Event;
import dev.millrace.core.identity.IdentityRules;
import dev.millrace.core.identity.Resolution;
import dev.millrace.core.identity.Resolution.Pair;
import dev.millrace.core.identity.SeenEvent;
import dev.millrace.core.oracle.MetricsOracle;
import dev.millrace.core.oracle.OracleEvent;
import dev.millrace.core.oracle.Row;
import dev.millrace.core.oracle.SessionOracleRow;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What the store must hold, computed from the raw records in the plainest way: no windows kept, no state, no code of the
 * jobs but the keyed hash. Good for the default types of identifiers and events that are all within the hot horizon, as
 * long as no bound of {@link #resolution} is reached.
 *
 * @param metricValues rows of {@code metric_values} that are not 0, but for {@code data_health}
 * @param sessions rows of {@code sessions}
 * @param recentEvents where each event that counts lies, the latest of an identifier last
 * @param identifiers where each belongs, and the earliest time at which it was seen
 * @param links the earliest time of each
 * @param refusedLinks those between two profiles
 * @param rejected records that can't be used
 * @param duplicates copies of messages
 * @param resolution who everyone is
 */
record FromScratch(
        Map<Row, Double> metricValues,
        Map<Session, SessionOracleRow> sessions,
        List<RecentEvent> recentEvents,
        Map<String, Placed> identifiers,
        Map<Pair, Instant> links,
        Set<Pair> refusedLinks,
        List<ConsumerRecord<byte[], byte[]>> rejected,
        int duplicates,
        Resolution resolution) {
    private static final Set<String> TYPES = Set.of("track", "identify", "page", "screen", "group", "alias");
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Where an identifier belongs. */
    record Placed(String profileId, Instant firstSeen) {}

    /** The key of a row of {@code sessions}. */
    record Session(String profileId, Instant startedAt) {}

    /** The key of a row of {@code recent_events}. */
    record RecentEvent(String identifier, Instant time, String topic, int partition, long offset) {
        /** The earliest first; of one time, in the order in which the store numbers them. */
        static final Comparator<RecentEvent> BY_IDENTIFIER_AND_TIME = Comparator.comparing(RecentEvent::identifier)
                .thenComparing(RecentEvent::time)
                .thenComparing(RecentEvent::topic)
                .thenComparing(RecentEvent::partition)
                .thenComparing(RecentEvent::offset);
    }

    /** An event that counts. */
    private record Counted(CustomerEvent event, String leaf, Instant time, ConsumerRecord<byte[], byte[]> record) {}

    /**
     * Computes all of it.
     *
     * @param catalogue the metrics, as the configuration has them
     * @param zone of metrics that name none
     */
    static FromScratch of(
            List<ConsumerRecord<byte[], byte[]>> raw, IdentityRules hashing, List<JsonNode> catalogue, ZoneId zone) {
        SpecificDatumReader<CustomerEvent> reader = new SpecificDatumReader<>(CustomerEvent.class);
        List<SeenEvent> seen = new ArrayList<>();
        List<Counted> counted = new ArrayList<>();
        Set<String> messages = new HashSet<>();
        List<ConsumerRecord<byte[], byte[]>> rejected = new ArrayList<>();
        int duplicates = 0;
        for (ConsumerRecord<byte[], byte[]> record : raw) {
            CustomerEvent event = event(reader, record.value());
            List<String> named = event == null ? List.of() : identifiers(event, hashing);
            if (named.isEmpty() || !TYPES.contains(event.getType())) {
                rejected.add(record);
                continue;
            }
            String leaf = named.get(0);
            Instant time = time(event, record.timestamp());
            seen.add(new SeenEvent(time.toEpochMilli(), leaf, named.subList(1, named.size()), alias(event)));
            if (messages.add(leaf + ' ' + event.getMessageId())) {
                counted.add(new Counted(event, leaf, time, record));
            } else {
                duplicates++;
            }
        }
        Resolution resolution = Resolution.of(seen);
        List<OracleEvent> attributed = attributed(counted, resolution.leaders());
        return new FromScratch(
                metricValues(attributed, catalogue, zone),
                sessions(attributed),
                recentEvents(counted),
                placed(resolution),
                firstSeen(resolution.links()),
                resolution.refusedLinks(),
                rejected,
                duplicates,
                resolution);
    }

    private static List<OracleEvent> attributed(List<Counted> counted, Map<String, String> leaders) {
        Map<String, String> profileIds = new HashMap<>();
        return counted.stream()
                .map(each -> new OracleEvent(
                        each.leaf(),
                        profileIds.computeIfAbsent(leaders.get(each.leaf()), FromScratch::profileId),
                        each.time().toEpochMilli(),
                        each.record().timestamp(),
                        measured(each.event())))
                .toList();
    }

    /** The event as far as metrics look at it. */
    private static Event measured(CustomerEvent event) {
        return new Event(
                event.getMessageId(),
                event.getType(),
                event.getEvent(),
                event.getUserId(),
                event.getAnonymousId(),
                event.getPreviousId(),
                event.getGroupId(),
                event.getSource(),
                null,
                null,
                null,
                object(event.getProperties()),
                object(event.getTraits()),
                object(event.getContext()),
                object(event.getExtras()));
    }

    private static Map<Row, Double> metricValues(List<OracleEvent> events, List<JsonNode> catalogue, ZoneId zone) {
        ArrayNode funnels = JSON.createArrayNode();
        ArrayNode others = JSON.createArrayNode();
        catalogue.forEach(metric -> (metric.get("aggregate").asText().equals("funnel") ? funnels : others).add(metric));
        Map<Row, Double> values = new HashMap<>(MetricsOracle.rows(events, others, zone));
        // A funnel counts people, and each of them is quick to look through.
        events.stream()
                .collect(Collectors.groupingBy(OracleEvent::profileId))
                .values()
                .forEach(own -> MetricsOracle.rows(own, funnels, zone)
                        .forEach((row, people) -> values.merge(row, people, Double::sum)));
        return values;
    }

    private static Map<Session, SessionOracleRow> sessions(List<OracleEvent> events) {
        Map<Session, SessionOracleRow> sessions = new HashMap<>();
        for (SessionOracleRow row : MetricsOracle.sessions(events, null)) {
            sessions.put(new Session(row.profileId(), Instant.ofEpochMilli(row.startedAtMillis())), row);
        }
        return sessions;
    }

    private static List<RecentEvent> recentEvents(List<Counted> counted) {
        return counted.stream()
                .map(each -> new RecentEvent(
                        each.leaf(),
                        each.time(),
                        each.record().topic(),
                        each.record().partition(),
                        each.record().offset()))
                .sorted(RecentEvent.BY_IDENTIFIER_AND_TIME)
                .toList();
    }

    private static Map<String, Placed> placed(Resolution resolution) {
        Map<String, Placed> placed = new TreeMap<>();
        resolution
                .leaders()
                .forEach((identifier, leader) -> placed.put(
                        identifier,
                        new Placed(
                                profileId(leader),
                                Instant.ofEpochMilli(resolution.firstSeen().get(identifier)))));
        return placed;
    }

    private static Map<Pair, Instant> firstSeen(Map<Pair, Long> links) {
        Map<Pair, Instant> firstSeen = new TreeMap<>();
        links.forEach((ends, millis) -> firstSeen.put(ends, Instant.ofEpochMilli(millis)));
        return firstSeen;
    }

    /** A UUID of version 3 without name space (RFC 9562, section 5.3), of the leader's name. */
    static String profileId(String leader) {
        byte[] hash;
        try {
            hash = MessageDigest.getInstance("MD5").digest(leader.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java runtime has MD5", e);
        }
        hash[6] = (byte) (hash[6] & 0x0F | 0x30);
        hash[8] = (byte) (hash[8] & 0x3F | 0x80);
        long most = 0;
        long least = 0;
        for (int i = 0; i < 8; i++) {
            most = most << 8 | hash[i] & 0xFF;
            least = least << 8 | hash[i + 8] & 0xFF;
        }
        return new UUID(most, least).toString();
    }

    private static CustomerEvent event(SpecificDatumReader<CustomerEvent> reader, byte[] value) {
        if (value == null || value.length < 5 || value[0] != 0) {
            return null;
        }
        try {
            return reader.read(null, DecoderFactory.get().binaryDecoder(value, 5, value.length - 5, null));
        } catch (IOException | AvroRuntimeException | IndexOutOfBoundsException e) {
            return null;
        }
    }

    /** All that the event names, each once; the leaf is the first. */
    private static List<String> identifiers(CustomerEvent event, IdentityRules hashing) {
        JsonNode properties = json(event.getProperties());
        JsonNode traits = event.getType().equals("group") ? JSON.createObjectNode() : json(event.getTraits());
        JsonNode context = json(event.getContext());
        Set<String> named = new LinkedHashSet<>();
        add(named, "user_id", event.getUserId());
        String alias = alias(event);
        if (alias != null) {
            named.add(alias);
        }
        for (String type : List.of("email", "phone")) {
            for (JsonNode body : List.of(traits, properties)) {
                String value = text(body.path(type));
                if (value != null) {
                    hashing.identifier(type, value).ifPresent(named::add);
                }
            }
        }
        add(named, "device_id", text(context.path("device").path("id")));
        add(named, "anonymous_id", event.getAnonymousId());
        for (JsonNode external : context.path("externalIds")) {
            String type = text(external.path("type"));
            String id = text(external.path("id"));
            String collection = external.path("collection").asText("users");
            if (type != null && id != null && isSomebody(id) && collection.equals("users")) {
                add(named, "external_id", type + '/' + id);
            }
        }
        return List.copyOf(named);
    }

    /** The other user id that an alias event names; null: it is no such event. */
    private static String alias(CustomerEvent event) {
        boolean joins = event.getType().equals("alias")
                && isSomebody(event.getUserId())
                && isSomebody(event.getPreviousId())
                && !event.getPreviousId().equals(event.getAnonymousId())
                && !event.getPreviousId().equals(event.getUserId());
        return joins ? "user_id:" + event.getPreviousId() : null;
    }

    private static void add(Set<String> named, String type, String value) {
        if (isSomebody(value)) {
            named.add(type + ':' + value);
        }
    }

    private static boolean isSomebody(String value) {
        return value != null
                && !IdentityRules.DEFAULT_BLOCKED_VALUES.contains(value.strip().toLowerCase(Locale.ROOT));
    }

    private static JsonNode json(String text) {
        try {
            JsonNode tree = text == null ? null : JSON.readTree(text);
            return tree != null && tree.isObject() ? tree : JSON.createObjectNode();
        } catch (JsonProcessingException e) {
            return JSON.createObjectNode();
        }
    }

    /** The text where it is a JSON object, as it stands; else null. */
    private static String object(String text) {
        try {
            return text != null && JSON.readTree(text).isObject() ? text : null;
        } catch (JsonProcessingException e) {
            return null;
        }
    }

    private static String text(JsonNode value) {
        return value.isTextual() || value.isIntegralNumber() ? value.asText() : null;
    }

    private static Instant time(CustomerEvent event, long recordMillis) {
        Instant received = event.getReceivedAt() == null ? Instant.ofEpochMilli(recordMillis) : event.getReceivedAt();
        if (event.getTimestamp() == null) {
            return received;
        }
        Instant time = event.getSentAt() == null
                ? event.getTimestamp()
                : received.minusMillis(ChronoUnit.MILLIS.between(event.getTimestamp(), event.getSentAt()));
        return time.isAfter(received.plus(1, ChronoUnit.HOURS)) ? received : time;
    }
}
