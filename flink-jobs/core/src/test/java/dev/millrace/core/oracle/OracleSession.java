package dev.millrace.core.oracle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/**
 * A run of one profile's events, whatever their leaf, with no longer than a gap between neighbours.
 *
 * @param events by time, never empty; those of equal time in any order
 */
record OracleSession(List<OracleEvent> events) {
    static final String DEFAULT_GAP = "30m";

    private static final JsonNode DEFAULTS = json(
            """
            {
              "gap": "30m",
              "types": ["track", "page", "screen"],
              "page": ["context.page.path", "properties.path"],
              "campaign": ["context.campaign.name"],
              "order": {"types": ["track"], "events": ["Order Completed"]},
              "revenue": ["properties.revenue", "properties.total"]
            }
            """);

    /** The sessions of these events, by profile and start. */
    static List<OracleSession> of(List<OracleEvent> events, long gapMillis) {
        List<OracleEvent> sorted = events.stream()
                .sorted(Comparator.comparing(OracleEvent::profileId).thenComparing(OracleEvent::timeMillis))
                .toList();
        List<OracleSession> sessions = new ArrayList<>();
        OracleEvent last = null;
        for (OracleEvent event : sorted) {
            boolean goesOn = last != null
                    && last.profileId().equals(event.profileId())
                    && event.timeMillis() - last.timeMillis() <= gapMillis;
            if (!goesOn) {
                sessions.add(new OracleSession(new ArrayList<>()));
            }
            sessions.get(sessions.size() - 1).events().add(event);
            last = event;
        }
        return sessions;
    }

    /** As {@link MetricsOracle#sessions} says. */
    static List<SessionOracleRow> rows(List<OracleEvent> events, JsonNode options) {
        List<String> types = OracleValues.list(option(options, "types"));
        List<OracleEvent> matching = events.stream()
                .filter(event -> types.contains(event.event().type()))
                .toList();
        long gapMillis = OracleTime.millis(option(options, "gap").asText());
        return of(matching, gapMillis).stream()
                .map(session -> session.row(options))
                .toList();
    }

    private SessionOracleRow row(JsonNode options) {
        JsonNode page = option(options, "page");
        JsonNode campaign = option(options, "campaign");
        JsonNode revenue = option(options, "revenue");
        List<String> start = first(event -> Arrays.asList(
                OracleValues.text(event.event().source()),
                OracleValues.text(event.event(), campaign),
                OracleValues.text(event.event(), page)));
        List<OracleEvent> onPages = events.stream()
                .filter(event -> OracleValues.text(event.event(), page) != null)
                .sorted(Comparator.comparing(OracleEvent::timeMillis)
                        .thenComparing(event -> OracleValues.text(event.event(), page)))
                .toList();
        String entryPage =
                onPages.isEmpty() ? null : OracleValues.text(onPages.get(0).event(), page);
        String exitPage = onPages.isEmpty()
                ? null
                : OracleValues.text(onPages.get(onPages.size() - 1).event(), page);
        List<OracleEvent> orders = events.stream()
                .filter(event -> OracleMatch.matches(event.event(), option(options, "order")))
                .toList();
        BigDecimal total = orders.stream()
                .map(event -> OracleValues.amount(event.event(), revenue).orElse(BigDecimal.ZERO))
                .reduce(BigDecimal.ZERO, BigDecimal::add);
        return new SessionOracleRow(
                events.get(0).profileId(),
                startMillis(),
                endMillis(),
                start.get(0),
                start.get(1),
                entryPage,
                exitPage,
                events.size(),
                orders.size(),
                total.movePointRight(6).longValueExact());
    }

    private static JsonNode option(JsonNode options, String name) {
        return options != null && options.hasNonNull(name) ? options.get(name) : DEFAULTS.get(name);
    }

    long startMillis() {
        return events.get(0).timeMillis();
    }

    long endMillis() {
        return events.get(events.size() - 1).timeMillis();
    }

    /** The values of the first event; of several at that time, those whose JSON array is least. */
    List<String> first(Function<OracleEvent, List<String>> values) {
        return events.stream()
                .filter(event -> event.timeMillis() == startMillis())
                .map(values)
                .min(Comparator.comparing(OracleValues::array))
                .orElseThrow();
    }

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
