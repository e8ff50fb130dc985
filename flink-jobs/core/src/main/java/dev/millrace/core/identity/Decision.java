package dev.millrace.core.identity;

/**
 * What the actor of an identifier decided, as StitchJob writes it to {@code millrace.stitched}; {@link Attribution} is what
 * readers make of it. At most one of {@code arrival} and {@code link} is given.
 *
 * @param identifier the actor, {@code type:value}
 * @param profileId the profile it belongs to from now on
 * @param firstSeenMillis earliest event time that the identifier was seen at
 * @param watermarkMillis how far event time had come in all raw partitions; null: not known yet
 * @param writer which of StitchJob's parallel writers decided it, from 0
 * @param writers how many there are
 * @param arrival the event whose leaf this identifier is; null: none
 * @param duplicate whether the arrival is of a message that came before: it is told of, and not passed on
 * @param link a link of this identifier that is new or has become known from an earlier time; null: none
 * @param standing what is known of the identifier, where that has changed; null: as before
 */
public record Decision(
        String identifier,
        String profileId,
        long firstSeenMillis,
        Long watermarkMillis,
        int writer,
        int writers,
        Arrival arrival,
        boolean duplicate,
        LinkKey link,
        Standing standing) {}
