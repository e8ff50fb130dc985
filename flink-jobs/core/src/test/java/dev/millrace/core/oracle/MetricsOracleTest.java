package dev.millrace.core.oracle;

import static dev.millrace.core.oracle.Histories.event;
import static dev.millrace.core.oracle.Histories.json;
import static dev.millrace.core.oracle.Histories.millis;
import static dev.millrace.core.oracle.Histories.page;
import static dev.millrace.core.oracle.Histories.track;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Examples computed by hand: what each aggregate means. */
class MetricsOracleTest {
    private static final String ORDERS = "match: {types: ['track'], events: ['Order Completed']}";

    @Test
    void countIsTheNumberOfMatchingEventsByTheMinute() {
        List<OracleEvent> events = List.of(
                track("p", "10:00", "Order Completed", null),
                track("p", "10:00:59.999", "Order Completed", null),
                track("q", "10:01:00.000", "Order Completed", null),
                track("q", "10:01:30", "Product Viewed", null),
                page("q", "10:01:30", "web", "/"));
        assertThat(rows(events, "{name: 'm', aggregate: 'count', " + ORDERS + ", windows: ['1m', '1h']}"))
                .isEqualTo(Map.of(
                        row("m", "1m", "10:00", "10:01", "{}"), 2.0,
                        row("m", "1m", "10:01", "10:02", "{}"), 1.0,
                        row("m", "1h", "10:00", "11:00", "{}"), 3.0));
        assertThat(rows(events, "{name: 'm', aggregate: 'count', windows: ['1h']}"))
                .isEqualTo(Map.of(row("m", "1h", "10:00", "11:00", "{}"), 5.0));
    }

    @Test
    void anEventCountsInEveryHoppingWindowThatHasItsMinute() {
        assertThat(rows(
                        List.of(track("p", "10:04:59.999", "a", null)),
                        "{name: 'm', aggregate: 'count', windows: ['5m/1m']}"))
                .isEqualTo(Map.of(
                        row("m", "5m/1m", "10:00", "10:05", "{}"), 1.0,
                        row("m", "5m/1m", "10:01", "10:06", "{}"), 1.0,
                        row("m", "5m/1m", "10:02", "10:07", "{}"), 1.0,
                        row("m", "5m/1m", "10:03", "10:08", "{}"), 1.0,
                        row("m", "5m/1m", "10:04", "10:09", "{}"), 1.0));
    }

    @Test
    void theZoneIsTheMetricsOwnOrElseTheGivenOne() {
        List<OracleEvent> events = List.of(track("p", "2024-05-06T22:30:00Z", "a", null));
        String catalogue =
                """
                [{name: 'here', aggregate: 'count', windows: ['1d']},
                 {name: 'there', aggregate: 'count', windows: ['1d'], time_zone: 'Asia/Kolkata'}]
                """;
        assertThat(MetricsOracle.rows(events, json(catalogue), ZoneId.of("Europe/Vienna")))
                .isEqualTo(Map.of(
                        row("here", "1d", "2024-05-06T22:00:00Z", "2024-05-07T22:00:00Z", "{}"), 1.0,
                        row("there", "1d", "2024-05-06T18:30:00Z", "2024-05-07T18:30:00Z", "{}"), 1.0));
    }

