package dev.millrace.measure;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.millrace.core.catalogue.CatalogueReader;
import dev.millrace.core.catalogue.Hit;
import dev.millrace.core.catalogue.ReadableCatalogue;
import dev.millrace.core.event.BinaryEvent;
import dev.millrace.core.event.Event;
import dev.millrace.core.event.MessageIds;
import dev.millrace.core.metric.InMemory;
import dev.millrace.core.metric.Observation;
import dev.millrace.core.metric.Observation.SeenEvent;
import dev.millrace.core.oracle.OracleEvent;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Records of {@code millrace.stitched}, as measuring reads them by a catalogue. */
public final class Records {
    private final CatalogueReader reader;
    private final Random random = new Random(1);

    public Records(ReadableCatalogue catalogue) {
        reader = catalogue.reader();
    }

    /** The list {@code metrics} of a configuration. */
    public static JsonNode metrics(String yaml) {
        try {
            return new YAMLMapper().readTree(yaml);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(yaml, e);
        }
    }

    /** The catalogue of these metrics, in UTC, without rows of sessions. */
    public static ReadableCatalogue catalogue(String yaml) {
        return InMemory.catalogue(metrics(yaml), null, ZoneOffset.UTC);
    }

    /** An event, as its leaf's actor tells of it. */
    public Observation event(
            OracleEvent event,
            String profileId,
            long firstSeenMillis,
            String partition,
            long offset,
            String messageId) {
        List<Hit> hits = new ArrayList<>();
        reader.read(BinaryEvent.envelope(event.event(), random), event.timeMillis(), hits::add);
        SeenEvent seen = new SeenEvent(
                partition,
                offset,
                event.timeMillis(),
                MessageIds.hash(messageId),
                false,
                event.arrivedMillis(),
                hits,
                null,
                null);
        return new Observation(event.leaf(), profileId, null, firstSeenMillis, 0, seen, null);
    }

    /** An event of one leaf that was first seen then. Its message id is made of where it lies. */
    public Observation event(String leaf, String profileId, long timeMillis, long offset) {
        return event(leaf, profileId, timeMillis, "raw/0", offset, "m" + offset, null);
    }

    /** @param properties JSON; null: none */
    public Observation event(
            String leaf,
            String profileId,
            long timeMillis,
            String partition,
            long offset,
            String messageId,
            String properties) {
        return event(
                occurrence(leaf, profileId, timeMillis, properties),
                profileId,
                timeMillis,
                partition,
                offset,
                messageId);
    }

    /** The same, for the oracle. */
    public static OracleEvent occurrence(String leaf, String profileId, long timeMillis, String properties) {
        Event event = new Event(
                null,
                "track",
                "Seen",
                null,
                leaf,
                null,
                null,
                "web",
                timeMillis,
                null,
                timeMillis,
                properties,
                null,
                null,
                null);
        return new OracleEvent(leaf, profileId, timeMillis, timeMillis, event);
    }

    /** Word that a leaf belongs to a profile. */
    public static Observation move(String leaf, String profileId, long firstSeenMillis) {
        return new Observation(leaf, profileId, null, firstSeenMillis, 0, null, null);
    }
}
