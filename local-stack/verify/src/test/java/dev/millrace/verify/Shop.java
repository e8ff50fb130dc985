package dev.millrace.verify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.millrace.core.event.Event;
import dev.millrace.core.identity.Resolution;
import dev.millrace.core.identity.SeenEvent;
import dev.millrace.core.oracle.MetricsOracle;
import dev.millrace.core.oracle.OracleEvent;
import dev.millrace.core.oracle.Row;
import dev.millrace.core.oracle.SessionOracleRow;
import dev.millrace.verify.ColdFiles.Record;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/** A day of a small shop: visitors who log in on several devices, copies, late events, garbage. */
final class Shop {
    static final Instant MORNING = Instant.parse("2024-05-06T00:00:00Z");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int VISITORS = 20;
    private static final int EVENTS = 600;
    private static final long DAY = 86_400_000L;

    private final List<Record> records = new ArrayList<>();
    private final Random random;
    private final long[] offsets = new long[2];

    private Shop(Random random) {
        this.random = random;
    }

    static List<Record> records(long seed) {
        Shop shop = new Shop(new Random(seed));
        for (int i = 0; i < EVENTS; i++) {
            shop.happen(i);
        }
        shop.add(MORNING.toEpochMilli() + DAY, null);
        return shop.records;
    }

    private void happen(int number) {
        int visitor = random.nextInt(VISITORS);
        long time = MORNING.toEpochMilli() + number * DAY / EVENTS + random.nextInt(60_000);
        // Some were long offline.
        long arrived = random.nextInt(10) == 0 ? time + 3 * 3_600_000L : time + 100;
        boolean known = visitor % 3 == 0 && random.nextInt(3) == 0;
        String user = known ? "user " + visitor / 2 : null;
        String device = "device " + visitor;
        String type = known ? "identify" : random.nextBoolean() ? "page" : "track";
        String name = type.equals("track")
                ? List.of("Product Viewed", "Product Added", "Checkout Started", "Order Completed")
                        .get(random.nextInt(4))
                : null;
        Event event = new Event(
                "message " + number,
                type,
                name,
                user,
                device,
                null,
                null,
                "web",
                time,
                null,
                arrived,
                "{\"revenue\": " + (5 + random.nextInt(50)) + ".5, \"currency\": \"EUR\", \"product_id\": \"p"
                        + random.nextInt(5) + "\", \"name\": \"Thing\"}",
                null,
                "{\"page\": {\"path\": \"/" + random.nextInt(4) + "\"}, \"campaign\": {\"name\": \"spring\"}}",
                null);
        add(arrived, event);
        if (random.nextInt(20) == 0) {
            add(arrived + 5000, event);
        }
    }

    private void add(long arrived, Event event) {
        int partition = random.nextInt(2);
        records.add(new Record(partition, offsets[partition]++, arrived, event));
    }

    private static boolean isFirst(Set<String> messages, Record record) {
        return record.event() != null
                && messages.add(leaf(record.event()) + record.event().messageId());
    }

    private static String leaf(Event event) {
        return event.userId() != null ? "user_id:" + event.userId() : "anonymous_id:" + event.anonymousId();
    }

    private static Resolution people(List<Record> records) {
        List<SeenEvent> seen = new ArrayList<>();
        for (Record record : records) {
            if (record.event() != null) {
                Event event = record.event();
                List<String> others =
                        event.userId() == null ? List.of() : List.of("anonymous_id:" + event.anonymousId());
                seen.add(new SeenEvent(event.timestampMillis(), leaf(event), others, null));
            }
        }
        return Resolution.of(seen);
    }

