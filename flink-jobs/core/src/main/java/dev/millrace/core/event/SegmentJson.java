package dev.millrace.core.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Reads events in the JSON of the Segment HTTP API ({@code https://segment.com/docs/connections/spec/common/}).
 *
 * <p>Lenient, and lossless: whatever is a JSON object is an event. Objects are kept as the text they came in; a member
 * that is not of the envelope, or not of its kind (a user id that is an array, a timestamp that is no time), goes into
 * {@link Event#extras} verbatim. Ids may be numbers. Times are ISO 8601 (without an offset: UTC) or milliseconds since
 * the epoch. {@code originalTimestamp} goes before {@code timestamp}, which in an already processed stream is corrected.
 */
public final class SegmentJson {
    private static final JsonFactory JSON = new JsonFactory();
    /** A credential: browsers send it in the body. It has told who sends, and is not kept. */
    private static final String WRITE_KEY = "writeKey";
    /** Members with a place of their own; null is the same as their absence. */
    private static final Set<String> ENVELOPE = Set.of(
            "messageId",
            "type",
            "event",
            "name",
            "userId",
            "anonymousId",
            "previousId",
            "groupId",
            "source",
            "timestamp",
            "originalTimestamp",
            "sentAt",
            "receivedAt",
            "properties",
            "traits",
            "context");

    /** Events of one HTTP body, with the body's own {@code sentAt} (null: none). */
    public record Batch(List<Event> events, Long sentAtMillis) {}

    private SegmentJson() {}

    /** One event from UTF-8 JSON. */
    public static Event read(byte[] json) throws MalformedEventException {
        return read(decode(json), null);
    }

    /**
     * One event from JSON.
     *
     * @param type its type where the sender told it otherwise, as the URL does; null: the member {@code type}
     */
    public static Event read(String json, String type) throws MalformedEventException {
        char[] text = json.toCharArray();
        try (JsonParser parser = JSON.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new MalformedEventException("an event must be a JSON object, but this starts with "
                        + (parser.currentToken() == null ? "nothing" : parser.currentToken()));
            }
            Event event = readObject(parser, text, type).event();
            if (parser.nextToken() != null) {
                throw new MalformedEventException("there is more text after the event's closing brace");
            }
            return event;
        } catch (JsonProcessingException e) {
            throw notJson(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The events of {@code {"batch": [...], "sentAt": ...}}, the body of the batch and import calls. A {@code context} of
     * the batch is that of events without one; what else stands beside the events goes into the extras of each, as member
     * {@code batch}.
     */
    public static Batch readBatch(byte[] json) throws MalformedEventException {
        char[] text = decode(json).toCharArray();
        List<Members> events = null;
        Long sentAt = null;
        String context = null;
        Extras shared = new Extras();
        try (JsonParser parser = JSON.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new MalformedEventException("a batch must be a JSON object with a member \"batch\"");
            }
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                int start = (int) parser.currentTokenLocation().getCharOffset();
                if (name.equals("batch") && value == JsonToken.START_ARRAY) {
                    events = new ArrayList<>();
                    while (parser.nextToken() != JsonToken.END_ARRAY) {
                        if (parser.currentToken() != JsonToken.START_OBJECT) {
                            throw new MalformedEventException("batch[" + events.size() + "] is not a JSON object");
                        }
                        events.add(readObject(parser, text, null));
                    }
                } else if (name.equals("sentAt")) {
                    sentAt = time(parser);
                    parser.skipChildren();
                } else if (name.equals("context") && value == JsonToken.START_OBJECT) {
                    context = slice(parser, text, start);
                } else if (name.equals(WRITE_KEY) || value == JsonToken.VALUE_NULL) {
                    parser.skipChildren();
                } else {
                    shared.add(name, slice(parser, text, start));
                }
            }
            if (parser.nextToken() != null) {
                throw new MalformedEventException("there is more text after the batch's closing brace");
            }
        } catch (JsonProcessingException e) {
            throw notJson(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (events == null) {
            throw new MalformedEventException("the batch has no array \"batch\"");
        }
        List<Event> all = new ArrayList<>(events.size());
        for (Members members : events) {
            all.add(members.inBatch(context, shared).event());
        }
        return new Batch(all, sentAt);
    }

    private static Members readObject(JsonParser parser, char[] text, String givenType) throws IOException {
        Members m = new Members();
        m.type = givenType;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            JsonToken token = parser.nextToken();
            if (name.equals(WRITE_KEY) || token == JsonToken.VALUE_NULL && ENVELOPE.contains(name)) {
                parser.skipChildren();
                continue;
            }
            int start = (int) parser.currentTokenLocation().getCharOffset();
            if (!m.take(name, token, parser, text, start)) {
                m.extras.add(name, slice(parser, text, start));
            }
        }
        return m;
    }

    /** The JSON text of the current value; leaves the parser at its last token. */
    private static String slice(JsonParser parser, char[] text, int start) throws IOException {
        parser.skipChildren();
        parser.finishToken();
        int end = (int) parser.currentLocation().getCharOffset();
        if (parser.currentToken().isNumeric()) {
            // The parser may have read the character that ends a number.
            end = start + parser.getTextLength();
        }
        return new String(text, start, end - start);
    }

    private static Long time(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case VALUE_STRING -> time(parser.getText());
            case VALUE_NUMBER_INT -> parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                    ? null
                    : Long.valueOf(parser.getLongValue());
            default -> null;
        };
    }

    private static Long time(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant().toEpochMilli();
        } catch (DateTimeException | ArithmeticException noOffset) {
            try {
                return LocalDateTime.parse(text).toInstant(ZoneOffset.UTC).toEpochMilli();
            } catch (DateTimeException | ArithmeticException noTime) {
                return null;
            }
        }
    }

    private static String decode(byte[] json) throws MalformedEventException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(json))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedEventException("the text is not UTF-8", e);
        }
    }

    private static MalformedEventException notJson(JsonProcessingException e) {
        String where = e.getLocation() == null
                ? ""
                : " (line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr() + ")";
        return new MalformedEventException("not JSON: " + e.getOriginalMessage() + where, e);
    }

    /** When the events carry a time at all: ISO 8601, UTC, milliseconds. */
    public static String format(long millis) {
        return Instant.ofEpochMilli(millis).toString();
    }

    /** The members of one event while they are read, in any order. */
    private static final class Members {
        private String messageId;
        private String type;
        private String event;
        private String name;
        private String nameText;
        private String userId;
        private String anonymousId;
        private String previousId;
        private String groupId;
        private String source;
        private Long timestamp;
        private Long originalTimestamp;
        private Long sentAt;
        private Long receivedAt;
        private String properties;
        private String traits;
        private String context;
        private final Extras extras = new Extras();

        /** Whether the member has found its place; if not, it is an extra. */
        boolean take(String member, JsonToken token, JsonParser parser, char[] text, int start) throws IOException {
            switch (member) {
                case "messageId":
                    return (messageId = scalar(token, parser)) != null;
                case "type":
                    if (type != null) {
                        return true; // told by the URL
                    }
                    return (type = scalar(token, parser)) != null;
                case "event":
                    return (event = scalar(token, parser)) != null;
                case "name":
                    name = scalar(token, parser);
                    nameText = slice(parser, text, start);
                    return true;
                case "userId":
                    return (userId = scalar(token, parser)) != null;
                case "anonymousId":
                    return (anonymousId = scalar(token, parser)) != null;
                case "previousId":
                    return (previousId = scalar(token, parser)) != null;
                case "groupId":
                    return (groupId = scalar(token, parser)) != null;
                case "source":
                    return (source = scalar(token, parser)) != null;
                case "timestamp":
                    return (timestamp = time(parser)) != null;
                case "originalTimestamp":
                    return (originalTimestamp = time(parser)) != null;
                case "sentAt":
                    return (sentAt = time(parser)) != null;
                case "receivedAt":
                    return (receivedAt = time(parser)) != null;
                case "properties":
                    return (properties = object(token, parser, text, start)) != null;
                case "traits":
                    return (traits = object(token, parser, text, start)) != null;
                case "context":
                    return (context = object(token, parser, text, start)) != null;
                default:
                    return false;
            }
        }

        private static String scalar(JsonToken token, JsonParser parser) throws IOException {
            return token == JsonToken.VALUE_STRING || token.isNumeric() ? parser.getText() : null;
        }

        private static String object(JsonToken token, JsonParser parser, char[] text, int start) throws IOException {
            return token == JsonToken.START_OBJECT ? slice(parser, text, start) : null;
        }

        /** As an event of a batch that has members of its own. */
        Members inBatch(String batchContext, Extras shared) {
            if (context == null) {
                context = batchContext;
            } else if (batchContext != null) {
                Extras all = new Extras();
                all.add("context", batchContext);
                all.addAll(shared);
                extras.add("batch", all.json());
                return this;
            }
            if (shared.json() != null) {
                extras.add("batch", shared.json());
            }
            return this;
        }

        Event event() {
            boolean named = "page".equals(type) || "screen".equals(type);
            if (nameText != null && !(named && name != null && event == null)) {
                extras.add("name", nameText);
                name = null;
            }
            return new Event(
                    messageId,
                    type == null ? "" : type,
                    event != null ? event : name,
                    userId,
                    anonymousId,
                    previousId,
                    groupId,
                    source,
                    originalTimestamp != null ? originalTimestamp : timestamp,
                    sentAt,
                    receivedAt,
                    properties,
                    traits,
                    context,
                    extras.json());
        }
    }

    /** Members that have no place in the envelope, as they came. */
    private static final class Extras {
        private final StringBuilder members = new StringBuilder();

        void add(String member, String value) {
            if (!members.isEmpty()) {
                members.append(',');
            }
            members.append('"');
            JsonStringEncoder.getInstance().quoteAsString(member, members);
            members.append("\":").append(value);
        }

        void addAll(Extras others) {
            if (!others.members.isEmpty()) {
                members.append(members.isEmpty() ? "" : ",").append(others.members);
            }
        }

        /** The JSON object of them; null where there are none. */
        String json() {
            return members.isEmpty() ? null : "{" + members + "}";
        }
    }
}
