package dev.millrace.core.catalogue;

import static dev.millrace.core.catalogue.Definitions.catalogue;
import static dev.millrace.core.catalogue.Definitions.catalogueOf;
import static dev.millrace.core.catalogue.Definitions.sessionRows;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.event.BinaryEvent;
import dev.millrace.core.event.Event;
import dev.millrace.core.event.EventPath;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CatalogueReaderTest {
    private final Random random = new Random(1);

    @Test
    void anEventIsSomethingToEachMetricThatItMatches() {
        ReadableCatalogue catalogue = catalogue(
                "{name: 'all', aggregate: 'count', windows: ['1h'], dimensions: ['type', 'event', 'source']}",
                "{name: 'pages', match: {types: ['page']}, aggregate: 'count', windows: ['1h']}",
                "{name: 'sales', match: {types: 'track', events: ['Sold', 'Resold']}, aggregate: 'unique_profiles',"
                        + " windows: '1h', dimensions: 'lifecycle'}",
                "{name: 'first', aggregate: 'new_profiles', windows: ['1d']}");

        assertThat(read(catalogue, event("track", "Sold", "web", null)))
                .containsExactly(
                        hit(catalogue, 0, "[\"track\",\"Sold\",\"web\"]"), hit(catalogue, 2, DimensionValues.NONE));
        assertThat(read(catalogue, event("page", "Sold", null, null)))
                .containsExactly(hit(catalogue, 0, "[\"page\",\"Sold\",null]"), hit(catalogue, 1, "[]"));
        assertThat(read(catalogue, event("track", null, "web", null)))
                .containsExactly(hit(catalogue, 0, "[\"track\",null,\"web\"]"));
        assertThat(read(catalogue, event("track", "", "web", null)))
                .containsExactly(hit(catalogue, 0, "[\"track\",\"\",\"web\"]"));
    }

    @Test
    void metricsWithValuesTakeTheFirstPlaceThatHasANumber() {
        ReadableCatalogue catalogue = catalogue("{name: 'revenue', aggregate: 'sum', windows: ['1h'],"
                + " value: ['properties.revenue', 'properties.total'],"
                + " dimensions: [{name: 'currency', from: 'properties.currency'}]}");

        assertThat(read(catalogue, track("{\"revenue\":12.3456785,\"total\":5,\"currency\":\"EUR\"}")))
                .containsExactly(hit(catalogue, "[\"EUR\"]", 12_345_678));
        assertThat(read(catalogue, track("{\"revenue\":\"much\",\"total\":\"-5.5\"}")))
                .containsExactly(hit(catalogue, "[null]", -5_500_000));
        assertThat(read(catalogue, track("{\"revenue\":null,\"total\":1e13}"))).isEmpty();
        assertThat(read(catalogue, track("{\"revenue\":true,\"total\":[1]}"))).isEmpty();
        assertThat(read(catalogue, track(null))).isEmpty();
    }

    @Test
    void dimensionsAreTextOrNull() {
        ReadableCatalogue catalogue = catalogue("{name: 'a', aggregate: 'count', windows: ['1h'],"
                + " dimensions: [{name: 'd', from: ['properties.d', 'traits.d[1].e']}]}");
        assertThat(dimension(catalogue, "{\"d\":\"ä\\u0041\"}", null)).isEqualTo("[\"äA\"]");
        assertThat(dimension(catalogue, "{\"d\":1.50E+1}", null)).isEqualTo("[\"1.50E+1\"]");
        assertThat(dimension(catalogue, "{\"d\":false}", null)).isEqualTo("[\"false\"]");
        assertThat(dimension(catalogue, "{\"d\":null}", null)).isEqualTo("[null]");
        assertThat(dimension(catalogue, "{\"d\":{\"x\":1}}", null)).isEqualTo("[null]");
        assertThat(dimension(catalogue, "{\"d\":[1]}", "{\"d\":[0,{\"e\":\"there\"}]}"))
                .isEqualTo("[\"there\"]");
        assertThat(dimension(catalogue, "{\"d\":\"\"}", "{\"d\":[0,{\"e\":\"there\"}]}"))
                .isEqualTo("[\"\"]");
        assertThat(dimension(catalogue, "{\"\\u0064\":\"escaped\"}", null)).isEqualTo("[\"escaped\"]");
        assertThat(dimension(catalogue, "{\"x\":{\"d\":\"deeper\"}}", null)).isEqualTo("[null]");
    }

    @Test
    void aFieldIsReadAsDeepAsIdentityReadsIt() {
        ReadableCatalogue catalogue = catalogue("{name: 'a', aggregate: 'count', windows: ['1h'],"
                + " dimensions: [{name: 'd', from: 'properties.d'}]}");
        int below = EventPath.MAX_DEPTH - 1; // The object itself is one.
        assertThat(dimension(catalogue, "{\"e\":" + "[".repeat(below) + "]".repeat(below) + ",\"d\":1}", null))
                .isEqualTo("[\"1\"]");
        assertThat(dimension(catalogue, "{\"e\":" + "[".repeat(below + 1) + "]".repeat(below + 1) + ",\"d\":1}", null))
                .isEqualTo("[null]");
    }

    @Test
    void ofMembersOfOneNameTheLastCounts() {
        ReadableCatalogue catalogue = catalogue("{name: 'a', aggregate: 'count', windows: ['1h'],"
                + " dimensions: [{name: 'd', from: 'properties.a.b'}]}");
        assertThat(dimension(catalogue, "{\"a\":{\"b\":1,\"b\":2}}", null)).isEqualTo("[\"2\"]");
        assertThat(dimension(catalogue, "{\"a\":{\"b\":1},\"a\":{\"c\":2}}", null))
                .isEqualTo("[null]");
        assertThat(dimension(catalogue, "{\"a\":{\"b\":1},\"a\":null}", null)).isEqualTo("[null]");
        assertThat(dimension(catalogue, "{\"a\":{\"b\":1,\"b\":null}}", null)).isEqualTo("[null]");
        assertThat(dimension(catalogue, "{\"a\":7,\"a\":{\"b\":1}}", null)).isEqualTo("[\"1\"]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "not JSON: \"d\"|1",
                "{\"d\":1|1",
                "{\"d\":1}}|1",
                "{\"d\":1} {}|1",
                "{\"d\":1,}|1",
                "{\"d\":01}|1",
                "[{\"d\":1}]|0",
                "\"d\"|0",
                "{\"e\":1|0"
            })
    void whatCantBeReadIsAsIfItWereNotThere(String properties, int unreadable) {
        ReadableCatalogue catalogue = catalogue("{name: 'a', aggregate: 'count', windows: ['1h'],"
                + " dimensions: [{name: 'd', from: ['properties.d', 'traits.d']}]}");
        CatalogueReader reader = catalogue.reader();
        List<Hit> hits = new ArrayList<>();
        reader.read(
                BinaryEvent.envelope(event("track", null, null, properties, "{\"d\":\"trait\"}"), random),
                0,
                hits::add);
        assertThat(hits).containsExactly(hit(catalogue, 0, "[\"trait\"]"));
        assertThat(reader.unreadable()).isEqualTo(unreadable);
        reader.read(BinaryEvent.envelope(track("{\"d\":1}"), random), 0, hits::add);
        assertThat(reader.unreadable()).isZero();
    }

    @Test
    void textInAnotherEncodingIsNotRead() {
        ReadableCatalogue catalogue = catalogue("{name: 'a', aggregate: 'count', windows: ['1h'],"
                + " dimensions: [{name: 'd', from: 'properties.d'}]}");
        assertThat(dimension(catalogue, "\0{\0\"\0d\0\"\0:\0001\0}\0\"d\"", null))
                .isEqualTo("[null]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "equals: 'a'|\"a\"|true",
                "equals: 'a'|\"b\"|false",
                "equals: 'a'|{\"a\":1}|false",
                "equals: 42|42|true",
                "equals: 42|42.0|true",
                "equals: 42|\"42\"|true",
                "equals: 42|\"42x\"|false",
                "equals: '42'|42|true",
                "equals: '42'|42.0|false",
                "equals: true|true|true",
                "equals: true|\"true\"|true",
                "equals: true|1|false",
                "equals: 0|null|false",
                "equals: 0.1|0.10|true",
                "in: ['a', 7, false]|\"a\"|true",
                "in: ['a', 7, false]|7e0|true",
                "in: ['a', 7, false]|false|true",
                "in: ['a', 7, false]|\"b\"|false",
                "in: 'a'|\"a\"|true",
                "exists: true|0|true",
                "exists: true|\"\"|true",
                "exists: true|{}|true",
                "exists: true|[]|true",
                "exists: true|null|false",
                "exists: false|null|true",
                "exists: false|false|false",
                "exists: false|{}|false",
                "above: 5|5|false",
                "above: 5|5.0000001|true",
                "above: -1|\"0\"|true",
                "above: 5|\"ten\"|false",
                "above: 5|true|false",
                "at_least: 5|5|true",
                "at_least: 5|4.999|false",
                "below: 5|5|false",
                "below: 5|4.999|true",
                "below: 5|-1e400|true",
                "below: 5|[1]|false",
                "at_most: 5|5|true",
                "at_most: 5|6|false",
                "prefix: '/c/'|\"/c/1\"|true",
                "prefix: '/c/'|\"/d\"|false",
                "prefix: '4'|42|true",
                "prefix: ''|null|false"
            })
    void aConditionHoldsOrNot(String comparison, String value, boolean holds) {
        ReadableCatalogue catalogue = catalogue("{name: 'a', aggregate: 'count', windows: ['1h'],"
                + " match: {where: {path: 'properties.x', " + comparison + "}}}");
        assertThat(read(catalogue, track("{\"x\":" + value + "}"))).hasSize(holds ? 1 : 0);
        assertThat(read(catalogue, track("{\"y\":" + value + "}"))).hasSize(comparison.equals("exists: false") ? 1 : 0);
    }

    @Test
    void allConditionsMustHold() {
        ReadableCatalogue catalogue = catalogue("{name: 'a', aggregate: 'count', windows: ['1h'], match: {where:"
                + " ['properties.x', {path: 'source', in: ['ios', 'android']}, {path: 'event', prefix: 'B'}]}}");
        assertThat(read(catalogue, event("track", "B1", "ios", "{\"x\":1}"))).hasSize(1);
        assertThat(read(catalogue, event("track", "B1", "ios", "{}"))).isEmpty();
        assertThat(read(catalogue, event("track", "B1", "web", "{\"x\":1}"))).isEmpty();
        assertThat(read(catalogue, event("track", "C1", "ios", "{\"x\":1}"))).isEmpty();
        assertThat(read(catalogue, event("track", null, "ios", "{\"x\":1}"))).isEmpty();
    }

    @Test
    void anEventMayBeSeveralStepsOfAFunnel() {
        ReadableCatalogue catalogue = catalogue("{name: 'f', aggregate: 'funnel', windows: ['1d'],"
                + " dimensions: ['source'], steps: [{name: 'any', match: {types: ['track', 'page']}},"
                + " {name: 'dear', match: {where: [{path: 'properties.price', above: 100}]}},"
                + " {name: 'buy', match: {events: ['Buy']}}]}");
        assertThat(catalogue.catalogue().metrics().get(0).steps()).containsExactly("1 any", "2 dear", "3 buy");
        assertThat(steps(catalogue, event("track", "Buy", "web", "{\"price\":101}")))
                .containsExactly(0b111);
        assertThat(steps(catalogue, event("track", "Buy", "web", "{\"price\":100}")))
                .containsExactly(0b101);
        assertThat(steps(catalogue, event("page", "x", "web", null))).containsExactly(0b001);
        assertThat(steps(catalogue, event("screen", "x", "web", "{\"price\":101}")))
                .containsExactly(0b010);
        assertThat(steps(catalogue, event("screen", "x", "web", null))).isEmpty();
    }

    @Test
    void sessionRowsTellPageCampaignAndOrders() {
        ReadableCatalogue catalogue = catalogueOf(SessionRows.DEFAULT);
        Metric metric = catalogue.catalogue().metrics().get(0);
        assertThat(metric.isSessionRows()).isTrue();
        assertThat(metric.dimensions()).containsExactly("source", "campaign", "page");
        assertThat(metric.windows()).isEmpty();
        assertThat(metric.gapMillis()).isEqualTo(1_800_000);

        String context = "{\"campaign\":{\"name\":\"spring\"},\"page\":{\"path\":\"/c/1\"}}";
        assertThat(read(catalogue, ofContext("page", "Home", "{\"path\":\"/x\"}", context)))
                .containsExactly(new Hit(metric, "[\"web\",\"spring\",\"/c/1\"]", 0, 0, "/c/1"));
        assertThat(read(catalogue, event("page", "Home", "web", "{\"path\":\"/x\"}")))
                .containsExactly(new Hit(metric, "[\"web\",null,\"/x\"]", 0, 0, "/x"));
        assertThat(read(
                        catalogue,
                        event(
                                "track",
                                "Order Completed",
                                "ios",
                                "{\"total\":7.5,\"path\":\"" + "a".repeat(300) + "\"}")))
                .containsExactly(new Hit(
                        metric, "[\"ios\",null,\"" + "a".repeat(199) + "…\"]", 7_500_000, 1, "a".repeat(199) + '…'));
        assertThat(read(catalogue, event("track", "Order Completed", "ios", null)))
                .containsExactly(new Hit(metric, "[\"ios\",null,null]", 0, 1, null));
        assertThat(read(catalogue, event("page", "Order Completed", "ios", "{\"total\":7.5}")))
                .containsExactly(new Hit(metric, "[\"ios\",null,null]", 0, 0, null));
        assertThat(read(catalogue, event("identify", null, "ios", null))).isEmpty();
    }

    @Test
    void whereAnEventCameFromIsSaidWhetherOrNotItMakesASession() {
        String context = "{\"campaign\":{\"name\":\"spring\"},\"page\":{\"path\":\"/c/1\"}}";
        assertThat(origin(SessionRows.DEFAULT, ofContext("identify", null, null, context)))
                .isEqualTo("[\"web\",\"spring\",\"/c/1\"]");
        assertThat(origin(SessionRows.DEFAULT, event("group", null, "ios", "{\"path\":\"/x\"}")))
                .isEqualTo("[\"ios\",null,\"/x\"]");
        assertThat(origin(SessionRows.DEFAULT, event("alias", null, null, "{\"pa\":1}")))
                .isNull();
        assertThat(origin(
                        sessionRows("{enabled: false, page: ['properties.view'], campaign: ['properties.utm']}"),
                        event("page", null, "web", "{\"view\":\"home\",\"utm\":\"x\",\"path\":\"/x\"}")))
                .isEqualTo("[\"web\",\"x\",\"home\"]");
    }

    private static String origin(SessionRows rows, Event event) {
        return new OriginReader(rows).read(BinaryEvent.envelope(event, new Random(1)));
    }

    @Test
    void ordersThatMakeNoSessionsAreNothing() {
        ReadableCatalogue catalogue = catalogueOf(sessionRows("{types: ['page'], gap: 'PT10M'}"));
        assertThat(read(catalogue, event("track", "Order Completed", "ios", "{\"total\":7.5}")))
                .isEmpty();
        assertThat(read(catalogue, event("page", null, "ios", null))).hasSize(1);
    }

    @Test
    void signalsAreCountedBySignalAndReason() {
        ReadableCatalogue catalogue = catalogue(
                "{name: 'all', aggregate: 'count', windows: ['1h']}",
                "{name: 'health', aggregate: 'count', windows: ['1h'], dimensions: ['reason', 'signal'],"
                        + " match: {signals: ['accepted', 'beyond_horizon', 'rejected']}}",
                "{name: 'late', aggregate: 'count', windows: ['1h'], match: {signals: 'late'}}");
        assertThat(catalogue.catalogue().metrics().stream().map(Metric::arrivals))
                .containsExactly(false, true, true);

        CatalogueReader reader = catalogue.reader();
        for (int i = 0; i < 2; i++) {
            assertThat(signalled(reader, Signal.ACCEPTED, null))
                    .containsExactly(hit(catalogue, 1, "[null,\"accepted\"]"));
            assertThat(signalled(reader, Signal.REJECTED, "undecodable"))
                    .containsExactly(hit(catalogue, 1, "[\"undecodable\",\"rejected\"]"));
            assertThat(signalled(reader, Signal.BEYOND_HORIZON, null))
                    .containsExactly(hit(catalogue, 1, "[null,\"beyond_horizon\"]"));
            assertThat(signalled(reader, Signal.LATE, null)).containsExactly(hit(catalogue, 2, "[]"));
            assertThat(signalled(reader, Signal.DUPLICATE, null)).isEmpty();
        }
        for (int i = 0; i < 1_000; i++) {
            assertThat(signalled(reader, Signal.REJECTED, "r" + i))
                    .containsExactly(hit(catalogue, 1, "[\"r" + i + "\",\"rejected\"]"));
        }
        assertThat(read(catalogue, track("{\"signal\":\"late\"}"))).containsExactly(hit(catalogue, 0, "[]"));
    }

    @Test
    void namesWithoutEndAreReadRightToo() {
        ReadableCatalogue catalogue =
                catalogue("{name: 'a', aggregate: 'count', windows: ['1h'], dimensions: ['type', 'event']}");
        CatalogueReader reader = catalogue.reader();
        for (int i = 0; i < 3 * EventKinds.MOST; i++) {
            int number = i % 5_000;
            String name = number % 100 == 0 ? number + "x".repeat(2 * EventKinds.MAX_BYTES) : "name " + number;
            List<Hit> hits = new ArrayList<>();
            reader.read(BinaryEvent.envelope(event("track", name, null, null), random), 0, hits::add);
            assertThat(hits).containsExactly(hit(catalogue, 0, DimensionValues.text("track", name)));
        }
    }

    @Test
    void aCatalogueGoesIntoAJobGraph() throws Exception {
        ReadableCatalogue catalogue = Catalogues.of(
                List.of(Definitions.metric(
                        "{name: 'a', aggregate: 'sum', value: 'properties.x', windows: ['1h', '5m/1m'],"
                                + " match: {where: [{path: 'source', in: ['a', 1, true]}]}}")),
                SessionRows.DEFAULT,
                ZoneId.of("Europe/Vienna"));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(catalogue);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(in.readObject()).isEqualTo(catalogue);
        }
    }

    private static List<Hit> signalled(CatalogueReader reader, Signal signal, String reason) {
        List<Hit> hits = new ArrayList<>();
        reader.signal(signal, reason, hits::add);
        return hits;
    }

    private String dimension(ReadableCatalogue catalogue, String properties, String traits) {
        List<Hit> hits = read(catalogue, event("track", null, null, properties, traits));
        assertThat(hits).hasSize(1);
        return hits.get(0).dimensions();
    }

    private List<Integer> steps(ReadableCatalogue catalogue, Event event) {
        return read(catalogue, event).stream().map(Hit::steps).toList();
    }

    /** Twice: the second time it is a known kind of event. */
    private List<Hit> read(ReadableCatalogue catalogue, Event event) {
        CatalogueReader reader = catalogue.reader();
        List<Hit> first = new ArrayList<>();
        reader.read(BinaryEvent.envelope(event, random), 0, first::add);
        List<Hit> second = new ArrayList<>();
        reader.read(BinaryEvent.envelope(event, random), 0, second::add);
        assertThat(second).isEqualTo(first);
        return first;
    }

    private static Hit hit(ReadableCatalogue catalogue, int metric, String dimensions) {
        return new Hit(catalogue.catalogue().metrics().get(metric), dimensions, 0, 0, null);
    }

    private static Hit hit(ReadableCatalogue catalogue, String dimensions, long micros) {
        return new Hit(catalogue.catalogue().metrics().get(0), dimensions, micros, 0, null);
    }

    private static Event track(String properties) {
        return event("track", "Some", "web", properties);
    }

    private static Event event(String type, String name, String source, String properties) {
        return event(type, name, source, properties, null);
    }

    private static Event event(String type, String name, String source, String properties, String traits) {
        return new Event(
                "m", type, name, "u", null, null, null, source, null, null, 0L, properties, traits, null, null);
    }

    private static Event ofContext(String type, String name, String properties, String context) {
        return new Event(
                "m", type, name, "u", null, null, null, "web", null, null, 0L, properties, null, context, null);
    }
}