    @Test
    void sumIsExactInMillionthsAndLeavesOutWhatIsNoAmount() {
        List<OracleEvent> events = new ArrayList<>();
        // Ten times 0.1 is 1; halves of a millionth go to the even one: 0, 0.000002, 0.000002.
        for (int i = 0; i < 10; i++) {
            events.add(track("p", "10:00", "a", "{total: 0.1}"));
        }
        for (String total : List.of("0.0000005", "0.0000015", "0.0000025", "1e-7", "'12.50'", "'1e1'", "-3")) {
            events.add(track("p", "10:10", "a", "{total: " + total + "}"));
        }
        for (String total : List.of(
                "null", "true", "'free'", "''", "' 7'", "'+5'", "'007'", "'.5'", "'NaN'", "1e13", "-1e13", "1e400",
                "{a: 5}", "[5]")) {
            events.add(track("p", "10:20", "a", "{total: " + total + "}"));
        }
        events.add(track("p", "10:20", "a", "{}"));
        events.add(track("p", "10:20", "a", null));
        assertThat(
                        rows(
                                events,
                                "{name: 'm', aggregate: 'sum', value: 'properties.total', windows: ['1h'], dimensions: ['event']}"))
                .isEqualTo(Map.of(row("m", "1h", "10:00", "11:00", "{\"event\":\"a\"}"), 20.500004));
    }

    @Test
    void anAmountMayBeAsLargeAsAMillionMillions() {
        List<OracleEvent> events = List.of(
                track("p", "10:00", "a", "{total: 1e12}"),
                track("p", "10:00", "a", "{total: -1000000000000}"),
                track("p", "10:00", "a", "{total: '1000000000000.000000'}"));
        assertThat(rows(events, "{name: 'm', aggregate: 'sum', value: 'properties.total', windows: ['1h']}"))
                .isEqualTo(Map.of(row("m", "1h", "10:00", "11:00", "{}"), 1e12));
    }

    @Test
    void theFirstPathWithAnAmountHasTheValue() {
        List<OracleEvent> events = List.of(
                track("p", "10:00", "a", "{revenue: 1, total: 10}"),
                track("p", "10:00", "a", "{revenue: 'none', total: 20}"),
                track("p", "10:00", "a", "{revenue: 1e13, total: 30}"),
                track("p", "10:00", "a", "{revenue: 0, total: 40}"));
        String value = "value: ['properties.revenue', 'properties.total']";
        assertThat(rows(events, "{name: 'm', aggregate: 'sum', " + value + ", windows: ['1h']}"))
                .isEqualTo(Map.of(row("m", "1h", "10:00", "11:00", "{}"), 51.0));
        assertThat(rows(events, "{name: 'm', aggregate: 'average', " + value + ", windows: ['1h']}"))
                .isEqualTo(Map.of(row("m", "1h", "10:00", "11:00", "{}"), 12.75));
    }

    @Test
    void averageIsOfEventsWithAnAmountAlone() {
        List<OracleEvent> events = List.of(
                track("p", "10:00", "a", "{total: 1}"),
                track("p", "10:00", "a", "{total: 0}"),
                track("q", "10:00", "a", "{total: '0'}"),
                track("q", "10:00", "a", "{total: 'none'}"),
                track("q", "10:00", "a", null));
        assertThat(rows(events, "{name: 'm', aggregate: 'average', value: 'properties.total', windows: ['1h']}"))
                .isEqualTo(Map.of(row("m", "1h", "10:00", "11:00", "{}"), 1.0 / 3));
    }

    @Test
    void rowsThatWouldBeZeroAreLeftOut() {
        List<OracleEvent> events =
                List.of(track("p", "10:00", "a", "{total: 5}"), track("p", "10:00", "a", "{total: -5}"));
        assertThat(rows(events, "{name: 'm', aggregate: 'sum', value: 'properties.total', windows: ['1h']}"))
                .isEmpty();
        assertThat(rows(events, "{name: 'm', aggregate: 'average', value: 'properties.total', windows: ['1h']}"))
                .isEmpty();
        // A session of two events at one time: no length, no bounce.
        assertThat(rows(events, "{name: 'm', aggregate: 'sessions', gap: '30m', windows: ['1h']}"))
                .isEqualTo(Map.of(row("m", "1h", "10:00", "11:00", "{}"), 1.0));
        assertThat(rows(events, "{name: 'm', aggregate: 'count', match: {types: ['page']}, windows: ['1h']}"))
                .isEmpty();
    }

