package dev.millrace.stack.people;

import dev.millrace.core.identity.LinkKey;

/** A link, and the profile that each end belongs to: accepted where it is the same. */
record PlacedLink(LinkKey key, String lesserProfileId, String greaterProfileId) {

    boolean accepted() {
        return lesserProfileId.equals(greaterProfileId);
    }

    /** The profile of one of its ends. */
    String profileOf(String end) {
        return end.equals(key.lesser()) ? lesserProfileId : greaterProfileId;
    }
}
