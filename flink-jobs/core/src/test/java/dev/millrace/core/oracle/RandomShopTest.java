package dev.millrace.core.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.core.event.Event;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** That random histories and catalogues are what they should be, and that the oracle's answers agree with each other. */
class RandomShopTest {
    private static final int SEEDS = 200;
    private static final int MOST_EVENTS = 60;
    private static final long SIX_DAYS = 6 * 86_400_000L;

    @Test
    void aSeedIsAHistory() {
        assertThat(history(7)).isEqualTo(history(7)).isNotEqualTo(history(8));
        assertThat(RandomCatalogue.metrics(new Random(7), 20)).isEqualTo(RandomCatalogue.metrics(new Random(7), 20));
    }

    @Test
    void eventsArriveInOrderAfterTheyHappenedAndAreJson() throws Exception {
        ObjectMapper json = new ObjectMapper();
        for (int seed = 0; seed < SEEDS; seed++) {
            long before = Long.MIN_VALUE;
            Set<String> messages = new HashSet<>();
            for (OracleEvent event : history(seed)) {
                assertThat(event.arrivedMillis()).as("seed %d", seed).isGreaterThanOrEqualTo(before);
                assertThat(event.arrivedMillis() - event.timeMillis())
                        .as("seed %d", seed)
                        .isBetween(0L, SIX_DAYS + 2000L * MOST_EVENTS);
                assertThat(RandomShop.LEAVES).as("seed %d", seed).contains(event.leaf());
                assertThat(messages.add(event.event().messageId()))
                        .as("seed %d", seed)
                        .isTrue();
                for (String part : parts(event.event())) {
                    assertThat(json.readTree(part).isObject()).as(part).isTrue();
                }
                before = event.arrivedMillis();
            }
        }
    }

    private static List<String> parts(Event event) {
        return Arrays.asList(event.properties(), event.traits(), event.context()).stream()
                .filter(Objects::nonNull)
                .toList();
    }

