package dev.millrace.stack.people;

import dev.millrace.core.identity.LinkKey;
import java.time.Instant;

/**
 * A profile went into another.
 *
 * @param profileId the one that is no more
 * @param cause the link that joined them
 * @param mergedAt when the store was told, by the clock of the measure job
 */
record Merge(String profileId, String intoProfileId, LinkKey cause, Instant mergedAt) {}
