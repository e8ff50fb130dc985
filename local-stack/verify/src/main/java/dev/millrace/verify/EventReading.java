package dev.millrace.verify;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.millrace.runtime.config.MillraceConfig.IdentityOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads an event once: whom it names, and the values at the places that metrics ask for. A field that is no JSON has
 * neither.
 */
final class EventReading {
    /** An event names no more. */
    private static final int MOST_IDENTIFIERS = 64;
    /** Longest identifier. */
    static final int MOST_CHARS = 512;

    private static final String BYTE_ORDER_MARK = "\uFEFF";
    private static final int DEEPEST = 200_000;
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .build();

    /** What is wanted at a place in JSON, and below it. */
    private static final class Node {
        final Map<String, Node> members = new HashMap<>();
        final Map<Integer, Node> elements = new HashMap<>();
        Node every;
        int slot = -1;
        final List<Integer> ranks = new ArrayList<>();
    }

    /** An identifier by the priority of its place. */
    private record Found(int rank, String identifier) {}

    /** By rank: place by place, the highest priority first. */
    private final List<IdentifierReading> readings = new ArrayList<>();
    /** By column: the rank of that field's own text; -1: it is no identifier. */
    private final int[] fieldRanks = new int[RawRow.FIELDS.size()];
    /** By column: what is wanted of its JSON; null: nothing. */
    private final Node[] roots = new Node[RawRow.FIELDS.size()];

    private final Map<Place, Integer> slots = new LinkedHashMap<>();

    private final List<Found> found = new ArrayList<>();
    private List<String> identifiers = List.of();
    private String alias;
    private String[] texts = {};
    private boolean[] present = {};
    private boolean identifying;
    private JsonParser parser;

    EventReading(IdentityOptions identity) {
        Arrays.fill(fieldRanks, -1);
        identity.types().forEach(type -> {
            IdentifierReading reading =
                    new IdentifierReading(type, identity.blockedValues(), identity.hashKey(), identity.defaultRegion());
            for (String from : type.from()) {
                Place place = Place.parse(from);
                int rank = readings.size();
                readings.add(reading);
                if (place.steps().isEmpty()) {
                    fieldRanks[column(place)] = rank;
                } else {
                    node(place).ranks.add(rank);
                }
            }
        });
    }

    /** Wants the value at a place of each event that is read from now on; returns its number. */
    int want(String path) {
        Place place = Place.parse(path);
        Integer known = slots.get(place);
        if (known != null) {
            return known;
        }
        int slot = slots.size();
        slots.put(place, slot);
        if (!place.steps().isEmpty()) {
            node(place).slot = slot;
        }
        texts = new String[slots.size()];
        present = new boolean[slots.size()];
        return slot;
    }

    private static int column(Place place) {
        int column = RawRow.FIELDS.indexOf(place.field());
        if (column < 0) {
            throw new IllegalArgumentException("events have no field '" + place.field() + "'");
        }
        return column;
    }

    private Node node(Place place) {
        int column = column(place);
        if (roots[column] == null) {
            roots[column] = new Node();
        }
        Node at = roots[column];
        for (Place.Step step : place.steps()) {
            if (step.name() != null) {
                at = at.members.computeIfAbsent(step.name(), any -> new Node());
            } else if (step.index() == Place.Step.EVERY) {
                at.every = at.every == null ? new Node() : at.every;
                at = at.every;
            } else {
                at = at.elements.computeIfAbsent(step.index(), any -> new Node());
            }
        }
        return at;
    }

    /** Reads an event that has been decoded. */
    void read(RawRow row) {
        found.clear();
        Arrays.fill(texts, null);
        Arrays.fill(present, false);
        String user = envelope(row, RawRow.USER_ID);
        envelope(row, RawRow.ANONYMOUS_ID);
        envelope(row, RawRow.GROUP_ID);
        String previous = previous(row, user);
        slots.forEach((place, slot) -> {
            if (place.steps().isEmpty()) {
                set(slot, envelopeText(row, column(place)));
            }
        });
        boolean group = "group".equals(row.field(RawRow.TYPE));
        for (int column = RawRow.PROPERTIES; column < roots.length; column++) {
            if (roots[column] != null && row.field(column) != null) {
                identifying = !group || column != RawRow.TRAITS;
                body(roots[column], row.field(column));
            }
        }
        settle(user, previous);
    }

