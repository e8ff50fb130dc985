package dev.millrace.collector;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;

/** The write keys that clients identify themselves with, each with the source that its events are of. */
final class WriteKeys {
    private static final JsonFactory JSON = new JsonFactory();
    private static final String BASIC = "Basic ";

    private final Map<String, String> sources;

    WriteKeys(Map<String, String> sources) {
        this.sources = Map.copyOf(sources);
    }

    /** Reads a properties file, {@code write_key=source} a line. Throws IllegalArgumentException with a sentence. */
    static WriteKeys load(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException e) {
            throw new IllegalArgumentException("can't read the write keys " + file + ": " + e, e);
        }
        Map<String, String> sources = new TreeMap<>();
        for (String key : properties.stringPropertyNames()) {
            String source = properties.getProperty(key).strip();
            if (source.isEmpty()) {
                throw new IllegalArgumentException(
                        file + ": a write key has no source; each line must be write_key=source");
            }
            sources.put(key, source);
        }
        if (sources.isEmpty()) {
            throw new IllegalArgumentException(file + ": has no write keys; add at least one line write_key=source");
        }
        return new WriteKeys(sources);
    }

    /** The sources, each once, sorted. */
    Collection<String> sources() {
        return new TreeSet<>(sources.values());
    }

    /** The source of a write key. */
    String source(String writeKey) throws RefusedException {
        String source = sources.get(writeKey);
        if (source == null) {
            throw new RefusedException(401, "the write key is not known here");
        }
        return source;
    }

    /** The write key of an Authorization header: the user name; a password is ignored, Segment's clients send none. */
    static String ofHeader(String authorization) throws RefusedException {
        if (!authorization.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            throw new RefusedException(401, "only Basic authorization is known here, with the write key as user name");
        }
        try {
            String credentials = new String(
                    Base64.getDecoder()
                            .decode(authorization.substring(BASIC.length()).strip()),
                    StandardCharsets.UTF_8);
            int colon = credentials.indexOf(':');
            return colon < 0 ? credentials : credentials.substring(0, colon);
        } catch (IllegalArgumentException e) {
            throw new RefusedException(401, "the Authorization header is not base64", e);
        }
    }

    /**
     * The write key in a body, where browsers put it: the member {@code writeKey}, else that of the first event of the
     * batch that has one. Empty where there is none, or the body is not JSON.
     */
    static Optional<String> ofBody(byte[] json) {
        Optional<String> ofEvent = Optional.empty();
        try (JsonParser parser = JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return Optional.empty();
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (name.equals("writeKey") && value == JsonToken.VALUE_STRING) {
                    return Optional.of(parser.getText());
                } else if (name.equals("batch") && value == JsonToken.START_ARRAY) {
                    ofEvent = ofEvents(parser);
                } else {
                    parser.skipChildren();
                }
            }
            return ofEvent;
        } catch (IOException notJson) {
            return ofEvent;
        }
    }

    private static Optional<String> ofEvents(JsonParser parser) throws IOException {
        Optional<String> found = Optional.empty();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                parser.skipChildren();
                continue;
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean writeKey = parser.currentName().equals("writeKey");
                if (parser.nextToken() == JsonToken.VALUE_STRING && writeKey && found.isEmpty()) {
                    found = Optional.of(parser.getText());
                }
                parser.skipChildren();
            }
        }
        return found;
    }
}
