package dev.millrace.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.millrace.core.catalogue.Aggregate;
import dev.millrace.core.catalogue.Catalogue;
import dev.millrace.core.catalogue.Metric;
import dev.millrace.core.catalogue.WindowSize;
import java.time.ZoneId;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The metrics of a configuration: what is kept, and what is refused. */
class MetricsConfigTest {
    private static final String LEAST = "kafka: {bootstrap_servers: k:9092}\nregistry: {url: http://r}\n";

    @Test
    void theDefaultCatalogueIsKept() {
        Catalogue catalogue = measure("").catalogue().catalogue();
        assertThat(catalogue.metrics().stream().map(Metric::name))
                .containsExactly(
                        "events",
                        "unique_profiles",
                        "new_profiles",
                        "sessions",
                        "page_views",
                        "page_views_by_campaign",
                        "revenue",
                        "orders",
                        "average_order_value",
                        "shop_funnel",
                        "top_products",
                        "data_health",
                        Metric.SESSION_ROWS);
        assertThat(measure("").definitions()).allSatisfy(metric -> {
            assertThat(metric.description()).endsWith(".");
            assertThat(metric.owner()).isEqualTo("millrace");
        });
        assertThat(named(catalogue, "unique_profiles").windows().stream().map(WindowSize::text))
                .containsExactly("5m/1m", "1h", "1d");
        assertThat(named(catalogue, "shop_funnel").steps())
                .containsExactly("1 Product Viewed", "2 Product Added", "3 Checkout Started", "4 Order Completed");
        assertThat(named(catalogue, "data_health").arrivals()).isTrue();
        assertThat(named(catalogue, "sessions").gapMillis()).isEqualTo(1_800_000);
        assertThat(catalogue.byId(named(catalogue, "orders").id())).isEqualTo(named(catalogue, "orders"));
    }

    @Test
    void ownMetricsAreAddedOrTakeThePlaceOfBuiltInOnes() {
        MillraceConfig.MeasureOptions measure = measure(
                """
                time_zone: Europe/Vienna
                metrics:
                  - {name: orders, aggregate: count, match: {events: [Bought]}, windows: [1d], time_zone: UTC}
                  - {name: clicks, aggregate: count, match: {events: [Clicked]}, windows: [1d]}
                """);
        Catalogue catalogue = measure.catalogue().catalogue();
        assertThat(measure.metrics()).hasSize(2);
        assertThat(measure.definitions())
                .hasSize(13)
                .endsWith(measure.metrics().get(0), measure.metrics().get(1));
        assertThat(named(catalogue, "orders").dimensions()).isEmpty();
        assertThat(named(catalogue, "orders").windows().get(0).zone())
                .isEqualTo(ZoneId.of("UTC").normalized());
        assertThat(named(catalogue, "clicks").windows().get(0).zone()).isEqualTo(ZoneId.of("Europe/Vienna"));
        assertThat(named(catalogue, "revenue").windows().get(0).zone()).isEqualTo(ZoneId.of("Europe/Vienna"));
        assertThat(catalogue.metrics()).hasSize(14);
    }

