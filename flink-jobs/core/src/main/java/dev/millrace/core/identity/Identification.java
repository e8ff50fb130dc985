package dev.millrace.core.identity;

import dev.millrace.core.event.Envelope;
import dev.millrace.core.event.Envelope.Field;
import dev.millrace.core.event.Envelope.Replacement;
import dev.millrace.core.event.EventPath;
import dev.millrace.core.event.EventType;
import dev.millrace.core.event.PartSearch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
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

    private static final byte[] GROUP = EventType.GROUP.wireName().getBytes(StandardCharsets.UTF_8);
    private static final byte[] ALIAS = EventType.ALIAS.wireName().getBytes(StandardCharsets.UTF_8);
    private static final int NONE = -1;

    /** By rank: a place's number among all, the highest priority first. */
    private final IdentifierForm[] forms;
    /** By field: the rank of that field's own text; {@link #NONE} where it is no identifier. */
    private final int[] fieldRanks = new int[Field.values().length];

    private final PartSearch[] parts;

    private final FoundIdentifiers found = new FoundIdentifiers();
    private final Replacements replacements = new Replacements();
    private final ValueAtHand atHand;
    private final JsonWalk json;

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
        atHand = new ValueAtHand(forms, found, replacements);
        json = new JsonWalk(forms, atHand, replacements);
    }

    /** Reads an event; returns whether it has a leaf. */
    public boolean find(Envelope event) {
        found.clear();
        replacements.clear();
        boolean group = is(event, Field.TYPE, GROUP);
        String userId = envelopeField(event, Field.USER_ID, Field.USER_ID, true);
        envelopeField(event, Field.ANONYMOUS_ID, Field.ANONYMOUS_ID, true);
        envelopeField(event, Field.GROUP_ID, Field.GROUP_ID, true);
        String previous = event.has(Field.PREVIOUS_ID) ? previousId(event, userId) : null;
        for (PartSearch part : parts) {
            if (event.has(part.field())) {
                atHand.identifying(!group || part.field() != Field.TRAITS);
                read(part, event);
            }
        }
        found.settle(userId, previous);
        return found.leaf() != null;
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
        replacements.enter(place);
        atHand.identifying(identifies);
        atHand.moveTo(event.bytes(), event.start(place), event.end(place));
        return atHand.take(rank);
    }

    /**
     * Reads the event's previous id.
     *
     * @return the anchor that an alias event says is the same person as the user; null: none
     */
    private String previousId(Envelope event, String userId) {
        boolean anonymous = event.has(Field.ANONYMOUS_ID)
                && Arrays.equals(
                        event.bytes(),
                        event.start(Field.PREVIOUS_ID),
                        event.end(Field.PREVIOUS_ID),
                        event.bytes(),
                        event.start(Field.ANONYMOUS_ID),
                        event.end(Field.ANONYMOUS_ID));
        if (anonymous) {
            // It has been found already.
            envelopeField(event, Field.PREVIOUS_ID, Field.ANONYMOUS_ID, false);
            return null;
        }
        boolean aliasing = is(event, Field.TYPE, ALIAS);
        if (aliasing && userId == null && fieldRanks[Field.USER_ID.ordinal()] != NONE) {
            found.countUnusable(1); // The previous id of nobody.
        }
        boolean identifies = aliasing && userId != null;
        String previous = envelopeField(event, Field.PREVIOUS_ID, Field.USER_ID, identifies);
        boolean anchors =
                identifies && forms[fieldRanks[Field.USER_ID.ordinal()]].type().anchor();
        return anchors ? previous : null;
    }

    private void read(PartSearch part, Envelope event) {
        byte[] bytes = event.bytes();
        int start = event.start(part.field());
        int end = event.end(part.field());
        boolean utf8 = startsAsUtf8(bytes, start, end);
        if (utf8 && !part.mayFind(bytes, start, end)) {
            return;
        }
        found.mark();
        replacements.enter(part.field());
        if (utf8 && json.walk(part.paths(), bytes, start, end)) {
            return;
        }
        found.backToMark();
        found.countUnusable(1);
        boolean hides = utf8 ? part.mayHide(bytes, start, end) : part.hides();
        if (hides || replacements.anyInField()) {
            replacements.emptyField(start, end);
        }
    }

    /** Text with a zero among its first characters would be taken to be in another encoding. */
    private static boolean startsAsUtf8(byte[] bytes, int start, int end) {
        for (int i = start; i < Math.min(end, start + 4); i++) {
            if (bytes[i] == 0) {
                return false;
            }
        }
        return start == end || bytes[start] != (byte) 0xFE && bytes[start] != (byte) 0xFF;
    }

    /** The identifier of the highest priority; null: the event names nobody. */
    public String leaf() {
        return found.leaf();
    }

    /** Whether the leaf is longer than an identifier can be, so that the event can't be used. */
    public boolean oversized() {
        return found.oversized();
    }

    /** The event's other identifiers, distinct, the highest priority first. Immutable. */
    public List<String> others() {
        return found.others();
    }

    /** The anchor, among the {@link #others}, that an alias event says is the same person as the leaf; null: none. */
    public String alias() {
        return found.alias();
    }

    /**
     * What has to be replaced before the event is passed on: values of hashed types, by their identifier, and what stands
     * in their places without being one. None overlaps another; they make the event longer by {@link #MAX_GROWTH_BYTES} at
     * most. Immutable.
     */
    public List<Replacement> replacements() {
        return replacements.list();
    }

    /** How many values were ignored since they point at nobody. */
    public int blocked() {
        return found.blocked();
    }

    /**
     * How many values were ignored for another reason: not an email address or phone number, not text in UTF-8, too long,
     * too many in one event, of a shape that is none; an alias of users where another type leads. A field that can't be
     * read through, or in which there is too much to replace, counts as one where there may be some in it.
     */
    public int unusable() {
        return found.unusable();
    }
}