    private String envelope(RawRow row, int column) {
        int rank = fieldRanks[column];
        if (rank < 0 || row.field(column) == null) {
            return null;
        }
        String identifier = readings.get(rank).identifier(row.field(column));
        if (identifier != null) {
            found.add(new Found(rank, identifier));
        }
        return identifier;
    }

    private String envelopeText(RawRow row, int column) {
        String text = row.field(column);
        int rank = fieldRanks[column];
        return text == null || rank < 0 || !readings.get(rank).hashed()
                ? text
                : readings.get(rank).replaced(text);
    }

    /** The other user that an alias names; null: none. */
    private String previous(RawRow row, String user) {
        String text = row.field(RawRow.PREVIOUS_ID);
        int rank = fieldRanks[RawRow.USER_ID];
        if (text == null
                || rank < 0
                || user == null
                || !"alias".equals(row.field(RawRow.TYPE))
                || text.equals(row.field(RawRow.ANONYMOUS_ID))) {
            return null;
        }
        String identifier = readings.get(rank).identifier(text);
        if (identifier != null) {
            found.add(new Found(rank, identifier));
        }
        return identifier;
    }

    private void settle(String user, String previous) {
        // Of one priority in the order of the event; of one name the place of the highest priority.
        found.sort((one, other) -> Integer.compare(one.rank(), other.rank()));
        List<String> distinct = new ArrayList<>(found.size());
        for (Found each : found) {
            if (distinct.size() < MOST_IDENTIFIERS && !distinct.contains(each.identifier())) {
                distinct.add(each.identifier());
            }
        }
        identifiers = distinct;
        alias = null;
        if (distinct.isEmpty()) {
            return;
        }
        String leaf = distinct.get(0);
        distinct.removeIf(identifier -> identifier.length() > MOST_CHARS && !identifier.equals(leaf));
        boolean joins = previous != null
                && !previous.equals(user)
                && previous.length() <= MOST_CHARS
                && leaf.equals(user)
                && readings.get(fieldRanks[RawRow.USER_ID]).type().anchor();
        alias = joins ? previous : null;
    }

    /** Whom the event names, each once; the leaf is the first. Empty: nobody. */
    List<String> identifiers() {
        return identifiers;
    }

    /** The user that the event says is the same person as its leaf; null: none. */
    String alias() {
        return alias;
    }

    /** The text of a string, number or boolean; null: there is none of these. */
    String text(int slot) {
        return texts[slot];
    }

    /** Whether there is a value, and not null. */
    boolean exists(int slot) {
        return present[slot];
    }

    private void set(int slot, String text) {
        texts[slot] = text;
        present[slot] = text != null;
    }

    private void body(Node root, String json) {
        // A mark of the byte order is none of the text, whatever RFC 8259 says of who may write one.
        String text = json.startsWith(BYTE_ORDER_MARK) ? json.substring(1) : json;
        int before = found.size();
        boolean object = false;
        try (JsonParser reader = JSON.createParser(text)) {
            parser = reader;
            JsonToken first = reader.nextToken();
            object = first == JsonToken.START_OBJECT;
            value(List.of(root));
            if (reader.nextToken() != null) {
                throw new IOException("more text after the value");
            }
        } catch (IOException e) {
            clear(root);
            object = false;
        }
        if (!object) {
            found.subList(before, found.size()).clear();
        }
    }

    private void clear(Node node) {
        if (node.slot >= 0) {
            set(node.slot, null);
        }
        node.members.values().forEach(this::clear);
        node.elements.values().forEach(this::clear);
        if (node.every != null) {
            clear(node.every);
        }
    }

