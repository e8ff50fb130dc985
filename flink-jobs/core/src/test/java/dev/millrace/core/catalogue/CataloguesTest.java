package dev.millrace.core.catalogue;

import static dev.millrace.core.catalogue.Definitions.metric;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CataloguesTest {
    private static final String FULL = "{name: 'a', aggregate: 'count', windows: ['1h', '1d'],"
            + " match: {types: ['track', 'page'], events: ['X', 'Y'],"
            + " where: [{path: 'properties.n', in: [1, '1', true]}, {path: 'source', prefix: 'w'}]},"
            + " dimensions: ['source', {name: 'c', from: ['properties.c', 'properties.d']}]}";
    private static final String FUNNEL = "{name: 'a', aggregate: 'funnel', windows: ['1d'], within: 'PT1H', steps:"
            + " [{name: 'x', match: {events: ['X']}}, {name: 'y', match: {events: ['Y']}}]}";

    @Test
    void aMetricIsReadyToBeKept() {
        Metric metric = one(
                "{name: 'visits', description: 'd', owner: 'o', aggregate: 'sessions', gap: 'PT10M',"
                        + " windows: ['1h', '5m/1m'], time_zone: 'Europe/Vienna', dimensions: ['source', 'lifecycle'], max_values: 5}");
        assertThat(metric)
                .isEqualTo(new Metric(
                        metric.id(),
                        "visits",
                        Aggregate.SESSIONS,
                        false,
                        List.of(
                                WindowSize.parse("1h", ZoneId.of("Europe/Vienna")),
                                WindowSize.parse("5m/1m", ZoneId.of("Europe/Vienna"))),
                        List.of("source"),
                        true,
                        5,
                        600_000,
                        List.of(),
                        0));
        Metric funnel = one(FUNNEL);
        assertThat(funnel.steps()).containsExactly("1 x", "2 y");
        assertThat(funnel.withinMillis()).isEqualTo(3_600_000);
        assertThat(funnel.mostValues()).isEqualTo(10_000);
        assertThat(funnel.gapMillis()).isZero();
    }

    @Test
    void whatSpansAreLeftOutHaveTheirDefaults() {
        assertThat(one("{name: 'a', aggregate: 'sessions', windows: ['1h']}").gapMillis())
                .isEqualTo(1_800_000);
        assertThat(one(FUNNEL.replace(" within: 'PT1H',", "")).withinMillis()).isEqualTo(86_400_000);
    }

    @Test
    void aMetricKeepsItsIdWhereNothingIsCountedDifferently() {
        int id = one(FULL).id();
        assertThat(one(FULL.replace("['track', 'page']", "['page', 'track']")).id())
                .isEqualTo(id);
        assertThat(one(FULL.replace("['X', 'Y']", "['Y', 'X']")).id()).isEqualTo(id);
        assertThat(one(FULL.replace("['1h', '1d']", "['1d', '1h']")).id()).isEqualTo(id);
        assertThat(one(FULL.replace("[1, '1', true]", "[true, '1', 1]")).id()).isEqualTo(id);
        assertThat(one(FULL.replace("name: 'a',", "name: 'a', description: 'd', owner: 'o', max_values: 7,"))
                        .id())
                .isEqualTo(id);
        assertThat(one(FULL.replace("name: 'a',", "name: 'a', time_zone: 'UTC',"))
                        .id())
                .isEqualTo(id);
        // Of state that is kept: it must never change.
        assertThat(one("{name: 'events', aggregate: 'count', windows: ['1h'], dimensions: ['type']}")
                        .id())
                .isEqualTo(832433694);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "name: 'a'>name: 'b'",
                "'count'>'unique_profiles'",
                "['1h', '1d']>['1h']",
                "'1h'>'1h/30m'",
                "['track', 'page']>['track']",
                "types: ['track', 'page'], >",
                "['X', 'Y']>['X']",
                "'X', 'Y'>'X,Y'",
                "[1, '1', true]>[1, true]",
                "[1, '1', true]>[2, '1', true]",
                "prefix: 'w'>equals: 'w'",
                "'source', prefix>'event', prefix",
                "'source', {name>{name",
                "'properties.c', 'properties.d'>'properties.d', 'properties.c'",
                "name: 'c'>name: 'e'",
                "windows>time_zone: 'Europe/Vienna', windows"
            })
    void aMetricThatCountsDifferentlyIsAnother(String change) {
        String[] change2 = change.split(">", 2);
        String changed = FULL.replace(change2[0], change2[1]);
        assertThat(changed).isNotEqualTo(FULL);
        assertThat(one(changed).id()).isNotEqualTo(one(FULL).id());
    }

    @Test
    void spansStepsAndZoneMakeAnotherToo() {
        int id = one(FUNNEL).id();
        assertThat(one(FUNNEL.replace("PT1H", "PT2H")).id()).isNotEqualTo(id);
        assertThat(one(FUNNEL.replace("name: 'y'", "name: 'z'")).id()).isNotEqualTo(id);
        assertThat(one(FUNNEL.replace("['Y']", "['Z']")).id()).isNotEqualTo(id);
        String sessions = "{name: 'a', aggregate: 'sessions', windows: ['1h'], gap: 'PT1M'}";
        assertThat(one(sessions.replace("PT1M", "PT2M")).id())
                .isNotEqualTo(one(sessions).id());
        assertThat(Catalogues.of(List.of(metric(FUNNEL)), null, ZoneId.of("Europe/Vienna"))
                        .catalogue()
                        .metrics()
                        .get(0)
                        .id())
                .isNotEqualTo(id);
        assertThat(rows("{}").id())
                .isEqualTo(rows("{gap: 'PT30M', types: ['screen', 'page', 'track']}")
                        .id());
        assertThat(rows("{gap: 'PT31M'}").id()).isNotEqualTo(rows("{}").id());
        assertThat(rows("{page: 'properties.path'}").id())
                .isNotEqualTo(rows("{}").id());
    }

    @Test
    void metricsThatGetInEachOthersWayAreRefused() {
        refused("b", "there are two of that name; give one another name", count("b"), count("b"));
        refused(
                "visits_bounce_rate",
                "it is written as 'visits_bounce_rate', and so is metric 'visits'; give one another name",
                metric("{name: 'visits', aggregate: 'sessions', windows: ['1h']}"),
                count("visits_bounce_rate"));
        refused(
                "a",
                "it is written as 'a_reached', and so is metric 'a_reached'; give one another name",
                count("a_reached"),
                metric(FUNNEL));
        // A funnel's own name is free, but not for two metrics.
        refused("a", "there are two of that name", metric(FUNNEL), count("a"));
    }

    @Test
    void idsThatAreTheSameByChanceAreRefused() {
        Map<Integer, MetricDefinition> byId = new HashMap<>();
        for (int i = 0; i < 1_000_000; i++) {
            MetricDefinition next = count("m" + i);
            MetricDefinition other = byId.put(MetricId.of(next, ZoneOffset.UTC), next);
            if (other != null) {
                refused(next.name(), "state would take it for metric '" + other.name() + "'", other, next);
                return;
            }
        }
        throw new AssertionError("no two of a million");
    }

    private static void refused(String name, String reason, MetricDefinition... metrics) {
        assertThatExceptionOfType(RefusedMetricException.class)
                .isThrownBy(() -> Catalogues.of(List.of(metrics), null, ZoneOffset.UTC))
                .withMessageStartingWith("metric '" + name + "': " + reason)
                .satisfies(e -> assertThat(e.metric()).isEqualTo(name));
    }

    private static MetricDefinition count(String name) {
        return new MetricDefinition(
                name, null, null, null, Aggregate.COUNT, null, List.of("1h"), null, null, null, null, null, null);
    }

    private static Metric one(String json) {
        return Definitions.catalogue(json).catalogue().metrics().get(0);
    }

    private static Metric rows(String json) {
        return Definitions.catalogueOf(Definitions.sessionRows(json))
                .catalogue()
                .metrics()
                .get(0);
    }
}
