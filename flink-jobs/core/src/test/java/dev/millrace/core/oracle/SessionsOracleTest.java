package dev.millrace.core.oracle;

import static dev.millrace.core.oracle.Histories.event;
import static dev.millrace.core.oracle.Histories.json;
import static dev.millrace.core.oracle.Histories.millis;
import static dev.millrace.core.oracle.Histories.page;
import static dev.millrace.core.oracle.Histories.track;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Examples computed by hand: what a session's row says. */
class SessionsOracleTest {
    @Test
    void aSessionSaysWhereItBeganAndEndedAndWhatItBroughtIn() {
        List<OracleEvent> events = List.of(
                event("p", "10:00", "page", null, "web", null, "{page: {path: '/'},campaign: {name: 'spring'}}"),
                track("p", "10:10", "Product Viewed", "{total: 99}"),
                track("p", "10:20", "Order Completed", "{revenue: 0.1,total: 50}"),
                track("p", "10:20", "Order Completed", "{revenue: 'free',total: '0.2000005'}"),
                track("p", "10:30", "Order Completed", null),
                event("p", "10:40", "screen", "Thanks", "ios", "{path: '/thanks'}", null),
                // No visit: neither of these types prolongs a session.
                event("p", "10:50", "identify", null, "ios", null, null),
                event("p", "11:15", "group", null, "ios", null, null),
                page("p", "11:10:00.001", "ios", "/again"),
                page("a", "10:00", null, null));
        assertThat(MetricsOracle.sessions(events, null))
                .isEqualTo(MetricsOracle.sessions(events, json("{}")))
                .containsExactly(
                        session("a", "10:00", "10:00", null, null, null, null, 1, 0, 0),
                        session("p", "10:00", "10:40", "web", "spring", "/", "/thanks", 6, 3, 300_000),
                        session("p", "11:10:00.001", "11:10:00.001", "ios", null, "/again", "/again", 1, 0, 0));
    }

    @Test
    void ofSeveralFirstEventsTheLeastTextTellsAndOfSeveralLastTheGreatestPage() {
        List<OracleEvent> events = List.of(
                page("p", "10:00", "web", "/b"),
                page("p", "10:00", "web", "/a"),
                page("p", "10:00", null, "/0"),
                page("p", "10:01", "web", null),
                page("p", "10:01", "web", "/x"),
                page("p", "10:01", "web", "/y"),
                // Of q the last event has no page: the last page is that before.
                page("q", "10:00", "web", "/a"),
                page("q", "10:01", "web", null));
        assertThat(MetricsOracle.sessions(events, null))
                .containsExactly(
                        session("p", "10:00", "10:01", "web", null, "/0", "/y", 6, 0, 0),
                        session("q", "10:00", "10:01", "web", null, "/a", "/a", 2, 0, 0));
    }

    @Test
    void optionsReplaceTheDefaultsOneByOne() {
        List<OracleEvent> events = List.of(
                event(
                        "p",
                        "10:00",
                        "identify",
                        null,
                        "web",
                        "{path: '/p',coupon: 'c',total: 7}",
                        "{page: {path: '/c'}}"),
                event("p", "10:05", "identify", null, "web", "{revenue: 1,total: -2}", null),
                track("p", "10:10:00.001", "Order Completed", "{total: 50}"));
        String options =
                """
                {gap: '5m', types: ['identify', 'track'], page: ['properties.path'], campaign: ['properties.coupon'],
                 order: {types: ['identify']}, revenue: ['properties.total']}
                """;
        assertThat(MetricsOracle.sessions(events, json(options)))
                .containsExactly(
                        session("p", "10:00", "10:05", "web", "c", "/p", "/p", 2, 2, 5_000_000),
                        session("p", "10:10:00.001", "10:10:00.001", "web", null, null, null, 1, 0, 0));
    }

    private static SessionOracleRow session(
            String profile,
            String start,
            String end,
            String source,
            String campaign,
            String landing,
            String exit,
            long events,
            long orders,
            long micros) {
        return new SessionOracleRow(
                profile, millis(start), millis(end), source, campaign, landing, exit, events, orders, micros);
    }
}
