package dev.millrace.core.people;

import dev.millrace.core.identity.Attribution;
import dev.millrace.core.identity.LinkKey;
import dev.millrace.core.identity.ProfileId;
import dev.millrace.core.identity.Standing;
import java.util.Optional;

/**
 * A row of {@code profile_merges}: a profile went into another.
 *
 * @param cause the link that joined them
 * @param mergedAtMillis by the clock of who writes it down, milliseconds since the epoch
 */
public record ProfileMerge(String profileId, String intoProfileId, LinkKey cause, long mergedAtMillis) {

    /**
     * The merge that a record tells of: the identifier that led a profile belongs to another one now. Where another
     * identifier moves, it is the leader's own record that tells what became of the profile.
     */
    public static Optional<ProfileMerge> of(Attribution record, long nowMillis) {
        Standing standing = record.standing();
        if (standing == null
                || standing.cause() == null
                || !ProfileId.ledBy(record.identifier()).equals(standing.previousProfileId())) {
            return Optional.empty();
        }
        return Optional.of(
                new ProfileMerge(standing.previousProfileId(), record.profileId(), standing.cause(), nowMillis));
    }
}
