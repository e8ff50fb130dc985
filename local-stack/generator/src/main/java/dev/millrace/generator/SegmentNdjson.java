package dev.millrace.generator;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.millrace.core.event.Event;
import dev.millrace.core.event.SegmentJson;

/**
 * Writes events in the JSON of the Segment HTTP API, one a line: what {@link SegmentJson} reads back as the same event.
 * Objects are verbatim, but for line breaks between their tokens.
 */
public final class SegmentNdjson {
    private SegmentNdjson() {}

    /** One line, without its line break. */
    public static String write(Event event) {
        StringBuilder line = new StringBuilder(512);
        write(event, line);
        return line.toString();
    }

    /** One line, without its line break, appended. */
    public static void write(Event event, StringBuilder line) {
        int start = line.length();
        line.append('{');
        if (!event.type().isEmpty()) {
            text(line, "type", event.type());
        }
        text(line, nameMember(event), event.name());
        text(line, "messageId", event.messageId());
        text(line, "userId", event.userId());
        text(line, "anonymousId", event.anonymousId());
        text(line, "previousId", event.previousId());
        text(line, "groupId", event.groupId());
        text(line, "source", event.source());
        // An extra of the same name is one that is no time; the reader takes the other spelling first.
        time(line, isExtra(event, "timestamp") ? "originalTimestamp" : "timestamp", event.timestampMillis());
        time(line, "sentAt", event.sentAtMillis());
        time(line, "receivedAt", event.receivedAtMillis());
        object(line, "properties", event.properties());
        object(line, "traits", event.traits());
        object(line, "context", event.context());
        if (event.extras() != null) {
            int from = event.extras().indexOf('{') + 1;
            int to = event.extras().lastIndexOf('}');
            if (!event.extras().substring(from, to).isBlank()) {
                comma(line).append(event.extras(), from, to);
            }
        }
        line.append('}');
        for (int i = start; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '\n' || c == '\r') {
                line.setCharAt(i, ' ');
            }
        }
    }

    /** What the reader takes the name from: {@code name} is one for pages and screens alone. */
    private static String nameMember(Event event) {
        boolean named = event.type().equals("page") || event.type().equals("screen");
        return named && !isExtra(event, "name") ? "name" : "event";
    }

    private static boolean isExtra(Event event, String member) {
        return event.extras() != null && event.extras().contains("\"" + member + "\":");
    }

    private static void text(StringBuilder line, String member, String value) {
        if (value != null) {
            comma(line).append('"').append(member).append("\":\"");
            JsonStringEncoder.getInstance().quoteAsString(value, line);
            line.append('"');
        }
    }

    private static void time(StringBuilder line, String member, Long millis) {
        if (millis != null) {
            comma(line).append('"').append(member).append("\":\"").append(SegmentJson.format(millis));
            line.append('"');
        }
    }

    private static void object(StringBuilder line, String member, String json) {
        if (json != null) {
            comma(line).append('"').append(member).append("\":").append(json);
        }
    }

    private static StringBuilder comma(StringBuilder line) {
        return line.charAt(line.length() - 1) == '{' ? line : line.append(',');
    }
}
