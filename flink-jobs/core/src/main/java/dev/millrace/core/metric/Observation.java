package dev.millrace.core.metric;

import dev.millrace.core.catalogue.Hit;
import dev.millrace.core.identity.Attribution;
import java.util.List;

/**
 * What measuring takes from a record of {@code millrace.stitched}.
 *
 * @param identifier the actor, {@code type:value}: the leaf of the event, if there is one
 * @param previousProfileId the profile it belonged to until now, as the record tells; null: it does not
 * @param firstSeenMillis when the identifier was first seen; {@link ProfileChange#UNKNOWN}: the record does not tell
 * @param term when the attempt of StitchJob began that decided it, milliseconds since the epoch; 0: the record does not tell
 * @param watermarkMillis how far event time had come for who decided it; {@link #UNKNOWN_WATERMARK}: the record does not tell
 * @param event null: the record has none
 * @param people what else the record says of people (without the event, but for its traits); null: nothing
 */
public record Observation(
        String identifier,
        String profileId,
        String previousProfileId,
        long firstSeenMillis,
        long term,
        long watermarkMillis,
        SeenEvent event,
        Attribution people) {
    public static final long UNKNOWN_WATERMARK = Long.MIN_VALUE;

    /** Of a record that does not tell how far event time had come. */
    public Observation(
            String identifier,
            String profileId,
            String previousProfileId,
            long firstSeenMillis,
            long term,
            SeenEvent event,
            Attribution people) {
        this(identifier, profileId, previousProfileId, firstSeenMillis, term, UNKNOWN_WATERMARK, event, people);
    }

    /** The same of an identifier that belongs to another profile, and whose standing is not known. */
    Observation of(String itsProfileId) {
        Attribution known = people == null || people.event() == null && people.link() == null
                ? null
                : new Attribution(
                        identifier,
                        itsProfileId,
                        people.watermarkMillis(),
                        people.writer(),
                        people.writers(),
                        people.topic(),
                        people.partition(),
                        people.offset(),
                        people.eventTimeMillis(),
                        people.event(),
                        people.link(),
                        null);
        return new Observation(identifier, itsProfileId, null, firstSeenMillis, term, watermarkMillis, event, known);
    }

    /**
     * An event, as far as it is measured.
     *
     * @param partition {@code topic/partition} of the raw record
     * @param messageHash hash of its message id
     * @param duplicate whether it is but the trace of a message that came again
     * @param arrivedMillis when it was received
     * @param hits what it is to which metric
     * @param type of the event, like {@code name} and {@code origin} only where journeys are kept, else null
     * @param origin source, campaign and page, in the form of {@code DimensionValues}; null where a hit says it, or nothing
     */
    public record SeenEvent(
            String partition,
            long offset,
            long timeMillis,
            long messageHash,
            boolean duplicate,
            long arrivedMillis,
            List<Hit> hits,
            String type,
            String name,
            String origin) {
        /** One whose origin no journey asks for. */
        public SeenEvent(
                String partition,
                long offset,
                long timeMillis,
                long messageHash,
                boolean duplicate,
                long arrivedMillis,
                List<Hit> hits,
                String type,
                String name) {
            this(partition, offset, timeMillis, messageHash, duplicate, arrivedMillis, hits, type, name, null);
        }
    }
}