    /** Fills the store with the right answer to these records, by other hands than those that are tested. */
    static void fill(Connection store, List<Record> records, ArrayNode catalogue) throws SQLException {
        try (Statement statement = store.createStatement()) {
            statement.execute(
                    "truncate metric_values, sessions, recent_events, identifiers, identity_links, counted_since");
            for (String table : List.of("metric_values", "sessions", "recent_events")) {
                for (int day = -40; day <= 2; day++) {
                    statement.execute(
                            "select ensure_partition('" + table + "', '" + MORNING.plusMillis(day * DAY) + "')");
                }
            }
        }
        Resolution people = people(records);
        Set<String> messages = new HashSet<>();
        List<Record> counted =
                records.stream().filter(record -> isFirst(messages, record)).toList();
        List<OracleEvent> events = counted.stream()
                .map(record -> new OracleEvent(
                        leaf(record.event()),
                        profile(people.leaders().get(leaf(record.event()))),
                        record.event().timestampMillis(),
                        record.arrivedMillis(),
                        record.event()))
                .toList();
        identity(store, people);
        Map<Row, Double> rows = new HashMap<>(MetricsOracle.rows(events, catalogue, ZoneOffset.UTC));
        long rejected =
                records.stream().filter(record -> record.event() == null).count();
        for (String size : List.of("1h", "1d")) {
            long end = MORNING.toEpochMilli() + (size.equals("1h") ? 3_600_000L : DAY);
            Map<String, Long> signals = Map.of(
                    "accepted",
                    (long) counted.size(),
                    "duplicate",
                    records.size() - counted.size() - rejected,
                    "rejected",
                    rejected,
                    "late",
                    3L);
            signals.forEach((signal, count) -> {
                Map<String, String> dimensions = new HashMap<>();
                dimensions.put("signal", signal);
                dimensions.put("reason", null);
                rows.put(new Row("data_health", size, MORNING.toEpochMilli(), end, dimensions), (double) (long) count);
            });
        }
        for (Map.Entry<Row, Double> row : rows.entrySet()) {
            insert(store, row.getKey(), row.getValue());
        }
        for (SessionOracleRow row : MetricsOracle.sessions(events, null)) {
            execute(
                    store,
                    "insert into sessions values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, now())",
                    row.profileId(),
                    new Timestamp(row.startedAtMillis()),
                    new Timestamp(row.endedAtMillis()),
                    row.source(),
                    row.campaign(),
                    row.landingPage(),
                    row.exitPage(),
                    (int) row.events(),
                    (int) row.orders(),
                    BigDecimal.valueOf(row.revenueMicros(), 6));
        }
        for (Record record : counted) {
            execute(
                    store,
                    "insert into recent_events (identifier, event_time, raw_topic, raw_partition, raw_offset, type,"
                            + " event, source, campaign, page) values (?, ?, 'millrace.raw', ?, ?, ?, ?, ?, 'spring', ?)",
                    leaf(record.event()),
                    new Timestamp(record.event().timestampMillis()),
                    record.partition(),
                    record.offset(),
                    record.event().type(),
                    record.event().name(),
                    record.event().source(),
                    record.event().context().replaceAll(".*\"path\": \"([^\"]*)\".*", "$1"));
        }
    }

    private static void identity(Connection store, Resolution people) throws SQLException {
        for (Map.Entry<String, String> each : people.leaders().entrySet()) {
            Timestamp seen = new Timestamp(people.firstSeen().get(each.getKey()));
            execute(
                    store,
                    "insert into identifiers values (?, ?, ?, ?, ?)",
                    each.getKey(),
                    profile(each.getValue()),
                    seen,
                    seen,
                    seen);
        }
        for (Map.Entry<Resolution.Pair, Long> each : people.links().entrySet()) {
            execute(
                    store,
                    "insert into identity_links values (?, ?, ?)",
                    each.getKey().lesser(),
                    each.getKey().greater(),
                    new Timestamp(each.getValue()));
        }
    }

    static void insert(Connection store, Row row, double value) throws SQLException {
        try {
            execute(
                    store,
                    "insert into metric_values values (?, ?, ?, ?, ?::jsonb, ?, 0, now())",
                    row.metric(),
                    row.windowSize(),
                    new Timestamp(row.windowStartMillis()),
                    new Timestamp(row.windowEndMillis()),
                    JSON.writeValueAsString(row.dimensions()),
                    value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    static void execute(Connection store, String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = store.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            statement.execute();
        }
    }

    static String profile(String leader) {
        return UUID.nameUUIDFromBytes(leader.getBytes(StandardCharsets.UTF_8)).toString();
    }

    /** Profiles that have more than one identifier, by those. */
    static List<List<String>> companies(List<Record> records) {
        Map<String, List<String>> members = new HashMap<>();
        people(records).leaders().forEach((identifier, leader) -> members.computeIfAbsent(
                        leader, any -> new ArrayList<>())
                .add(identifier));
        return members.values().stream().filter(all -> all.size() > 1).toList();
    }

    static Stream<Record> events(List<Record> records) {
        return records.stream().filter(record -> record.event() != null);
    }
}
