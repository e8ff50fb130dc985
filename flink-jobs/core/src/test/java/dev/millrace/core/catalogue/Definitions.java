package dev.millrace.core.catalogue;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;

/** Metrics defined in JSON, as the configuration defines them in YAML. */
final class Definitions {
    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .enable(JsonReadFeature.ALLOW_UNQUOTED_FIELD_NAMES, JsonReadFeature.ALLOW_SINGLE_QUOTES)
            .addModule(new SimpleModule().addDeserializer(Duration.class, new Durations()))
            .build();

    private Definitions() {}

    /** Durations in ISO 8601. */
    private static final class Durations extends StdDeserializer<Duration> {
        private Durations() {
            super(Duration.class);
        }

        @Override
        public Duration deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            return Duration.parse(parser.getText());
        }
    }

    static MetricDefinition metric(String json) {
        return read(json, MetricDefinition.class);
    }

    static SessionRows sessionRows(String json) {
        return read(json, SessionRows.class);
    }

    static ReadableCatalogue catalogue(String... metrics) {
        return Catalogues.of(Arrays.stream(metrics).map(Definitions::metric).toList(), null, ZoneOffset.UTC);
    }

    static ReadableCatalogue catalogueOf(SessionRows rows) {
        return Catalogues.of(List.of(), rows, ZoneOffset.UTC);
    }

    private static <T> T read(String json, Class<T> type) {
        try {
            return JSON.readValue(json, type);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(json, e);
        }
    }
}
