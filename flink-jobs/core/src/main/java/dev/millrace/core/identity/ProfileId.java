package dev.millrace.core.identity;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Names profiles. */
public final class ProfileId {
    private ProfileId() {}

    /** The id of the profile that an identifier leads: a UUID (version 3), the same wherever it is computed. */
    public static String ledBy(String identifier) {
        return of(identifier).toString();
    }

    static UUID of(String identifier) {
        return UUID.nameUUIDFromBytes(identifier.getBytes(StandardCharsets.UTF_8));
    }
}