    @Test
    void uniqueProfilesAreDifferentPeopleInAWindowAndDimensions() {
        List<OracleEvent> events = List.of(
                page("p", "10:00", "web", "/"),
                page("p", "10:10", "web", "/"),
                new OracleEvent(
                        "user_id:p",
                        "p",
                        millis("10:20"),
                        0,
                        page("p", "10:20", "ios", "/").event()),
                page("q", "10:30", "web", "/"),
                page("q", "11:00", "web", "/"));
        assertThat(rows(events, "{name: 'm', aggregate: 'unique_profiles', windows: ['1h']}"))
                .isEqualTo(Map.of(
                        row("m", "1h", "10:00", "11:00", "{}"), 2.0,
                        row("m", "1h", "11:00", "12:00", "{}"), 1.0));
        assertThat(rows(events, "{name: 'm', aggregate: 'unique_profiles', windows: ['1d'], dimensions: ['source']}"))
                .isEqualTo(Map.of(
                        day("m", "{\"source\":\"web\"}"), 2.0,
                        day("m", "{\"source\":\"ios\"}"), 1.0));
    }

    @Test
    void aProfileIsNewInAWindowThatItsEarliestEventOfAnyKindIsNotBefore() {
        List<OracleEvent> events = List.of(
                track("p", "10:00", "Signed Up", null),
                page("p", "10:30", "web", "/"),
                page("p", "11:00", "web", "/"),
                track("q", "09:59:59.999", "Signed Up", null),
                page("q", "10:30", "web", "/"));
        String metric =
                "{name: 'm', aggregate: 'unique_profiles', match: {types: ['page']}, windows: ['1h', '1d'], dimensions: ['lifecycle']}";
        assertThat(rows(events, metric))
                .isEqualTo(Map.of(
                        row("m", "1h", "10:00", "11:00", "{\"lifecycle\":\"new\"}"), 1.0,
                        row("m", "1h", "10:00", "11:00", "{\"lifecycle\":\"returning\"}"), 1.0,
                        row("m", "1h", "11:00", "12:00", "{\"lifecycle\":\"returning\"}"), 1.0,
                        day("m", "{\"lifecycle\":\"new\"}"), 2.0));
    }

    @Test
    void newProfilesAreThoseWhoseEarliestEventOfAnyKindIsInTheWindow() {
        List<OracleEvent> events = List.of(
                page("p", "11:00", "web", "/"),
                event("p", "10:59:59.999", "identify", null, null, null, null),
                page("q", "10:00", "web", "/"),
                page("q", "10:00", "ios", "/"),
                page("r", "11:00", "web", "/"));
        assertThat(rows(events, "{name: 'm', aggregate: 'new_profiles', windows: ['1h', '1h/15m']}"))
                .isEqualTo(Map.of(
                        row("m", "1h", "10:00", "11:00", "{}"), 2.0,
                        row("m", "1h", "11:00", "12:00", "{}"), 1.0,
                        row("m", "1h/15m", "09:15", "10:15", "{}"), 1.0,
                        row("m", "1h/15m", "09:30", "10:30", "{}"), 1.0,
                        row("m", "1h/15m", "09:45", "10:45", "{}"), 1.0,
                        row("m", "1h/15m", "10:00", "11:00", "{}"), 2.0,
                        row("m", "1h/15m", "10:15", "11:15", "{}"), 2.0,
                        row("m", "1h/15m", "10:30", "11:30", "{}"), 2.0,
                        row("m", "1h/15m", "10:45", "11:45", "{}"), 2.0,
                        row("m", "1h/15m", "11:00", "12:00", "{}"), 1.0));
    }

