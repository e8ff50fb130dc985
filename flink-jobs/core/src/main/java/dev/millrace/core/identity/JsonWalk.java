package dev.millrace.core.identity;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.millrace.core.event.EventPath;
import dev.millrace.core.event.PathTree;
import dev.millrace.core.identity.IdentifierForm.Outcome;
import java.io.IOException;
import java.util.Set;

/**
 * The way through one JSON field of an event, along paths: takes the identifiers where they end, and hides there what must
 * not leave. Not for use by several threads.
 */
final class JsonWalk {
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(EventPath.MAX_DEPTH)
                    // Nothing is made of numbers here, and an event's size is bounded by its topic.
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .build();

    /** The collection of external ids that are a user's. */
    private static final String USERS = "users";

    /** What an external id says beside the id itself. */
    private static final Set<String> DESCRIPTION = Set.of("type", "collection", "encoding");

    private static final int NONE = -1;

    /** By rank. */
    private final IdentifierForm[] forms;

    private final ValueAtHand atHand;
    private final Replacements replacements;

    private byte[] bytes;
    /** Where the field begins. */
    private int fieldStart;
    /** Where it ends. */
    private int fieldEnd;

    private JsonParser parser;

    JsonWalk(IdentifierForm[] forms, ValueAtHand atHand, Replacements replacements) {
        this.forms = forms;
        this.atHand = atHand;
        this.replacements = replacements;
    }

    /** Whether the field, UTF-8 between these bounds, is a JSON object, which has then been walked through. */
    boolean walk(PathTree paths, byte[] json, int start, int stop) {
        bytes = json;
        fieldStart = start;
        fieldEnd = stop;
        try (JsonParser opened = JSON.createParser(bytes, fieldStart, fieldEnd - fieldStart)) {
            parser = opened;
            if (opened.nextToken() != JsonToken.START_OBJECT) {
                return false;
            }
            object(paths, null);
            checkGrowth();
            return opened.nextToken() == null;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * The value at hand, with all below it. Goes no deeper into itself than paths are long.
     *
     * @param node what holds for it; null: nothing
     * @param hiding the type of a hashed value that should have stood where this one, or one around it, does; null: none
     */
    private void value(PathTree node, IdentifierForm hiding) throws IOException {
        if (node == null && hiding == null) {
            parser.skipChildren();
            return;
        }
        switch (parser.currentToken()) {
            case START_OBJECT -> {
                if (node != null && node.leadsIntoObjects()) {
                    object(node, hidingIn(node, hiding));
                } else {
                    closed(node, hiding);
                }
            }
            case START_ARRAY -> {
                if (node != null && (node.leadsIntoArrays() || takesExternalIds(node))) {
                    array(node, hiding);
                } else {
                    closed(node, hiding);
                }
            }
            case VALUE_NULL -> {}
            case VALUE_TRUE, VALUE_FALSE -> {
                if (node != null) {
                    atHand.countBlocked(node);
                }
            }
            default -> scalar(node, hiding);
        }
        checkGrowth();
    }

    private void checkGrowth() throws StreamConstraintsException {
        if (replacements.tooMuch()) {
            throw new StreamConstraintsException("there is too much to replace");
        }
    }

    private void object(PathTree node, IdentifierForm hiding) throws IOException {
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            PathTree member = node.member(name);
            if (member == null && hiding != null) {
                hideMember(hiding);
            } else {
                parser.nextToken();
                value(member, hiding);
            }
        }
    }

    private void array(PathTree node, IdentifierForm hiding) throws IOException {
        boolean externalIds = takesExternalIds(node);
        IdentifierForm hidingBelow = hidingIn(node, hiding);
        boolean counted = node.leadsIntoArrays();
        for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
            PathTree element = node.element(i);
            if (externalIds && parser.currentToken() == JsonToken.START_OBJECT) {
                externalId(node, element, hiding);
                continue;
            }
            if (!counted) {
                atHand.countUnusable(node);
                counted = true;
            }
            value(element, hidingBelow);
        }
    }

    /** An object or array that no path leads into. */
    private void closed(PathTree node, IdentifierForm hiding) throws IOException {
        int start = tokenStart();
        if (parser.nextToken().isStructEnd()) {
            return; // There is nothing in it.
        }
        do {
            parser.skipChildren();
        } while (!parser.nextToken().isStructEnd());
        IdentifierForm hides = hiding;
        if (node != null) {
            atHand.countUnusable(node);
            hides = hidingIn(node, hiding);
        }
        if (hides != null) {
            atHand.moveToClosed(start, parsed());
            atHand.replace(hides.unusable());
        }
    }