    private void value(List<Node> nodes) throws IOException {
        JsonToken token = parser.currentToken();
        if (token == null || token == JsonToken.VALUE_NULL) {
            return;
        }
        if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
            for (Node node : nodes) {
                if (node.slot >= 0) {
                    present[node.slot] = true;
                }
            }
            if (token == JsonToken.START_OBJECT) {
                object(nodes);
            } else {
                array(nodes);
            }
            return;
        }
        for (Node node : nodes) {
            if (node.slot >= 0 || !node.ranks.isEmpty()) {
                scalar(node, token, parser.getText());
            }
        }
    }

    private void scalar(Node node, JsonToken token, String text) {
        String seen = text;
        if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
            for (int rank : node.ranks) {
                IdentifierReading reading = readings.get(rank);
                String identifier = reading.identifier(text);
                if (identifier != null && identifying) {
                    found.add(new Found(rank, identifier));
                }
                if (reading.hashed() && seen.equals(text)) {
                    seen = reading.replaced(text);
                }
            }
        }
        if (node.slot >= 0) {
            set(node.slot, seen);
        }
    }

    private void object(List<Node> nodes) throws IOException {
        if (nodes.stream().allMatch(node -> node.members.isEmpty())) {
            parser.skipChildren();
            return;
        }
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            parser.nextToken();
            below(members(nodes, name));
        }
    }

    private void below(List<Node> nodes) throws IOException {
        if (nodes.isEmpty()) {
            parser.skipChildren();
            return;
        }
        nodes.forEach(this::clear); // There may have been one of that name before.
        value(nodes);
    }

    private static List<Node> members(List<Node> nodes, String name) {
        if (nodes.size() == 1) {
            Node member = nodes.get(0).members.get(name);
            return member == null ? List.of() : List.of(member);
        }
        List<Node> members = new ArrayList<>();
        for (Node node : nodes) {
            if (node.members.containsKey(name)) {
                members.add(node.members.get(name));
            }
        }
        return members;
    }

    private void array(List<Node> nodes) throws IOException {
        List<Integer> externalRanks = new ArrayList<>();
        boolean leads = false;
        for (Node node : nodes) {
            leads |= node.every != null || !node.elements.isEmpty();
            for (int rank : node.ranks) {
                if (readings.get(rank).takesExternalIds()) {
                    externalRanks.add(rank);
                }
            }
        }
        if (!leads && externalRanks.isEmpty()) {
            parser.skipChildren();
            return;
        }
        for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
            List<Node> elements = new ArrayList<>();
            for (Node node : nodes) {
                if (node.elements.containsKey(i)) {
                    elements.add(node.elements.get(i));
                }
                if (node.every != null) {
                    elements.add(node.every);
                }
            }
            if (!externalRanks.isEmpty() && parser.currentToken() == JsonToken.START_OBJECT) {
                externalId(elements, externalRanks);
            } else {
                below(elements);
            }
        }
    }

    /** One of Segment's external ids: {@code {"id", "type", "collection", "encoding"}}. */
    private void externalId(List<Node> elements, List<Integer> ranks) throws IOException {
        String id = null;
        String type = null;
        boolean users = true;
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            JsonToken token = parser.nextToken();
            switch (name) {
                case "id" -> id = token == JsonToken.VALUE_STRING || token.isNumeric() ? parser.getText() : null;
                case "type" -> type = token == JsonToken.VALUE_STRING ? parser.getText() : null;
                case "collection" -> users = token == JsonToken.VALUE_NULL
                        || token == JsonToken.VALUE_STRING && parser.getText().equals("users");
                default -> {}
            }
            below(members(elements, name));
        }
        if (!users || id == null || type == null || !identifying) {
            return;
        }
        for (int rank : ranks) {
            String identifier = readings.get(rank).externalIdentifier(type, id);
            if (identifier != null) {
                found.add(new Found(rank, identifier));
            }
        }
    }
}
