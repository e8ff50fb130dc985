package dev.millrace.core.metric;

import java.util.List;

/**
 * What a leaf tells a profile: what its contributions are from now on.
 *
 * @param leaf a hash of the identifier
 * @param hotSinceMillis windows that end later change, see {@link Measuring#hotSince}
 * @param firstSeenMillis when the leaf was first seen; {@link #UNKNOWN}: nobody says
 * @param hour {@link Scope#HOUR} only: the one it speaks of, or, without metrics, one in which the leaf was there; 0: it
 *     does not say
 * @param metrics {@link Scope#HOUR} only: ids of those that changed
 * @param contributions all that the leaf has within the scope; what it had there before is gone
 */
public record ProfileChange(
        String profileId,
        long leaf,
        long hotSinceMillis,
        long firstSeenMillis,
        Scope scope,
        long hour,
        List<Integer> metrics,
        List<Contribution> contributions) {
    public static final long UNKNOWN = Long.MAX_VALUE;

    /** What it is about. */
    public enum Scope {
        /** Some metrics in one hour. */
        HOUR,
        /** Everything: the leaf has come to the profile. */
        ALL,
        /** The leaf has left; nothing of it remains, nor of when it was first seen. */
        LEFT
    }
}