    /** The member whose name is at hand: what stands where no path leads may be the value as well as the name. */
    private void hideMember(IdentifierForm hiding) throws IOException {
        int start = tokenStart();
        JsonToken token = parser.nextToken();
        int stop;
        if (token.isScalarValue()) {
            locate();
            stop = atHand.tokenEnd();
        } else {
            parser.skipChildren();
            stop = parsed();
        }
        replacements.replaceMember(start, stop, hiding.unusable());
        checkGrowth();
    }

    /** The type whose values may be hidden in an object or array; null: none. */
    private IdentifierForm hidingIn(PathTree node, IdentifierForm hiding) {
        IdentifierForm hashed = hashed(node);
        return hashed == null ? hiding : hashed;
    }

    /** The first hashed type whose path ends here; null: none. */
    private IdentifierForm hashed(PathTree node) {
        for (int rank : node.ends()) {
            if (forms[rank].hashed()) {
                return forms[rank];
            }
        }
        return null;
    }

    /** Whether an array of external ids may stand here: those are never email addresses or phone numbers. */
    private boolean takesExternalIds(PathTree node) {
        for (int rank : node.ends()) {
            if (forms[rank].type().normaliser().personal()) {
                return false;
            }
        }
        return node.ends().length > 0;
    }

    private void scalar(PathTree node, IdentifierForm hiding) throws IOException {
        locate();
        if (node != null) {
            for (int rank : node.ends()) {
                atHand.take(rank);
            }
        }
        if (hiding != null && !atHand.saysNothing()) {
            atHand.replace(hiding.unusable());
        }
    }

    /**
     * The object at hand as an external id: {@code {"id", "type", "collection", "encoding"}}.
     *
     * @param node where paths to the array that it stands in end
     * @param element what else holds for it; null: nothing
     */
    private void externalId(PathTree node, PathTree element, IdentifierForm outer) throws IOException {
        IdentifierForm hashed = hashed(node);
        // What describes the id may stay; the id itself, and what has no place here, may not.
        IdentifierForm hiding = outer;
        if (element != null) {
            hiding = hidingIn(element, outer);
            if (!element.leadsIntoObjects()) {
                atHand.countUnusable(element);
            }
        }
        IdentifierForm hidingId = hiding == outer && hashed != null ? hashed : hiding;
        String type = null;
        String id = null;
        boolean users = true;
        int hidden = NONE;
        boolean hiddenQuoted = false;
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            PathTree member = element == null ? null : element.member(name);
            boolean describes = DESCRIPTION.contains(name);
            boolean isId = name.equals("id");
            if (member == null && hidingId != null && !isId && !describes) {
                hideMember(hidingId);
                continue;
            }
            JsonToken token = parser.nextToken();
            if (isId) {
                // What the id is comes out at the end: until then it is hidden as one that is unusable.
                boolean scalar = token == JsonToken.VALUE_STRING || token.isNumeric();
                id = null;
                if (scalar) {
                    locate();
                    id = atHand.text();
                    hiddenQuoted = atHand.quoted();
                }
                int replacedBefore = replacements.size();
                value(member, hidingId);
                boolean hides = scalar && replacements.size() > replacedBefore;
                hidden = hides && (member == null || hashed(member) == null) ? replacedBefore : NONE;
                continue;
            }
            if (name.equals("type")) {
                type = token == JsonToken.VALUE_STRING ? parser.getText() : null;
            } else if (name.equals("collection")) {
                users = token == JsonToken.VALUE_NULL
                        || token == JsonToken.VALUE_STRING && USERS.equals(parser.getText());
            }
            value(member, describes && token.isScalarValue() ? hiding : hidingId);
        }
        if (!users) {
            return;
        }
        for (int rank : node.ends()) {
            IdentifierForm form = forms[rank];
            Outcome outcome = id == null || type == null ? Outcome.UNUSABLE : form.readExternal(type, id);
            atHand.note(outcome, rank);
            if (form == hashed && outcome == Outcome.USABLE && hidden != NONE) {
                replacements.revise(hidden, form.identifier(), hiddenQuoted);
            }
        }
    }

    /** Goes to the scalar whose token the parser is at. */
    private void locate() throws IOException {
        atHand.moveTo(parser, bytes, tokenStart(), fieldEnd);
    }

    /** Where the token at hand begins. */
    private int tokenStart() {
        return fieldStart + (int) parser.currentTokenLocation().getByteOffset();
    }

    /** Where the object or array ends whose end is at hand. */
    private int parsed() {
        return fieldStart + (int) parser.currentLocation().getByteOffset();
    }
}
