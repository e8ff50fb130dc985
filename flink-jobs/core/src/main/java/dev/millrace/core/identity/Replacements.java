package dev.millrace.core.identity;

import dev.millrace.core.event.Envelope.Field;
import dev.millrace.core.event.Envelope.Replacement;
import java.util.ArrayList;
import java.util.List;

/** What is put in place of other text in an event, in order, and how much longer that makes it. */
final class Replacements {
    /** What a field of JSON becomes that must not leave as it is. */
    private static final String EMPTIED = "{}";

    private final List<Replacement> all = new ArrayList<>();
    /** By so many bytes they make the event longer. */
    private int grownBytes;

    /** The field that is being read. */
    private Field field;
    /** What there was before it. */
    private int sizeBefore;

    private int grownBefore;

    void clear() {
        all.clear();
        grownBytes = 0;
    }

    /** From here on they are in that field. */
    void enter(Field next) {
        field = next;
        sizeBefore = all.size();
        grownBefore = grownBytes;
    }

    /** Whether there are some in the field that is being read. */
    boolean anyInField() {
        return all.size() > sizeBefore;
    }

    /** Puts an empty object in place of the whole field that is being read, and of what has been replaced in it. */
    void emptyField(int start, int stop) {
        all.subList(sizeBefore, all.size()).clear();
        grownBytes = grownBefore;
        put(start, stop, EMPTIED);
        grownBytes = Math.max(grownBefore, grownBytes); // What is gone makes no room for others to grow.
    }

    /** Whether they make the event too long. */
    boolean tooMuch() {
        return grownBytes > Identification.MAX_GROWTH_BYTES;
    }

    int size() {
        return all.size();
    }

    /** Puts a text in place of a value, unless there is one already. */
    void replace(int start, int stop, String instead, boolean withinQuotes) {
        boolean replaced = !all.isEmpty() && all.get(all.size() - 1).from() == start;
        if (!replaced) {
            put(start, stop, asJson(instead, withinQuotes));
        }
    }

    /** Puts a text in place of a member, its name and its value. */
    void replaceMember(int start, int stop, String instead) {
        put(start, stop, asJson(instead, false) + ":null");
    }

    /** Puts another text where there is one already. */
    void revise(int index, String plain, boolean withinQuotes) {
        Replacement old = all.get(index);
        String instead = asJson(plain, withinQuotes);
        all.set(index, new Replacement(field, old.from(), old.to(), instead));
        grownBytes += instead.length() - old.text().length();
    }

    private void put(int start, int stop, String ascii) {
        all.add(new Replacement(field, start, stop, ascii));
        grownBytes += ascii.length() - (stop - start);
    }

    /** Identifiers that are hashed need no escapes. */
    private static String asJson(String plain, boolean withinQuotes) {
        return withinQuotes ? plain : '"' + plain + '"';
    }

    /** All of them. Immutable. */
    List<Replacement> list() {
        return List.copyOf(all);
    }
}
