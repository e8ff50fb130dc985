package dev.millrace.core.identity;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.millrace.core.event.PathTree;
import dev.millrace.core.identity.IdentifierForm.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * The value of an event that is being looked at: where it stands, what its text is, and what is made of it. One object for
 * all values, since there are many in an event.
 */
final class ValueAtHand {
    /** By rank. */
    private final IdentifierForm[] forms;

    private final FoundIdentifiers found;
    private final Replacements replacements;

    /** Whether values are identifiers; if not, they are only looked at for what must not leave. */
    private boolean identifying;
    /** What is replaced if the value has to be: from here... */
    private int begin;
    /** ...to here, exclusive. */
    private int end;
    /** Whether that is within quotes. */
    private boolean quoted;
    /** The UTF-8 text of the value... */
    private byte[] text;
    /** ...begins here... */
    private int from;
    /** ...and ends here, exclusive. */
    private int to;

    ValueAtHand(IdentifierForm[] forms, FoundIdentifiers found, Replacements replacements) {
        this.forms = forms;
        this.found = found;
        this.replacements = replacements;
    }

    /** Whether values from here on are identifiers; if not, they are only looked at for what must not leave. */
    void identifying(boolean identifies) {
        identifying = identifies;
    }

    /** Goes to a text that stands there as it is. */
    void moveTo(byte[] bytes, int start, int stop) {
        begin = start;
        end = stop;
        quoted = true;
        text = bytes;
        from = start;
        to = stop;
    }

    /**
     * Goes to the scalar at hand in JSON.
     *
     * @param start where its token begins
     * @param limit where the JSON ends
     */
    void moveTo(JsonParser parser, byte[] bytes, int start, int limit) throws IOException {
        text = bytes;
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            quoted = true;
            begin = start + 1;
            boolean escaped = false;
            int at = begin;
            while (at < limit && bytes[at] != '"') {
                if (bytes[at] == '\\') {
                    escaped = true;
                    at++;
                }
                at++;
            }
            end = Math.min(at, limit);
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

    /** Goes to an object or array, which has no text of its own: only {@link #replace} is for it. */
    void moveToClosed(int start, int stop) {
        begin = start;
        end = stop;
        quoted = false;
    }

    /** Where the token of a scalar ends, exclusive. */
    int tokenEnd() {
        return quoted ? end + 1 : end;
    }

    boolean quoted() {
        return quoted;
    }

    String text() {
        return new String(text, from, to - from, StandardCharsets.UTF_8);
    }

    /** Whether the value says that there is none, so that there is nothing to hide in it. */
    boolean saysNothing() {
        return IdentifierForm.saysNothing(text, from, to);
    }

    /**
     * The value as an identifier of the type at that rank; replaced in the event if it has to be.
     *
     * @return the identifier; null: it is none
     */
    String take(int rank) {
        IdentifierForm form = forms[rank];
        Outcome outcome = form.read(text, from, to);
        note(outcome, rank);
        if (form.hashed()) {
            if (outcome == Outcome.USABLE) {
                replace(form.identifier());
            } else if (!saysNothing()) {
                replace(form.unusable());
            }
        }
        return outcome == Outcome.USABLE ? form.identifier() : null;
    }

    /** Keeps the identifier that the form at that rank has read, or counts the value. */
    void note(Outcome outcome, int rank) {
        if (!identifying) {
            return;
        }
        switch (outcome) {
            case USABLE -> found.add(forms[rank].identifier(), rank);
            case BLOCKED -> found.countBlocked(1);
            case UNUSABLE -> found.countUnusable(1);
        }
    }

    /** Something that is no text stands where paths end. */
    void countUnusable(PathTree node) {
        if (identifying) {
            found.countUnusable(node.ends().length);
        }
    }

    /** Something that says nothing stands where paths end. */
    void countBlocked(PathTree node) {
        if (identifying) {
            found.countBlocked(node.ends().length);
        }
    }

    /** Puts a text in place of the value, unless there is one already. */
    void replace(String instead) {
        replacements.replace(begin, end, instead, quoted);
    }
}