    @Test
    void everyAggregateWindowAndConditionHasRows() {
        Set<String> seen = new TreeSet<>();
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            List<OracleEvent> events = RandomShop.events(random, MOST_EVENTS, RandomShop.people(random));
            for (JsonNode metric : RandomCatalogue.metrics(random, 7)) {
                for (Row row :
                        MetricsOracle.rows(events, list(metric), ZoneOffset.UTC).keySet()) {
                    seen.add(row.metric().replaceFirst("m[0-9]+_", ""));
                    seen.add(row.windowSize());
                    row.dimensions().forEach((name, value) -> seen.add(name.equals("lifecycle") ? value : name));
                    metric.findPath("where")
                            .forEach(condition -> condition.fieldNames().forEachRemaining(seen::add));
                    seen.add(metric.path("time_zone").asText());
                }
            }
        }
        assertThat(seen)
                .contains("count", "sum", "average", "unique_profiles", "new_profiles")
                .contains("sessions", "sessions_length_seconds", "sessions_bounce_rate")
                .contains("funnel_reached", "funnel_abandoned", "new", "returning", "step", "currency", "page_path")
                .contains("1m", "5m", "15m", "1h", "6h", "12h", "1d", "5m/1m", "1h/15m")
                .contains("exists", "equals", "in", "above", "at_least", "below", "at_most", "prefix")
                .contains("UTC", "Europe/Vienna", "Asia/Kolkata", "America/New_York");
    }

    @Test
    void theOrderOfEventsDecidesNothing() {
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            List<OracleEvent> events = RandomShop.events(random, MOST_EVENTS, RandomShop.people(random));
            JsonNode catalogue = RandomCatalogue.metrics(random, 7);
            JsonNode options = RandomCatalogue.sessions(random);
            List<OracleEvent> shuffled = new ArrayList<>(events);
            Collections.shuffle(shuffled, random);
            assertThat(MetricsOracle.rows(shuffled, catalogue, ZoneOffset.UTC))
                    .as("seed %d", seed)
                    .isEqualTo(MetricsOracle.rows(events, catalogue, ZoneOffset.UTC));
            assertThat(MetricsOracle.sessions(shuffled, options))
                    .as("seed %d", seed)
                    .isEqualTo(MetricsOracle.sessions(events, options));
        }
    }

    /** Two ways to the same number: each metric's parts make up its whole. */
    @Test
    void metricsAgreeWithEachOther() {
        JsonNode catalogue = Histories.json(
                """
                [{name: 'events', aggregate: 'count', windows: ['1m', '1d']},
                 {name: 'hopping', aggregate: 'count', windows: ['5m/1m']},
                 {name: 'by_source', aggregate: 'count', windows: ['1d'], dimensions: ['source', 'type']},
                 {name: 'people', aggregate: 'unique_profiles', windows: ['1d']},
                 {name: 'by_lifecycle', aggregate: 'unique_profiles', windows: ['1d'], dimensions: ['lifecycle']},
                 {name: 'new', aggregate: 'new_profiles', windows: ['1d']},
                 {name: 'visits', aggregate: 'sessions', gap: '30m', match: {types: ['track', 'page', 'screen']}, windows: ['1d']},
                 {name: 'steps', aggregate: 'funnel', within: '1d', windows: ['1d'], steps: [
                     {name: 'any', match: {}}, {name: 'page', match: {types: ['page']}}, {name: 'track', match: {types: ['track']}}]}]
                """);
        for (int seed = 0; seed < SEEDS; seed++) {
            List<OracleEvent> events = history(seed);
            Map<Row, Double> rows = MetricsOracle.rows(events, catalogue, ZoneOffset.UTC);
            Map<Long, Double> days = byDay(rows, "events", "1d", "");
            String as = "seed " + seed;
            assertThat(days.values().stream().mapToDouble(day -> day).sum())
                    .as(as)
                    .isEqualTo(events.size());
            assertThat(byDay(rows, "events", "1m", "")).as(as).isEqualTo(days);
            assertThat(byDay(rows, "by_source", "1d", "")).as(as).isEqualTo(days);
            assertThat(byDay(rows, "hopping", "5m/1m", "").values().stream()
                            .mapToDouble(day -> day)
                            .sum())
                    .as(as)
                    .isEqualTo(5.0 * events.size());

            Map<Long, Double> people = byDay(rows, "people", "1d", "");
            assertThat(byDay(rows, "by_lifecycle", "1d", "")).as(as).isEqualTo(people);
            assertThat(byDay(rows, "by_lifecycle", "1d", "new")).as(as).isEqualTo(byDay(rows, "new", "1d", ""));
            assertThat(byDay(rows, "steps_reached", "1d", "1 any")).as(as).isEqualTo(people);
            // Who reached a step reached the next, or abandoned it.
            Map<Long, Double> onwards = byDay(rows, "steps_reached", "1d", "2 page");
            byDay(rows, "steps_abandoned", "1d", "1 any").forEach((day, left) -> onwards.merge(day, left, Double::sum));
            assertThat(onwards).as(as).isEqualTo(people);

            Map<Long, Double> visits = new TreeMap<>();
            for (SessionOracleRow session : MetricsOracle.sessions(events, null)) {
                visits.merge(Math.floorDiv(session.startedAtMillis(), 86_400_000L), 1.0, Double::sum);
            }
            assertThat(byDay(rows, "visits", "1d", "")).as(as).isEqualTo(visits);
        }
    }

    /** UTC day -> sum of a metric's values in it, of rows that have the dimension's value ("": of all). */
    private static Map<Long, Double> byDay(Map<Row, Double> rows, String metric, String size, String dimension) {
        Map<Long, Double> days = new HashMap<>();
        rows.forEach((row, value) -> {
            boolean taken = row.metric().equals(metric)
                    && row.windowSize().equals(size)
                    && (dimension.isEmpty() || row.dimensions().containsValue(dimension));
            if (taken) {
                days.merge(Math.floorDiv(row.windowStartMillis(), 86_400_000L), value, Double::sum);
            }
        });
        return days;
    }

    @Test
    void profilesAreWhatTheCallerSays() {
        List<OracleEvent> events = history(3);
        UnaryOperator<String> own = leaf -> "of " + leaf;
        assertThat(RandomShop.attributed(events, own))
                .allSatisfy(event -> assertThat(event.profileId()).isEqualTo("of " + event.leaf()))
                .extracting(OracleEvent::event)
                .isEqualTo(events.stream().map(OracleEvent::event).toList());
    }

    private static List<OracleEvent> history(int seed) {
        Random random = new Random(seed);
        return RandomShop.events(random, MOST_EVENTS, RandomShop.people(random));
    }

    private static JsonNode list(JsonNode metric) {
        return new ObjectMapper().createArrayNode().add(metric);
    }
}