    @Test
    void allOfItCanBeLeftOut() {
        assertThat(measure("default_metrics: false\nsessions: {enabled: false}")
                        .catalogue()
                        .catalogue()
                        .metrics())
                .isEmpty();
        assertThat(measure("default_metrics: false\nsessions: {gap: 1m}")
                        .catalogue()
                        .catalogue()
                        .metrics())
                .singleElement()
                .satisfies(metric -> {
                    assertThat(metric.isSessionRows()).isTrue();
                    assertThat(metric.aggregate()).isEqualTo(Aggregate.SESSIONS);
                    assertThat(metric.gapMillis()).isEqualTo(60_000);
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "windows: [1h]|it has no aggregate; give one of count, sum, average, unique_profiles,",
                "aggregate: summ, windows: [1h]|'summ' is none of count, sum, average,",
                "aggregate: count|it has no windows; give some, as in [1m, 1h, 1d]",
                "aggregate: count, windows: [1h, 1h]|'windows' has 1h twice; once is enough",
                "aggregate: count, windows: []|'windows' is an empty list",
                "aggregate: count, windows: [~]|'windows' has an entry that says nothing; remove it",
                "aggregate: count, windows: [7h]|window '7h' does not divide a day evenly; use one that does",
                "aggregate: count, windows: [2d]|window '2d' does not divide a day evenly",
                "aggregate: count, windows: [1w]|window '1w' is not a number and m, h or d",
                "aggregate: count, windows: [5m/2m]|window '5m/2m' begins at intervals that do not divide its length",
                "aggregate: count, windows: [1h/1h]|window '1h/1h' begins at intervals that do not divide its length",
                "aggregate: count, windows: [1d/10m]|window '1d/10m' overlaps with more than 64 others",
                "aggregate: count, windows: [1h], time_zone: Mars|time_zone 'Mars' is none; use a name as in",
                // PostgreSQL takes it to be west of Greenwich.
                "aggregate: count, windows: [1h], time_zone: UTC+2|time_zone 'UTC+2' is none; use a name as in",
                "aggregate: count, windows: [1h], max_values: 0|'max_values' must be from 1 to 1,000,000, but is 0",
                "aggregate: count, windows: [1h], max_values: 1000001|'max_values' must be from 1 to 1,000,000",
                "aggregate: sum, windows: [1h]|it has no 'value', which says what is added up",
                "aggregate: average, windows: [1h], value: []|it has no 'value'",
                "aggregate: count, windows: [1h], value: properties.x|'value' is for sum and average; leave it out",
                "aggregate: sum, windows: [1h], value: x|'x' is neither a field (type, event, source, user_id,",
                "aggregate: sum, windows: [1h], value: properties|after 'properties' the name of a member is expected",
                "aggregate: sum, windows: [1h], value: 'properties.a[*]'|leads to any number of values; name one of them",
                "aggregate: sum, windows: [1h], value: [traits.a, traits.a]|'value' has traits.a twice",
                "aggregate: count, windows: [1h], gap: 1m|'gap' is for sessions; leave it out",
                "aggregate: sessions, windows: [1h], gap: 0m|'gap' must be above zero and at most 1d",
                "aggregate: sessions, windows: [1h], gap: 31d|'gap' must be above zero and at most 1d",
                "aggregate: sessions, windows: [1h], gap: soon|'soon' is not a duration",
                "aggregate: sessions, windows: [1h], within: 1m|'within' is for funnel; leave it out",
                "aggregate: count, windows: [1h], steps: []|'steps' is for funnel; leave it out",
                "aggregate: funnel, windows: [1h]|a funnel has 2 to 31 'steps', but this one 0; a step is",
                "aggregate: funnel, windows: [1h], steps: [{name: a, match: {events: [A]}}]|but this one 1",
                "aggregate: funnel, windows: [1h], steps: [a, b]|measure.metrics[0].steps[0]",
                "aggregate: funnel, windows: [1h], steps: [{name: a}, {name: b}]|step 'a' must say which events take it",
                "aggregate: funnel, windows: [1h], steps: [{name: a, match: {}}]|step 'a' must say which events take it",
                "aggregate: funnel, windows: [1h], steps: [{name: a, match: {signals: [late]}}]|step 'a' must say which",
                "aggregate: funnel, windows: [1h], steps: [{name: ' '}]|a step's name must have 1 to 100 characters",
                "aggregate: funnel, windows: [1h], within: 0s, STEPS|'within' must be above zero and at most 1d",
                "aggregate: funnel, windows: [1h], match: {events: [A]}, STEPS|each of a funnel's steps has a 'match'",
                "aggregate: funnel, windows: [1h], dimensions: [{name: step, from: event}], STEPS|has a dimension 'step'",
                "aggregate: funnel, windows: [1h], dimensions: [lifecycle], STEPS|'lifecycle' is for unique_profiles and",
                "aggregate: count, windows: [1h], match: {}|its 'match' says nothing; leave it out to match all events",
                "aggregate: count, windows: [1h], match: {types: []}|'types' is an empty list; name something or leave it",
                "aggregate: count, windows: [1h], match: {events: []}|'events' is an empty list",
                "aggregate: count, windows: [1h], match: {where: []}|'where' is an empty list",
                "aggregate: count, windows: [1h], match: {signals: []}|'signals' is an empty list",
                "aggregate: count, windows: [1h], match: {types: [trak]}|'types' has 'trak', which is none; known are track",
                "aggregate: count, windows: [1h], match: {events: [a, a]}|'events' has a twice",
                "aggregate: count, windows: [1h], match: {signals: [early]}|'early' is none of accepted, late,",
                "aggregate: count, windows: [1h], match: {signals: [late], events: [a]}|'signals' are of records, not of",
                "aggregate: unique_profiles, windows: [1h], match: {signals: [late]}|signals can only be counted",
                "aggregate: count, windows: [1h], match: {where: [{exists: true}]}|a condition has no 'path'",
                "aggregate: count, windows: [1h], match: {where: [{path: traits.a}]}|has 0 comparisons, not one",
                "aggregate: count, windows: [1h], match: {where: [{path: traits.a, above: 1, below: 3}]}|has 2"
                        + " comparisons, not one: equals, in, exists, above, at_least, below, at_most or prefix; write several",
                "aggregate: count, windows: [1h], match: {where: [{path: ip, exists: true}]}|'ip' is neither a field",
                "aggregate: count, windows: [1h], match: {where: [{path: traits.a, equals: [1]}]}|which is neither text nor",
                "aggregate: count, windows: [1h], match: {where: [{path: traits.a, in: []}]}|'in' is an empty list",
                "aggregate: count, windows: [1h], match: {where: [{path: traits.a, above: Infinity}]}|no finite number",
                "aggregate: count, windows: [1h], match: {where: [{path: traits.a, above: big}]}|measure.metrics[0].match.where",
                "aggregate: count, windows: [1h], dimensions: [source, source]|twice",
                "aggregate: count, windows: [1h], dimensions: [source, {name: source, from: type}]|'dimensions' has 'source'"
                        + " twice; remove one or give it another name",
                "aggregate: count, windows: [1h], dimensions: [ip]|dimension 'ip' is no field of an event (type, event,",
                "aggregate: count, windows: [1h], dimensions: [properties.ip]|a path needs a name, as in {name: currency,",
                "aggregate: count, windows: [1h], dimensions: [{from: type}]|dimension 'null' must be named with",
                "aggregate: count, windows: [1h], dimensions: [{name: a, from: []}]|'from' is an empty list",
                "aggregate: count, windows: [1h], dimensions: [{name: a, from: b}]|'b' is neither a field",
                "aggregate: count, windows: [1h], dimensions: [{name: lifecycle, from: type}]|has no 'from'",
                "aggregate: count, windows: [1h], dimensions: [lifecycle]|'lifecycle' is for unique_profiles and sessions",
                "aggregate: sessions, windows: [1h], dimensions: [lifecycle, source]|'lifecycle' must be the last",
                "aggregate: count, windows: [1h], dimensions: [signal]|only signals have the dimension 'signal'",
                "aggregate: count, windows: [1h], match: {signals: [late]}, dimensions: [source]|signals have no dimension",
                "aggregate: new_profiles, windows: [1h], match: {events: [a]}|new_profiles are those whose first event",
                "aggregate: new_profiles, windows: [1h], value: traits.a|'value' is for sum and average",
                "aggregate: new_profiles, windows: [1h], dimensions: [source]|new_profiles are no events"
            })
    void aMetricThatCantBeKeptIsRefusedWithItsNameLineAndReason(String definition, String reason) {
        String text = definition.replace(
                "STEPS", "steps: [{name: a, match: {events: [A]}}, {name: b, match: {events: [B]}}]");
        refused(
                "metrics:\n  - {name: bad, " + text + "}",
                "test.yaml, line 5: 'measure.metrics[0]",
                "metric 'bad': ",
                reason);
    }

    @Test
    void aRefusalNamesTheLineOfWhatIsRefused() {
        String metrics =
                """
                metrics:
                  - name: good
                    aggregate: count
                    windows: [1h]

                  - name: bad
                    # Where it goes wrong.
                    match:
                      types: [track]
                      where:
                        - {path: properties.a, exists: true}
                        - path: properties.b
                    aggregate: count
                    windows: [1h]
                """;
        refused(
                metrics,
                "test.yaml, line 15: 'measure.metrics[1].match.where[1]': metric 'bad': the condition on 'properties.b' has");
        refused(
                metrics.replace("  - path", "  - pth"),
                "test.yaml, line 15: metric 'bad': unknown key 'measure.metrics[1].match.where[1].pth'; did you mean 'path'?");
        refused(
                metrics.replace("- path: properties.b", "- {path: event, prefix: a}")
                        .replace("aggregate: count\n    windows: [1h]\n\n", "aggregate: count\n    windows: [5h]\n\n"),
                "test.yaml, line 5: 'measure.metrics[0]': metric 'good': window '5h' does not divide a day");
        refused(
                metrics.replace("- path: properties.b", "- {path: event, prefix: \"${UNSET}\"}"),
                "test.yaml, line 15: metric 'bad': 'prefix' refers to the environment variable UNSET, which is not set");
        refused(
                "metrics:\n  - {aggregate: count, windows: [1h]}",
                "line 5",
                "metric 'null': its name must be lower-case");
        refused(
                "metrics:\n  - {name: Bad, aggregate: count, windows: [1h]}",
                "line 5",
                "metric 'Bad': its name must be");
        refused(
                "metrics:\n  - {name: " + "a".repeat(64) + ", aggregate: count}",
                "line 5",
                "its name must be lower-case");
        refused("metrics:\n  -", "line 3: 'measure': 'metrics' has an entry that says nothing; remove it");
    }

    @Test
    void metricsThatGetInEachOthersWayAreRefusedAtTheSecond() {
        refused(
                """
                metrics:
                  - {name: a, aggregate: count, windows: [1h]}
                  - {name: b, aggregate: count, windows: [1h]}
                  - {name: a, aggregate: count, windows: [1d]}
                """,
                "test.yaml, line 7: 'measure.metrics[2]': metric 'a': there are two of that name; give one another name");
        refused(
                """
                metrics:
                  - {name: visits_bounce_rate, aggregate: count, windows: [1h]}
                  - {name: visits, aggregate: sessions, windows: [1h]}
                """,
                "test.yaml, line 6: 'measure.metrics[1]': metric 'visits': it is written as 'visits_bounce_rate', and so is"
                        + " metric 'visits_bounce_rate'; give one another name");
        refused(
                "metrics:\n  - {name: shop_funnel_reached, aggregate: count, windows: [1h]}",
                "line 5: 'measure.metrics[0]': metric 'shop_funnel_reached': it is written as 'shop_funnel_reached', and so"
                        + " is metric 'shop_funnel'");
    }

    @Test
    void funnelsHaveNoMoreStepsThanBits() {
        assertThat(measure("metrics:\n  - {name: f, aggregate: funnel, windows: [1d], steps: [" + steps(31) + "]}")
                        .metrics()
                        .get(0)
                        .steps())
                .hasSize(31);
        refused(
                "metrics:\n  - {name: f, aggregate: funnel, windows: [1d], steps: [" + steps(32) + "]}",
                "metric 'f': a funnel has 2 to 31 'steps', but this one 32");
    }

    private static String steps(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "{name: s" + i + ", match: {events: [E" + i + "]}}")
                .collect(Collectors.joining(", "));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "metrics: [{name: a, agregate: count}]|measure.metrics[0].agregate|aggregate",
                "metrics: [{name: a, match: {type: [track]}}]|measure.metrics[0].match.type|types",
                "metrics: [{name: a, match: {where: {pfad: a}}}]|measure.metrics[0].match.where.pfad|path",
                "metrics: [{name: a, dimensions: [source, {name: a, form: b}]}]|metrics[0].dimensions[1].form|from",
                "metrics: [{name: a, dimensions: {name: a, form: b}}]|measure.metrics[0].dimensions.form|from",
                "metrics: [{name: a, steps: [{name: a, match: {event: b}}]}]|steps[0].match.event|events",
                "sessions: {gaps: 1m}|measure.sessions.gaps|gap",
                "sessions: {order: {typ: track}}|measure.sessions.order.typ|types",
                "journeys: {event: 1}|measure.journeys.event|events",
                "retention: {metric: 1d}|measure.retention.metric|metrics",
                "default_metric: true|measure.default_metric|default_metrics"
            })
    void anUnknownKeyIsRefusedWithTheNearest(String yaml, String path, String nearest) {
        String ofMetric = yaml.startsWith("metrics:") ? "metric 'a': " : "";
        refused(yaml, "test.yaml, line 4: " + ofMetric + "unknown key '", path + "'; did you mean '" + nearest + "'?");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "sessions: {gap: 0s}|'measure.sessions': 'gap' must be above zero and at most 1d",
                "sessions: {types: [pages]}|'types' has 'pages', which is none",
                "sessions: {page: 'context.page[*]'}|leads to any number of values",
                "sessions: {campaign: []}|'campaign' is an empty list",
                "sessions: {order: {signals: [late]}}|'order' is about events; leave out 'signals'",
                "sessions: {revenue: total}|'total' is neither a field",
                "journeys: {events: 0}|'measure.journeys': 'events' must be above zero",
                "journeys: {events: 1001}|'events' must be at most 1000, but is 1001",
                "retention: {metrics: 0d}|'measure.retention': 'metrics' must be above zero",
                "retention: {journeys: long}|'measure.retention.journeys': 'long' is not a duration"
            })
    void otherOptionsThatCantBeAreRefused(String yaml, String reason) {
        refused(yaml, "test.yaml, line 4: ", reason);
    }

    private static MillraceConfig.MeasureOptions measure(String yaml) {
        return ConfigFile.parse(LEAST + "measure:\n" + yaml.indent(2), "test.yaml", name -> null)
                .measure();
    }

    private static Metric named(Catalogue catalogue, String name) {
        List<Metric> metrics = catalogue.metrics().stream()
                .filter(metric -> metric.name().equals(name))
                .toList();
        assertThat(metrics).hasSize(1);
        return metrics.get(0);
    }

    private static void refused(String yaml, String... sentences) {
        assertThatExceptionOfType(ConfigException.class)
                .as(yaml)
                .isThrownBy(() -> measure(yaml))
                .withMessageContainingAll(sentences);
    }
}
