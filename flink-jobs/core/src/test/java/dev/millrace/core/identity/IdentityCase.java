package dev.millrace.core.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.core.identity.Resolution.Pair;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A stream of events and how it must end; the streams are in {@code identity/cases.json}.
 *
 * @param leaders by identifier: the one that leads its profile
 * @param refusedLinks the links whose ends belong to two profiles
 */
public record IdentityCase(List<Named> events, Map<String, String> leaders, Set<Pair> refusedLinks) {

    /** An event by the identifiers that it names, in no order. */
    public record Named(long timeMillis, boolean alias, List<String> identifiers) {
        /** With its leaf. */
        public SeenEvent seen() {
            return SeenEvent.of(timeMillis, alias, identifiers);
        }
    }

    /** All there are. */
    public static List<IdentityCase> all() {
        JsonNode tree;
        try (InputStream in = IdentityCase.class.getResourceAsStream("/identity/cases.json")) {
            tree = new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<IdentityCase> cases = new ArrayList<>();
        for (JsonNode each : tree) {
            List<Named> events = new ArrayList<>();
            for (JsonNode event : each.get("events")) {
                events.add(new Named(
                        event.get("time").asLong(), event.path("alias").asBoolean(), texts(event.get("identifiers"))));
            }
            Map<String, String> leaders = new TreeMap<>();
            each.get("profile_leader")
                    .fields()
                    .forEachRemaining(entry ->
                            leaders.put(entry.getKey(), entry.getValue().asText()));
            Set<Pair> refused = new TreeSet<>();
            for (JsonNode link : each.get("refused_links")) {
                List<String> ends = texts(link);
                refused.add(Pair.of(ends.get(0), ends.get(1)));
            }
            cases.add(new IdentityCase(events, leaders, refused));
        }
        return cases;
    }

    /** Its events as identity sees them. */
    public List<SeenEvent> seen() {
        return events.stream().map(Named::seen).toList();
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }
}
