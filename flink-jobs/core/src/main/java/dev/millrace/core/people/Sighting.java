package dev.millrace.core.people;

import dev.millrace.core.identity.Attribution;
import dev.millrace.core.identity.Standing;
import java.util.Optional;

/**
 * When an identifier was seen since its row was last written, and to which profile it belonged then.
 *
 * @param firstMillis earliest event time
 * @param lastMillis latest event time
 * @param writeAtMillis when the row is written at the latest, by the clock
 */
public record Sighting(String profileId, long firstMillis, long lastMillis, long writeAtMillis) {

    /** What a record tells: the time of its event, else of its link, else when the identifier was first seen. */
    public static Optional<Sighting> of(Attribution record, long writeAtMillis) {
        if (record.event() != null) {
            return Optional.of(at(record, record.eventTimeMillis(), writeAtMillis));
        }
        if (record.link() != null) {
            return Optional.of(at(record, record.link().timeMillis(), writeAtMillis));
        }
        if (record.standing() != null) {
            return Optional.of(at(record, record.standing().firstSeenMillis(), writeAtMillis));
        }
        return Optional.empty();
    }

    private static Sighting at(Attribution record, long seenMillis, long writeAtMillis) {
        return new Sighting(record.profileId(), seenMillis, seenMillis, writeAtMillis);
    }

    /** This and what the identifier's next record tells; it is still to be written when this was. */
    public Sighting and(Sighting next) {
        return new Sighting(
                next.profileId,
                Math.min(firstMillis, next.firstMillis),
                Math.max(lastMillis, next.lastMillis),
                writeAtMillis);
    }

    /** The row, where nothing else is known. */
    public IdentifierRow row(String identifier) {
        return new IdentifierRow(identifier, profileId, firstMillis, lastMillis, null, false);
    }

    /** The row, where the identifier's standing has changed. */
    public IdentifierRow row(String identifier, Standing standing) {
        return new IdentifierRow(
                identifier,
                profileId,
                Math.min(firstMillis, standing.firstSeenMillis()),
                Math.max(lastMillis, standing.firstSeenMillis()),
                standing.sinceMillis(),
                standing.linksLimited());
    }
}
