package dev.millrace.core.identity;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.millrace.core.event.Envelope;
import dev.millrace.core.event.Envelope.Field;
import dev.millrace.core.event.Envelope.Replacement;
import dev.millrace.core.event.EventPath;
import dev.millrace.core.event.EventType;
import dev.millrace.core.event.PartSearch;
import dev.millrace.core.event.PathTree;
import dev.millrace.core.identity.IdentifierForm.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Finds the identifiers of an event, and where values stand in it that must not be passed on. What it says is of the last
 * event given to {@link #find}. Not for use by several threads.
 *
 * <p>Where a value of a hashed type should stand, nothing else is passed on either. An object or array there becomes one
 * text; if a path leads into it, what lies off that path does, a member together with its name. A field that such a path
 * leads into, but that can't be read through, is emptied: nobody can tell what in it are such values.
 *
 * <p>A {@code group} event's traits are the group's: they hold no identifiers. An {@code alias} event's previous id is
 * another user id, unless it is the event's own anonymous id.
 */
public final class Identification {
    /** An event gives no more identifiers than this, those of the highest priority. */
    public static final int MAX_IDENTIFIERS = 64;

    /** Replacing makes an event no longer than by so many bytes; a field in which it would is emptied. */
    public static final int MAX_GROWTH_BYTES = 1 << 20;

    /** The parser remembers each object and array that it is in; of more within each other it would take all memory. */
    static final int MAX_DEPTH = 200_000;

    /** What a field of JSON becomes that must not leave as it is. */
    private static final String EMPTIED = "{}";

    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    // Nothing is made of numbers here, and an event's size is bounded by its topic.
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private static final byte[] GROUP = EventType.GROUP.wireName().getBytes(StandardCharsets.UTF_8);
    private static final byte[] ALIAS = EventType.ALIAS.wireName().getBytes(StandardCharsets.UTF_8);
    /** The collection of external ids that are a user's. */
    private static final String USERS = "users";

    /** What an external id says beside the id itself. */
    private static final Set<String> DESCRIPTION = Set.of("type", "collection", "encoding");

    private static final int NONE = -1;

    /** By rank: a place's number among all, the highest priority first. */
    private final IdentifierForm[] forms;
    /** By field: the rank of that field's own text; {@link #NONE} where it is no identifier. */
    private final int[] fieldRanks = new int[Field.values().length];

    private final PartSearch[] parts;

    /** Distinct identifiers, ordered by rank, then as they stand in the event. */
    private final String[] found = new String[MAX_IDENTIFIERS];

    private final int[] ranks = new int[MAX_IDENTIFIERS];
    private int count;

    private String leaf;
    private boolean oversized;
    private List<String> others = List.of();
    private String alias;
    private final List<Replacement> replacements = new ArrayList<>();
    /** By so many bytes they make the event longer. */
    private int grownBytes;

    private int blocked;
    private int unusable;

    private byte[] bytes;
    /** The field that is being read. */
    private Field field;
    /** Where it begins. */
    private int fieldStart;
    /** Where it ends. */
    private int fieldEnd;
    /** Whether values in it are identifiers; if not, they are only looked at for what must not leave. */
    private boolean identifying;

    private JsonParser parser;
    /** What is replaced if the value at hand has to be: from here... */
    private int begin;
    /** ...to here, exclusive. */
    private int end;
    /** Whether that is within quotes. */
    private boolean quoted;
    /** The UTF-8 text of the value at hand... */
    private byte[] text;
    /** ...begins here... */
    private int from;
    /** ...and ends here, exclusive. */
    private int to;

    Identification(List<IdentifierForm> types) {
        Arrays.fill(fieldRanks, NONE);
        List<IdentifierForm> byRank = new ArrayList<>();
        Map<Field, Map<Integer, EventPath>> paths = new EnumMap<>(Field.class);
        for (IdentifierForm form : types) {
            for (String place : form.type().from()) {
                EventPath path = EventPath.parse(place);
                if (path.steps().isEmpty()) {
                    fieldRanks[path.field().ordinal()] = byRank.size();
                } else {
                    paths.computeIfAbsent(path.field(), any -> new TreeMap<>()).put(byRank.size(), path);
                }
                byRank.add(form);
            }
        }
        forms = byRank.toArray(IdentifierForm[]::new);
        parts = paths.entrySet().stream()
                .map(part -> new PartSearch(part.getKey(), part.getValue(), rank -> forms[rank].hashed()))
                .toArray(PartSearch[]::new);
    }

    /** Reads an event; returns whether it has a leaf. */
    public boolean find(Envelope event) {
        clear();
        bytes = event.bytes();
        boolean group = is(event, Field.TYPE, GROUP);
        String userId = envelopeField(event, Field.USER_ID, Field.USER_ID, true);
        envelopeField(event, Field.ANONYMOUS_ID, Field.ANONYMOUS_ID, true);
        envelopeField(event, Field.GROUP_ID, Field.GROUP_ID, true);
        String previous = event.has(Field.PREVIOUS_ID) ? previousId(event, userId) : null;
        for (PartSearch part : parts) {
            if (event.has(part.field())) {
                identifying = !group || part.field() != Field.TRAITS;
                read(part, event);
            }
        }
        settle(userId, previous);
        return leaf != null;
    }

    private void clear() {
        count = 0;
        leaf = null;
        oversized = false;
        others = List.of();
        alias = null;
        replacements.clear();
        grownBytes = 0;
        blocked = 0;
        unusable = 0;
    }

    private static boolean is(Envelope event, Field field, byte[] word) {
        return Arrays.equals(event.bytes(), event.start(field), event.end(field), word, 0, word.length);
    }

    /**
     * Reads a field of the envelope as one of the type that takes {@code like}.
     *
     * @return the identifier; null: none
     */
    private String envelopeField(Envelope event, Field place, Field like, boolean identifies) {
        int rank = fieldRanks[like.ordinal()];
        if (rank == NONE || !event.has(place)) {
            return null;
        }
        field = place;
        identifying = identifies;
        begin = event.start(place);
        end = event.end(place);
        quoted = true;
        text = bytes;
        from = begin;
        to = end;
        return take(rank);
    }

    private String previousId(Envelope event, String userId) {
        boolean anonymous = event.has(Field.ANONYMOUS_ID)
                && Arrays.equals(
                        bytes,
                        event.start(Field.PREVIOUS_ID),
                        event.end(Field.PREVIOUS_ID),
                        bytes,
                        event.start(Field.ANONYMOUS_ID),
                        event.end(Field.ANONYMOUS_ID));
        if (anonymous) {
            // It has been found already.
            envelopeField(event, Field.PREVIOUS_ID, Field.ANONYMOUS_ID, false);
            return null;
        }
        boolean aliasing = is(event, Field.TYPE, ALIAS);
        if (aliasing && userId == null && fieldRanks[Field.USER_ID.ordinal()] != NONE) {
            unusable++; // The previous id of nobody.
        }
        boolean identifies = aliasing && userId != null;
        String previous = envelopeField(event, Field.PREVIOUS_ID, Field.USER_ID, identifies);
        return identifies ? previous : null;
    }

    private void read(PartSearch part, Envelope event) {
        field = part.field();
        fieldStart = event.start(field);
        fieldEnd = event.end(field);
        boolean utf8 = startsAsUtf8();
        if (utf8 && !part.mayFind(bytes, fieldStart, fieldEnd)) {
            return;
        }
        int blockedBefore = blocked;
        int unusableBefore = unusable;
        int countBefore = count;
        String[] foundBefore = Arrays.copyOf(found, count);
        int[] ranksBefore = Arrays.copyOf(ranks, count);
        int replacedBefore = replacements.size();
        int grownBefore = grownBytes;
        if (utf8 && walk(part.paths())) {
            return;
        }
        blocked = blockedBefore;
        unusable = unusableBefore + 1;
        count = countBefore;
        System.arraycopy(foundBefore, 0, found, 0, count);
        System.arraycopy(ranksBefore, 0, ranks, 0, count);
        boolean hides = utf8 ? part.mayHide(bytes, fieldStart, fieldEnd) : part.hides();
        if (hides || replacements.size() > replacedBefore) {
            replacements.subList(replacedBefore, replacements.size()).clear();
            grownBytes = grownBefore;
            put(fieldStart, fieldEnd, EMPTIED);
            grownBytes = Math.max(grownBefore, grownBytes); // What is gone makes no room for others to grow.
        }
    }

    /** Whether the field is a JSON object, which has then been walked through. */
    private boolean walk(PathTree paths) {
        try (JsonParser json = JSON.createParser(bytes, fieldStart, fieldEnd - fieldStart)) {
            parser = json;
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return false;
            }
            object(paths, null);
            checkGrowth();
            return json.nextToken() == null;
        } catch (IOException e) {
            return false;
        }
    }

    /** Text with a zero among its first characters would be taken to be in another encoding. */
    private boolean startsAsUtf8() {
        for (int i = fieldStart; i < Math.min(fieldEnd, fieldStart + 4); i++) {
            if (bytes[i] == 0) {
                return false;
            }
        }
        return fieldStart == fieldEnd || bytes[fieldStart] != (byte) 0xFE && bytes[fieldStart] != (byte) 0xFF;
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
                if (node != null && identifying) {
                    blocked += node.ends().length;
                }
            }
            default -> scalar(node, hiding);
        }
        checkGrowth();
    }

    private void checkGrowth() throws StreamConstraintsException {
        if (grownBytes > MAX_GROWTH_BYTES) {
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
                countUnusable(node);
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
            countUnusable(node);
            hides = hidingIn(node, hiding);
        }
        if (hides != null) {
            begin = start;
            end = parsed();
            quoted = false;
            replace(hides.unusable());
        }
    }

    /** The member whose name is at hand: what stands where no path leads may be the value as well as the name. */
    private void hideMember(IdentifierForm hiding) throws IOException {
        int start = tokenStart();
        JsonToken token = parser.nextToken();
        int stop;
        if (token.isScalarValue()) {
            locate();
            stop = quoted ? end + 1 : end;
        } else {
            parser.skipChildren();
            stop = parsed();
        }
        put(start, stop, asJson(hiding.unusable(), false) + ":null");
        checkGrowth();
    }

    /** Something that is no text stands where paths end. */
    private void countUnusable(PathTree node) {
        if (identifying) {
            unusable += node.ends().length;
        }
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
                take(rank);
            }
        }
        if (hiding != null && !IdentifierForm.saysNothing(text, from, to)) {
            replace(hiding.unusable());
        }
    }

    /**
     * The value at hand as an identifier of the type at that rank; replaced in the event if it has to be.
     *
     * @return the identifier; null: it is none
     */
    private String take(int rank) {
        IdentifierForm form = forms[rank];
        Outcome outcome = form.read(text, from, to);
        note(outcome, rank);
        if (form.hashed()) {
            if (outcome == Outcome.USABLE) {
                replace(form.identifier());
            } else if (!IdentifierForm.saysNothing(text, from, to)) {
                replace(form.unusable());
            }
        }
        return outcome == Outcome.USABLE ? form.identifier() : null;
    }

    private void note(Outcome outcome, int rank) {
        if (!identifying) {
            return;
        }
        switch (outcome) {
            case USABLE -> add(forms[rank].identifier(), rank);
            case BLOCKED -> blocked++;
            case UNUSABLE -> unusable++;
        }
    }

    /** Where the token at hand begins. */
    private int tokenStart() {
        return fieldStart + (int) parser.currentTokenLocation().getByteOffset();
    }

    /** Where the object or array ends whose end is at hand. */
    private int parsed() {
        return fieldStart + (int) parser.currentLocation().getByteOffset();
    }

    /** Puts {@link #begin}, {@link #end} and the text of a scalar to where it stands. */
    private void locate() throws IOException {
        int start = tokenStart();
        text = bytes;
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            quoted = true;
            begin = start + 1;
            boolean escaped = false;
            int at = begin;
            while (at < fieldEnd && bytes[at] != '"') {
                if (bytes[at] == '\\') {
                    escaped = true;
                    at++;
                }
                at++;
            }
            end = Math.min(at, fieldEnd);
            from = begin;
            to = end;
            if (escaped) {
                text = IdentifierForm.utf8(parser.getText());
                from = 0;
                to = text.length;
            }
        } else {
            quoted = false;
            begin = start;
            end = start + parser.getTextLength();
            from = begin;
            to = end;
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
                countUnusable(element);
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
                    id = new String(text, from, to - from, StandardCharsets.UTF_8);
                    hiddenQuoted = quoted;
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
            note(outcome, rank);
            if (form == hashed && outcome == Outcome.USABLE && hidden != NONE) {
                Replacement old = replacements.get(hidden);
                String instead = asJson(form.identifier(), hiddenQuoted);
                replacements.set(hidden, new Replacement(field, old.from(), old.to(), instead));
                grownBytes += instead.length() - old.text().length();
            }
        }
    }

    /** Puts a text in place of the value at hand, unless there is one already. */
    private void replace(String instead) {
        boolean replaced = !replacements.isEmpty()
                && replacements.get(replacements.size() - 1).from() == begin;
        if (!replaced) {
            put(begin, end, asJson(instead, quoted));
        }
    }

    private void put(int start, int stop, String ascii) {
        replacements.add(new Replacement(field, start, stop, ascii));
        grownBytes += ascii.length() - (stop - start);
    }

    /** Identifiers that are hashed need no escapes. */
    private static String asJson(String plain, boolean withinQuotes) {
        return withinQuotes ? plain : '"' + plain + '"';
    }

    private void add(String identifier, int rank) {
        for (int i = 0; i < count; i++) {
            if (found[i].equals(identifier)) {
                if (ranks[i] <= rank) {
                    return;
                }
                count--;
                System.arraycopy(found, i + 1, found, i, count - i);
                System.arraycopy(ranks, i + 1, ranks, i, count - i);
                break;
            }
        }
        int at = count;
        while (at > 0 && ranks[at - 1] > rank) {
            at--;
        }
        if (count == MAX_IDENTIFIERS) {
            unusable++;
            if (at == count) {
                return;
            }
            count--;
        }
        System.arraycopy(found, at, found, at + 1, count - at);
        System.arraycopy(ranks, at, ranks, at + 1, count - at);
        found[at] = identifier;
        ranks[at] = rank;
        count++;
    }

    private void settle(String userId, String previous) {
        if (count == 0) {
            return;
        }
        leaf = found[0];
        oversized = isOversized(leaf);
        int kept = 1;
        for (int i = 1; i < count; i++) {
            if (isOversized(found[i])) {
                unusable++;
            } else {
                found[kept++] = found[i];
            }
        }
        if (kept > 1) {
            others = List.of(Arrays.copyOfRange(found, 1, kept));
        }
        boolean aliasing = previous != null
                && !previous.equals(userId)
                && !isOversized(previous)
                && forms[fieldRanks[Field.USER_ID.ordinal()]].type().anchor();
        if (aliasing && leaf.equals(userId)) {
            alias = previous;
        } else if (aliasing) {
            unusable++; // Only the leaf could be told.
        }
    }

    private static boolean isOversized(String identifier) {
        return identifier.length() > Identifier.MAX_CHARS;
    }

    /** The identifier of the highest priority; null: the event names nobody. */
    public String leaf() {
        return leaf;
    }

    /** Whether the leaf is longer than an identifier can be, so that the event can't be used. */
    public boolean oversized() {
        return oversized;
    }

    /** The event's other identifiers, distinct, the highest priority first. Immutable. */
    public List<String> others() {
        return others;
    }

    /** The anchor, among the {@link #others}, that an alias event says is the same person as the leaf; null: none. */
    public String alias() {
        return alias;
    }

    /**
     * What has to be replaced before the event is passed on: values of hashed types, by their identifier, and what stands
     * in their places without being one. None overlaps another; they make the event longer by {@link #MAX_GROWTH_BYTES} at
     * most. Immutable.
     */
    public List<Replacement> replacements() {
        return List.copyOf(replacements);
    }

    /** How many values were ignored since they point at nobody. */
    public int blocked() {
        return blocked;
    }

    /**
     * How many values were ignored for another reason: not an email address or phone number, not text in UTF-8, too long,
     * too many in one event, of a shape that is none; an alias of users where another type leads. A field that can't be
     * read through, or in which there is too much to replace, counts as one where there may be some in it.
     */
    public int unusable() {
        return unusable;
    }
}
