package dev.millrace.core.identity;

/**
 * What is known of an identifier itself.
 *
 * @param firstSeenMillis earliest event time at which it was seen
 * @param sinceMillis event time from which on it belongs to its profile: that of {@code cause}, or when it was first seen
 * @param previousProfileId the profile it belonged to until now; null: the profile has not changed, or there was none
 * @param cause the link that decided which profile it belongs to; null: it leads the profile itself
 * @param linksLimited whether it has as many links as its type may have, and takes no more
 */
public record Standing(
        long firstSeenMillis, long sinceMillis, String previousProfileId, LinkKey cause, boolean linksLimited) {}
