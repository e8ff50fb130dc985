package dev.millrace.measure.contribute;

import dev.millrace.core.identity.Attribution;
import dev.millrace.core.metric.Observation;

/**
 * A record, as far as it is about people.
 *
 * @param firstSeenMillis earliest event time that the identifier is known to have been seen at
 * @param seenMillis when it was seen this time, event time
 * @param news whether that is to be written
 * @param likelyNew whether it was most likely never seen before
 * @param people what else there is to say: a link, a standing, traits; null: nothing
 */
public record Sighted(
        String identifier,
        String profileId,
        long firstSeenMillis,
        long seenMillis,
        boolean news,
        boolean likelyNew,
        Attribution people) {

    /** @param unknown whether nobody was ever told of the identifier, as far as is remembered */
    static Sighted of(Observation record, boolean news, boolean unknown) {
        long seen = seenMillis(record);
        return new Sighted(
                record.identifier(),
                record.profileId(),
                Math.min(record.firstSeenMillis(), seen),
                seen,
                news,
                unknown && record.firstSeenMillis() == seen, // Else it is one that was forgotten, and has come back.
                record.people());
    }

    /** When the identifier was seen, as a record tells: by its event, else by its link, else when it was first seen. */
    static long seenMillis(Observation record) {
        if (record.event() != null) {
            return record.event().timeMillis();
        }
        return record.people().link() != null
                ? record.people().link().timeMillis()
                : record.people().standing().firstSeenMillis();
    }
}
