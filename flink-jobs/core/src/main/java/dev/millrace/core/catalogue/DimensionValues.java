package dev.millrace.core.catalogue;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.ArrayList;
import java.util.List;

/**
 * The values of an event's dimensions, as one text that is equal for equal values: a JSON array of strings and nulls, as
 * in {@code ["track",null]}.
 *
 * <p>Values are bounded, since they are part of a primary key: longer ones are cut to {@link #MAX_CHARS} characters, of
 * which the last is an ellipsis. What PostgreSQL can't hold in JSON (NUL, half a surrogate pair) becomes U+FFFD.
 */
public final class DimensionValues {
    /** Longest value of a dimension, in UTF-16 characters. */
    public static final int MAX_CHARS = 200;

    /** Where there are no dimensions. */
    public static final String NONE = "[]";

    /** What stands for the values beyond the bound of a dimension. */
    public static final String OTHER = "(other)";

    private static final String NULL = "null";
    private static final char REPLACEMENT = '\uFFFD';
    private static final int HEX = 16;

    private DimensionValues() {}

    /** The text of these values, bounded; null: the event lacks it. */
    public static String text(String... values) {
        if (values.length == 0) {
            return NONE;
        }
        StringBuilder json = new StringBuilder(32 * values.length);
        for (int i = 0; i < values.length; i++) {
            value(values[i], json.append(i == 0 ? '[' : ','));
        }
        return json.append(']').toString();
    }

    /** The values of a {@link #text}. Throws IllegalArgumentException for other text. */
    public static String[] parse(String text) {
        List<String> values = new ArrayList<>();
        if (!text.startsWith("[") || !text.endsWith("]")) {
            throw refused(text);
        }
        if (text.length() == NONE.length()) {
            return new String[0];
        }
        int at = 0;
        do {
            at++;
            if (text.startsWith(NULL, at)) {
                values.add(null);
                at += NULL.length();
            } else {
                int end = closingQuote(text, at);
                values.add(unquoted(text, at + 1, end));
                at = end + 1;
            }
        } while (text.charAt(at) == ',');
        if (at != text.length() - 1) {
            throw refused(text);
        }
        return values.toArray(String[]::new);
    }

    /** The JSON object of these values, as {@code metric_values} has it. Throws if there are not as many as names. */
    public static String object(List<String> names, String[] values) {
        if (names.size() != values.length) {
            throw new IllegalArgumentException(values.length + " values for the dimensions " + names);
        }
        StringBuilder json = new StringBuilder(2 + 48 * values.length).append('{');
        for (int i = 0; i < values.length; i++) {
            if (i > 0) {
                json.append(',');
            }
            value(names.get(i), json);
            value(values[i], json.append(':'));
        }
        return json.append('}').toString();
    }

    /** A value as a dimension has it. */
    public static String bounded(String value) {
        String cut = value.length() > MAX_CHARS ? value.substring(0, MAX_CHARS - 1) + '…' : value;
        StringBuilder clean = null;
        for (int i = 0; i < cut.length(); i++) {
            char c = cut.charAt(i);
            boolean paired =
                    Character.isHighSurrogate(c) && i + 1 < cut.length() && Character.isLowSurrogate(cut.charAt(i + 1))
                            || Character.isLowSurrogate(c) && i > 0 && Character.isHighSurrogate(cut.charAt(i - 1));
            if (c == 0 || Character.isSurrogate(c) && !paired) {
                clean = clean == null ? new StringBuilder(cut) : clean;
                clean.setCharAt(i, REPLACEMENT);
            }
        }
        return clean == null ? cut : clean.toString();
    }

    private static void value(String value, StringBuilder json) {
        if (value == null) {
            json.append(NULL);
        } else if (isPlain(value)) {
            json.append('"').append(value).append('"');
        } else {
            json.append('"');
            JsonStringEncoder.getInstance().quoteAsString(bounded(value), json);
            json.append('"');
        }
    }

    /** Whether it stands in JSON as it is: short, ASCII, and nothing to escape. */
    private static boolean isPlain(String value) {
        if (value.length() > MAX_CHARS) {
            return false;
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < ' ' || c > '~' || c == '"' || c == '\\') {
                return false;
            }
        }
        return true;
    }

    private static int closingQuote(String text, int at) {
        if (text.charAt(at) != '"') {
            throw refused(text);
        }
        for (int i = at + 1; i < text.length() - 1; i++) {
            char c = text.charAt(i);
            if (c == '"') {
                return i;
            }
            if (c == '\\') {
                i++;
            }
        }
        throw refused(text);
    }

    private static String unquoted(String text, int from, int to) {
        int escape = text.indexOf('\\', from);
        if (escape < 0 || escape >= to) {
            return text.substring(from, to);
        }
        StringBuilder value = new StringBuilder(to - from).append(text, from, escape);
        for (int i = escape; i < to; i++) {
            char c = text.charAt(i);
            if (c != '\\') {
                value.append(c);
                continue;
            }
            i++;
            switch (text.charAt(i)) {
                case 'b' -> value.append('\b');
                case 'f' -> value.append('\f');
                case 'n' -> value.append('\n');
                case 'r' -> value.append('\r');
                case 't' -> value.append('\t');
                case 'u' -> {
                    value.append((char) Integer.parseInt(text, i + 1, i + 5, HEX));
                    i += 4;
                }
                default -> value.append(text.charAt(i));
            }
        }
        return value.toString();
    }

    private static IllegalArgumentException refused(String text) {
        return new IllegalArgumentException("not the text of dimension values: " + text);
    }
}