    @Test
    void aGapAsLongAsTheLimitDoesNotEndASession() {
        String metric = "{name: 'm', aggregate: 'sessions', gap: '30m', windows: ['1h']}";
        assertThat(rows(List.of(page("p", "10:00", "web", "/"), page("p", "10:30", "web", "/")), metric))
                .isEqualTo(Map.of(
                        row("m", "1h", "10:00", "11:00", "{}"), 1.0,
                        row("m_length_seconds", "1h", "10:00", "11:00", "{}"), 1800.0));
        assertThat(rows(List.of(page("p", "10:00", "web", "/"), page("p", "10:30:00.001", "web", "/")), metric))
                .isEqualTo(Map.of(
                        row("m", "1h", "10:00", "11:00", "{}"), 2.0,
                        row("m_bounce_rate", "1h", "10:00", "11:00", "{}"), 1.0));
    }

    @Test
    void aSessionBelongsToTheWindowOfItsStartAndGoesOnOverLeavesAndWindows() {
        OracleEvent later = page("p", "11:10", "web", "/");
        List<OracleEvent> events = List.of(
                // 10:59:59.500 to 11:20, by two leaves, over the hour: 1200.5 s.
                new OracleEvent("user_id:p", "p", later.timeMillis(), 0, later.event()),
                page("p", "11:20", "web", "/"),
                page("p", "10:59:59.500", "web", "/"),
                // Another person, at the same time: a bounce.
                page("q", "10:50", "web", "/"),
                // Does not match, and does not prolong anything.
                track("q", "10:55", "a", null));
        assertThat(rows(
                        events,
                        "{name: 'm', aggregate: 'sessions', gap: '30m', match: {types: ['page']}, windows: ['1h']}"))
                .isEqualTo(Map.of(
                        row("m", "1h", "10:00", "11:00", "{}"), 2.0,
                        row("m_length_seconds", "1h", "10:00", "11:00", "{}"), 600.25,
                        row("m_bounce_rate", "1h", "10:00", "11:00", "{}"), 0.5));
    }

    @Test
    void aSessionsDimensionsAreThoseOfItsFirstEventAndOfSeveralTheLeast() {
        List<OracleEvent> events = List.of(
                page("p", "10:00", "web", "/"),
                page("p", "10:00", null, "/"),
                page("p", "10:01", "android", "/"),
                page("q", "10:00", null, "/"),
                page("q", "10:01", "web", "/"));
        assertThat(rows(
                        events,
                        "{name: 'm', aggregate: 'sessions', gap: '30m', windows: ['1d'], dimensions: ['source']}"))
                .isEqualTo(Map.of(
                        // A text is less than null, as the quotation mark is less than n.
                        day("m", "{\"source\":\"web\"}"), 1.0,
                        day("m_length_seconds", "{\"source\":\"web\"}"), 60.0,
                        day("m", "{\"source\":null}"), 1.0,
                        day("m_length_seconds", "{\"source\":null}"), 60.0));
    }

    @Test
    void severalDimensionsOfOneTimeAreComparedAsOneJsonText() {
        // ["a!",1] is less than ["a",2], as ! is less than the quotation mark.
        List<OracleEvent> events = List.of(
                event("p", "10:00", "page", null, "a", "{path: 2}", null),
                event("p", "10:00", "page", null, "a!", "{path: 1}", null));
        assertThat(
                        rows(
                                events,
                                "{name: 'm', aggregate: 'sessions', windows: ['1d'], dimensions: ['source', {name: 'x', from: 'properties.path'}]}"))
                .isEqualTo(Map.of(day("m", "{\"source\":\"a!\",\"x\":\"1\"}"), 1.0));
    }

