package dev.millrace.core.metric;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.millrace.core.event.Event;
import java.util.List;

/**
 * The values of an event's dimensions, as the JSON object of {@code metric_values.dimensions}.
 *
 * <p>Values are bounded, since they are part of a primary key: longer ones are cut to {@link #MAX_CHARS} characters, of
 * which the last is an ellipsis. What PostgreSQL can't hold in JSON (NUL, half a surrogate pair) becomes U+FFFD.
 */
public final class Dimensions {
    /** Longest value of a dimension, in UTF-16 characters. */
    public static final int MAX_CHARS = 200;

    public static final String NONE = "{}";
    private static final char REPLACEMENT = '\uFFFD';

    private Dimensions() {}

    /** The object with these dimensions, in this order; a value that the event lacks is null. */
    public static String of(Event event, List<String> dimensions) {
        if (dimensions.isEmpty()) {
            return NONE;
        }
        StringBuilder json = new StringBuilder(64).append('{');
        for (String dimension : dimensions) {
            if (json.length() > 1) {
                json.append(',');
            }
            json.append('"').append(dimension).append("\":");
            String value = value(event, dimension);
            if (value == null) {
                json.append("null");
            } else {
                json.append('"');
                JsonStringEncoder.getInstance().quoteAsString(bounded(value), json);
                json.append('"');
            }
        }
        return json.append('}').toString();
    }

    private static String value(Event event, String dimension) {
        return switch (dimension) {
            case "type" -> event.type();
            case "event" -> event.name();
            case "source" -> event.source();
            default -> throw new IllegalArgumentException("unknown dimension " + dimension);
        };
    }

    private static String bounded(String value) {
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
}
