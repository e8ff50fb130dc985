package dev.millrace.core.oracle;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.millrace.core.event.Event;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;

/** Events and catalogues of examples, in few words. */
final class Histories {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_SINGLE_QUOTES, JsonReadFeature.ALLOW_UNQUOTED_FIELD_NAMES)
            .build();

    private Histories() {}

    /** A track call from the web. Properties may have single quotes, and names without; null: none. */
    static OracleEvent track(String profile, String time, String name, String properties) {
        return event(profile, time, "track", name, "web", properties, null);
    }

    /** A page call with the path in its context; null: none. */
    static OracleEvent page(String profile, String time, String source, String path) {
        return event(profile, time, "page", null, source, null, path == null ? null : "{page: {path: '" + path + "'}}");
    }

    static OracleEvent event(
            String profile, String time, String type, String name, String source, String properties, String context) {
        long millis = millis(time);
        return new OracleEvent(
                "anonymous_id:" + profile,
                profile,
                millis,
                millis + 100,
                new Event(
                        null,
                        type,
                        name,
                        null,
                        profile,
                        null,
                        null,
                        source,
                        millis,
                        null,
                        millis + 100,
                        strict(properties),
                        null,
                        strict(context),
                        null));
    }

    /** JSON in which quotes may be single or, around names, missing. */
    static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Like {@code 10:00}, on the 6th of May 2024 in UTC, or a whole instant. */
    static long millis(String time) {
        String instant = time.contains("T") ? time : "2024-05-06T" + (time.length() == 5 ? time + ":00" : time) + "Z";
        return Instant.parse(instant).toEpochMilli();
    }

    /** Numbers keep their digits: they are not read. */
    private static String strict(String json) {
        return json == null ? null : json.replace('\'', '"').replaceAll("(?<=[{,]) *([a-z_]+) *:", "\"$1\":");
    }
}