    @Test
    void aSessionIsNewWhereItsProfileIsInTheWindowOfItsStart() {
        List<OracleEvent> events =
                List.of(track("p", "10:50", "a", null), page("p", "10:59", "web", "/"), page("p", "12:00", "web", "/"));
        assertThat(
                        rows(
                                events,
                                "{name: 'm', aggregate: 'sessions', gap: '1m', match: {types: ['page']}, windows: ['1h', '1d'], dimensions: ['source', 'lifecycle']}"))
                .isEqualTo(Map.of(
                        row("m", "1h", "10:00", "11:00", "{\"source\":\"web\",\"lifecycle\":\"new\"}"), 1.0,
                        row("m_bounce_rate", "1h", "10:00", "11:00", "{\"source\":\"web\",\"lifecycle\":\"new\"}"), 1.0,
                        row("m", "1h", "12:00", "13:00", "{\"source\":\"web\",\"lifecycle\":\"returning\"}"), 1.0,
                        row(
                                        "m_bounce_rate",
                                        "1h",
                                        "12:00",
                                        "13:00",
                                        "{\"source\":\"web\",\"lifecycle\":\"returning\"}"),
                                1.0,
                        day("m", "{\"source\":\"web\",\"lifecycle\":\"new\"}"), 2.0,
                        day("m_bounce_rate", "{\"source\":\"web\",\"lifecycle\":\"new\"}"), 1.0));
    }

    /** Events of one person as step letters with times; what is reached is that of the whole day. */
    @ParameterizedTest
    @CsvSource({
        // A chain in order, and its limit: an hour after the first step is within, a millisecond more is not.
        "a10:00 b10:10 c10:20,3",
        "a10:00 b10:10 c11:00,3",
        "a10:00 b10:10 c11:00:00.001,2",
        "a10:00 b11:00:00.001 c11:00:00.002,1",
        // Not in order: the steps before a step's turn do not count.
        "b10:00 a10:10 c10:20,1",
        "a10:00 c10:10 b10:20,2",
        "b10:00 c10:10,0",
        // Equal times are in order, whatever the order of the events.
        "c10:00 b10:00 a10:00,3",
        // A later first step begins anew, and the best one counts.
        "a10:00 a10:30 b10:40 c11:30,3",
        "a10:00 b10:10 a12:00,2",
        // The earliest second step is not the only one.
        "a10:00 b10:05 b10:15 c10:10,3",
        // One event may be several steps.
        "x10:00,2",
        "x10:00 c10:30,3",
        "a10:00 x10:30 c11:00,3"
    })
    void aFunnelIsReachedAsFarAsTheBestChainGoes(String history, int reached) {
        List<OracleEvent> events = new ArrayList<>();
        for (String part : history.split(" ")) {
            events.add(track("p", part.substring(1), part.substring(0, 1), null));
        }
        // No chain goes over to another person.
        events.add(track("q", "10:15", "c", null));
        Map<Row, Double> rows = rows(events, "{" + STEPS + ", windows: ['1d']}");
        List<String> labels = List.of("1 seen", "2 taken", "3 paid");
        for (int step = 1; step <= 3; step++) {
            String dimensions = "{\"step\":\"" + labels.get(step - 1) + "\"}";
            assertThat(rows.get(day("m_reached", dimensions))).as(dimensions).isEqualTo(step <= reached ? 1.0 : null);
            assertThat(rows.get(day("m_abandoned", dimensions)))
                    .as(dimensions)
                    .isEqualTo(step == reached && step < 3 ? 1.0 : null);
        }
    }

    private static final String STEPS =
            """
            name: 'm', aggregate: 'funnel', within: '1h', steps: [
                {name: 'seen', match: {events: ['a', 'x']}},
                {name: 'taken', match: {events: ['b', 'x']}},
                {name: 'paid', match: {events: ['c']}}]
            """;

