package dev.millrace.peers.sql;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.core.event.Event;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What the tables must hold after some events: worked out at once, from plain maps, row by row. */
final class Answers {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> STEPS =
            Set.of("Product Viewed", "Product Added", "Checkout Started", "Order Completed");

    /** Each row's key to its values: {@code table, primary key} to the rest. */
    private final Map<List<Object>, List<Object>> rows = new HashMap<>();

    private Answers() {}

    static Map<List<Object>, List<Object>> of(List<Event> events) {
        Answers answers = new Answers();
        Map<String, Event> distinct = new HashMap<>();
        events.forEach(event -> distinct.putIfAbsent(event.messageId(), event));
        distinct.values().forEach(answers::count);
        answers.people(distinct.values());
        return answers.rows;
    }

    private void count(Event event) {
        LocalDateTime happened = happened(event);
        String name = event.name() == null ? "" : event.name();
        for (String size : List.of("1m", "1h", "1d")) {
            add(List.of("peer_events", size, start(size, happened), event.type(), name), null);
        }
        JsonNode properties = json(event.properties());
        for (String size : List.of("1h", "1d")) {
            LocalDateTime start = start(size, happened);
            if (event.type().equals("page")) {
                add(
                        List.of(
                                "peer_page_views",
                                size,
                                start,
                                properties.path("path").asText()),
                        null);
            } else if (name.equals("Order Completed")) {
                String currency = properties.path("currency").asText();
                add(
                        List.of("peer_orders", size, start, currency),
                        properties.path("revenue").decimalValue());
            }
        }
    }

    private void people(Iterable<Event> events) {
        Map<String, TreeMap<LocalDateTime, String>> users = new HashMap<>();
        for (Event event : events) {
            if (event.userId() != null && event.anonymousId() != null) {
                users.computeIfAbsent(event.anonymousId(), device -> new TreeMap<>())
                        .put(happened(event), event.userId());
            }
        }
        Map<List<Object>, Set<String>> people = new HashMap<>();
        for (Event event : events) {
            LocalDateTime happened = happened(event);
            String person = event.userId() != null
                    ? event.userId()
                    : users.containsKey(event.anonymousId())
                            ? users.get(event.anonymousId()).firstEntry().getValue()
                            : event.anonymousId();
            for (int earlier = 0; earlier < 5; earlier++) {
                is(
                        person,
                        people,
                        List.of("peer_people", "5m/1m", start("1m", happened).minusMinutes(earlier)));
            }
            is(person, people, List.of("peer_people", "1h", start("1h", happened)));
            is(person, people, List.of("peer_people", "1d", start("1d", happened)));
            if (event.type().equals("track") && STEPS.contains(event.name())) {
                is(person, people, List.of("peer_shop_funnel", "1d", start("1d", happened), event.name()));
            }
        }
        people.forEach((key, there) -> rows.put(key, List.of((long) there.size())));
    }

    private static void is(String person, Map<List<Object>, Set<String>> people, List<Object> key) {
        people.computeIfAbsent(key, row -> new HashSet<>()).add(person);
    }

    /** @param amount null: the row only counts */
    private void add(List<Object> key, BigDecimal amount) {
        List<Object> one = amount == null ? List.of(1L) : List.of(1L, amount.setScale(6));
        rows.merge(
                key,
                one,
                (present, more) -> amount == null
                        ? List.of((Long) present.get(0) + 1)
                        : List.of((Long) present.get(0) + 1, ((BigDecimal) present.get(1)).add((BigDecimal)
                                        more.get(1))));
    }

    private static LocalDateTime happened(Event event) {
        long clockError = event.sentAtMillis() == null ? 0 : event.sentAtMillis() - event.receivedAtMillis();
        return Instant.ofEpochMilli(event.timestampMillis() - clockError)
                .atZone(ZoneOffset.UTC)
                .toLocalDateTime();
    }

    private static LocalDateTime start(String size, LocalDateTime time) {
        return time.truncatedTo(
                switch (size) {
                    case "1m" -> ChronoUnit.MINUTES;
                    case "1h" -> ChronoUnit.HOURS;
                    case "1d" -> ChronoUnit.DAYS;
                    default -> throw new IllegalArgumentException(size);
                });
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text == null ? "{}" : text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }
}
