package dev.millrace.core.catalogue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.millrace.core.event.Envelope;
import dev.millrace.core.event.Envelope.Field;
import dev.millrace.core.event.EventPath;
import dev.millrace.core.event.PartSearch;
import dev.millrace.core.event.PathTree;
import java.io.IOException;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/**
 * The values of one event at some places, found when they are asked for: a field of JSON is walked through once, and only
 * if the names that lead to a place occur in it. Of members of the same name the last counts. Not for use by several
 * threads.
 */
final class EventValues {
    /** What stands at a place. */
    enum Shape {
        /** Nothing, or null. */
        NONE,
        /** A string, number or boolean. */
        TEXT,
        /** An object or array. */
        COMPOUND
    }

    /** A place in events, with what stands there in the event at hand. */
    static final class Place {
        private final EventPath path;
        private long loadedFor;
        private Shape shape = Shape.NONE;
        private String text;

        Place(EventPath path) {
            this.path = path;
        }

        EventPath path() {
            return path;
        }

        private void set(Shape found, String value) {
            shape = found;
            text = value;
        }
    }

    /** The places that may be asked for, of events of some kind. */
    static final class Places {
        /** By field; null where no place is within it. */
        private final Part[] parts = new Part[Field.values().length];

        Places(Collection<Place> places) {
            Map<Field, Map<Integer, EventPath>> paths = new EnumMap<>(Field.class);
            Place[] numbered = places.toArray(Place[]::new);
            for (int i = 0; i < numbered.length; i++) {
                EventPath path = numbered[i].path;
                if (!path.steps().isEmpty()) {
                    paths.computeIfAbsent(path.field(), any -> new HashMap<>()).put(i, path);
                }
            }
            paths.forEach((field, inField) ->
                    parts[field.ordinal()] = new Part(new PartSearch(field, inField, any -> false), numbered));
        }
    }

    /** The places within one field. */
    private static final class Part {
        private final PartSearch search;
        private final Place[] places;
        private long loadedFor;

        private Part(PartSearch search, Place[] places) {
            this.search = search;
            this.places = places;
        }
    }

    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(EventPath.MAX_DEPTH)
                    // An event's size is bounded by its topic.
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private Envelope event;
    private Places places;
    /** Number of the event at hand, from 1. */
    private long number;

    private JsonParser parser;
    private Part part;
    private int unreadable;

    /** Goes on to another event; of it no other places are asked for than these. */
    void begin(Envelope next, Places itsPlaces) {
        event = next;
        places = itsPlaces;
        number++;
        unreadable = 0;
    }

    /** In how many fields of the event at hand nothing was found since they are no JSON. */
    int unreadable() {
        return unreadable;
    }

    Shape shape(Place place) {
        load(place);
        return place.shape;
    }

    /** A string as it is, a number or boolean as its JSON text; null where there is none of these. */
    String text(Place place) {
        load(place);
        return place.text;
    }

    /** The text at the first of these places that has one; null: none has. */
    String text(Place[] ofThese) {
        for (Place place : ofThese) {
            String text = text(place);
            if (text != null) {
                return text;
            }
        }
        return null;
    }

    /** The amount at the first of these places that has one; {@link Amount#NONE}: none has. */
    long micros(Place[] ofThese) {
        for (Place place : ofThese) {
            String text = text(place);
            if (text != null) {
                long micros = Amount.micros(text);
                if (micros != Amount.NONE) {
                    return micros;
                }
            }
        }
        return Amount.NONE;
    }

    private void load(Place place) {
        EventPath path = place.path;
        if (!path.steps().isEmpty()) {
            Part itsPart = places.parts[path.field().ordinal()];
            if (itsPart.loadedFor != number) {
                itsPart.loadedFor = number;
                load(itsPart);
            }
        } else if (place.loadedFor != number) {
            place.loadedFor = number;
            String text = event.text(path.field());
            place.set(text == null ? Shape.NONE : Shape.TEXT, text);
        }
    }

    private void load(Part next) {
        part = next;
        PathTree paths = part.search.paths();
        clear(paths);
        Field field = part.search.field();
        if (event.isEmpty(field)) {
            return;
        }
        int start = event.start(field);
        int end = event.end(field);
        if (!part.search.mayFind(event.bytes(), start, end)) {
            return;
        }
        if (!startsAsUtf8(event.bytes(), start, end) || !walk(paths, start, end)) {
            unreadable++;
            clear(paths);
        }
    }

    private boolean walk(PathTree paths, int start, int end) {
        try (JsonParser json = JSON.createParser(event.bytes(), start, end - start)) {
            parser = json;
            json.nextToken();
            value(paths);
            return json.nextToken() == null;
        } catch (IOException e) {
            return false;
        }
    }

    /** Text with a zero among its first characters would be taken to be in another encoding. */
    private static boolean startsAsUtf8(byte[] bytes, int start, int end) {
        for (int i = start; i < Math.min(end, start + 4); i++) {
            if (bytes[i] == 0) {
                return false;
            }
        }
        return bytes[start] != (byte) 0xFE && bytes[start] != (byte) 0xFF;
    }

    private void clear(PathTree node) {
        for (int place : node.all()) {
            part.places[place].set(Shape.NONE, null);
        }
    }

    /** The value at hand, with all below it. Goes no deeper into itself than paths are long. */
    private void value(PathTree node) throws IOException {
        JsonToken token = parser.currentToken();
        if (token == null) {
            return;
        }
        switch (token) {
            case START_OBJECT -> {
                found(node, Shape.COMPOUND, null);
                if (node.leadsIntoObjects()) {
                    object(node);
                } else {
                    parser.skipChildren();
                }
            }
            case START_ARRAY -> {
                found(node, Shape.COMPOUND, null);
                if (node.leadsIntoArrays()) {
                    array(node);
                } else {
                    parser.skipChildren();
                }
            }
            case VALUE_NULL -> {}
            default -> {
                if (node.ends().length > 0) {
                    found(node, Shape.TEXT, parser.getText());
                }
            }
        }
    }

    private void object(PathTree node) throws IOException {
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            PathTree member = node.member(name);
            parser.nextToken();
            if (member == null) {
                parser.skipChildren();
            } else {
                clear(member); // There may have been one of that name before.
                value(member);
            }
        }
    }

    private void array(PathTree node) throws IOException {
        for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
            PathTree element = node.element(i);
            if (element == null) {
                parser.skipChildren();
            } else {
                value(element);
            }
        }
    }

    private void found(PathTree node, Shape shape, String text) {
        for (int place : node.ends()) {
            part.places[place].set(shape, text);
        }
    }
}