    @Test
    void aFunnelCountsProfilesInTheWindowAndDimensionsOfTheFirstStep() {
        List<OracleEvent> events = List.of(
                // Two chains of p: both begin in the web, in different hours; both end in the second.
                event("p", "10:30", "track", "a", "web", null, null),
                event("p", "11:00", "track", "a", "web", null, null),
                event("p", "11:10", "track", "b", "ios", null, null),
                event("p", "11:45", "track", "c", "ios", null, null),
                // q stops after the first, twice.
                event("q", "10:00", "track", "a", "web", null, null),
                event("q", "10:01", "track", "a", "web", null, null),
                event("q", "10:02", "track", "a", "ios", null, null));
        assertThat(rows(events, "{" + STEPS + ", windows: ['1h'], dimensions: ['source']}"))
                .isEqualTo(Map.of(
                        row("m_reached", "1h", "10:00", "11:00", "{\"source\":\"web\",\"step\":\"1 seen\"}"), 2.0,
                        row("m_abandoned", "1h", "10:00", "11:00", "{\"source\":\"web\",\"step\":\"1 seen\"}"), 1.0,
                        row("m_reached", "1h", "10:00", "11:00", "{\"source\":\"web\",\"step\":\"2 taken\"}"), 1.0,
                        row("m_abandoned", "1h", "10:00", "11:00", "{\"source\":\"web\",\"step\":\"2 taken\"}"), 1.0,
                        row("m_reached", "1h", "10:00", "11:00", "{\"source\":\"ios\",\"step\":\"1 seen\"}"), 1.0,
                        row("m_abandoned", "1h", "10:00", "11:00", "{\"source\":\"ios\",\"step\":\"1 seen\"}"), 1.0,
                        row("m_reached", "1h", "11:00", "12:00", "{\"source\":\"web\",\"step\":\"1 seen\"}"), 1.0,
                        row("m_reached", "1h", "11:00", "12:00", "{\"source\":\"web\",\"step\":\"2 taken\"}"), 1.0,
                        row("m_reached", "1h", "11:00", "12:00", "{\"source\":\"web\",\"step\":\"3 paid\"}"), 1.0));
    }

    @Test
    void dimensionsAreScalarsAsTextBoundedAndClean() {
        String most = "x".repeat(200);
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("'EUR'", "\"EUR\"");
        texts.put("''", "\"\"");
        texts.put("1.50", "\"1.50\"");
        texts.put("1e3", "\"1e3\"");
        texts.put("-0", "\"-0\"");
        texts.put("true", "\"true\"");
        texts.put("'\\u0000'", "\"\uFFFD\"");
        texts.put("'a\\ud83d'", "\"a\uFFFD\"");
        texts.put("'\\ud83d\\ude00'", "\"😀\"");
        texts.put("'" + most + "'", '"' + most + '"');
        texts.put("'" + most + "y'", '"' + most.substring(1) + "…\"");
        texts.put("'" + most.substring(2) + "😀z'", '"' + most.substring(2) + "\uFFFD…\"");
        for (String none : List.of("null", "{a: 'EUR'}", "['EUR']")) {
            texts.put(none, "null");
        }
        texts.forEach((given, expected) -> assertThat(
                        rows(
                                List.of(track("p", "10:00", "a", "{currency: " + given + "}")),
                                "{name: 'm', aggregate: 'count', windows: ['1d'], dimensions: [{name: 'c', from: 'properties.currency'}]}"))
                .as(given)
                .isEqualTo(Map.of(day("m", "{\"c\":" + expected + "}"), 1.0)));
    }

    @Test
    void theFirstPathThatHasATextHasTheDimension() {
        List<OracleEvent> events = List.of(
                event("p", "10:00", "page", null, null, "{path: '/b'}", "{page: {path: '/a'}}"),
                event("p", "10:00", "page", null, null, "{path: '/b'}", "{page: {path: {}}}"),
                event("p", "10:00", "page", null, null, "{path: '/b'}", "{page: '/a'}"),
                event("p", "10:00", "page", null, null, "{path: null}", null));
        assertThat(
                        rows(
                                events,
                                "{name: 'm', aggregate: 'count', windows: ['1d'], dimensions: [{name: 'x', from: ['context.page.path', 'properties.path']}]}"))
                .isEqualTo(Map.of(
                        day("m", "{\"x\":\"/a\"}"), 1.0,
                        day("m", "{\"x\":\"/b\"}"), 2.0,
                        day("m", "{\"x\":null}"), 1.0));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "exists: true                | 0 '' false {} []        | null -",
                "exists: false               | null -                  | 0 '' false {}",
                "equals: 'EUR'               | 'EUR'                   | 'eur' 'EURO' ['EUR'] {} 5 null -",
                "equals: 2                   | 2 2.0 2e0               | 3 true null - {}",
                "equals: true                | true                    | false 1 null -",
                "in: ['EUR', 2]              | 'EUR' 2                 | 'USD' 3 null - ['EUR']",
                "above: 2.5                  | 2.6 3 1e9 '3'           | 2.5 2.50 -3 'many' true null -",
                "at_least: 2.5               | 2.5 2.50 3 '2.5'        | 2.4 1e-7 null - {}",
                "below: 2.5                  | 2.4 -3 1e-7 '0'         | 2.5 3 '' null - false",
                "at_most: 2.5                | 2.5 -1e9                | 2.6 'a' null -",
                "prefix: '/p'                | '/p' '/products'        | '/' 'x/p' 7 null - ['/p']"
            })
    void aConditionHoldsOrNot(String condition, String holding, String others) {
        String metric = "{name: 'm', aggregate: 'count', windows: ['1d'], match: {where: [{path: 'properties.v', "
                + condition + "}]}}";
        for (String value : holding.trim().split(" ")) {
            assertThat(rows(List.of(valued(value)), metric)).as(value).containsExactly(Map.entry(day("m", "{}"), 1.0));
        }
        for (String value : others.trim().split(" ")) {
            assertThat(rows(List.of(valued(value)), metric)).as(value).isEmpty();
        }
    }

    private static OracleEvent valued(String value) {
        return track("p", "10:00", "a", value.equals("-") ? "{}" : "{v: " + value + "}");
    }

    @Test
    void allConditionsMustHold() {
        String metric =
                """
                {name: 'm', aggregate: 'count', windows: ['1d'], match: {where: [
                    {path: 'properties.a', at_least: 1}, {path: "properties['b'][1].c", equals: 'x'}, {path: 'source', in: ['web']}]}}
                """;
        List<OracleEvent> events = List.of(
                track("p", "10:00", "a", "{a: 1,b: [0, {c: 'x'}]}"),
                track("p", "10:00", "a", "{a: 0,b: [0, {c: 'x'}]}"),
                track("p", "10:00", "a", "{a: 1,b: [{c: 'x'}]}"),
                event("p", "10:00", "track", "a", "ios", "{a: 1,b: [0, {c: 'x'}]}", null));
        assertThat(rows(events, metric)).isEqualTo(Map.of(day("m", "{}"), 1.0));
    }

    @Test
    void metricsOfSignalsHaveNoRowsAndWhatIsUnknownIsRefused() {
        List<OracleEvent> events = List.of(track("p", "10:00", "a", null));
        assertThat(rows(events, "{name: 'm', aggregate: 'count', match: {signals: ['counted']}, windows: ['1d']}"))
                .isEmpty();
        for (String unknown : List.of(
                "{name: 'm', aggregate: 'median', windows: ['1d']}",
                "{name: 'm', aggregate: 'count', windows: ['7m']}",
                "{name: 'm', aggregate: 'count', windows: ['1d'], match: {event: ['a']}}",
                "{name: 'm', aggregate: 'count', windows: ['1d'], match: {where: [{path: 'source', like: 'a'}]}}",
                "{name: 'm', aggregate: 'count', windows: ['1d'], dimensions: ['colour']}")) {
            assertThatIllegalArgumentException().as(unknown).isThrownBy(() -> rows(events, unknown));
        }
    }

    private static Map<Row, Double> rows(List<OracleEvent> events, String metric) {
        return MetricsOracle.rows(events, json("[" + metric + "]"), ZoneOffset.UTC);
    }

    private static Row row(String metric, String size, String start, String end, String dimensions) {
        return Row.of(metric, size, millis(start), millis(end), dimensions);
    }

    private static Row day(String metric, String dimensions) {
        return row(metric, "1d", "00:00", "2024-05-07T00:00:00Z", dimensions);
    }
}
