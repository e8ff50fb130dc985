package dev.millrace.core.identity;

import dev.millrace.core.event.Event;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Which identifier of an event is its leaf: the user id, else the anonymous id, unless the value points at nobody. */
public final class IdentityRules {
    /** Values that clients send in place of an id; compared without case and surrounding space. */
    public static final Set<String> DEFAULT_BLOCKED_VALUES = Set.of(
            "",
            "null",
            "(null)",
            "nil",
            "none",
            "undefined",
            "unknown",
            "anonymous",
            "guest",
            "not set",
            "(not set)",
            "n/a",
            "na",
            "nan",
            "true",
            "false",
            "[object object]",
            "-1",
            "0",
            "00000000-0000-0000-0000-000000000000");

    private final Set<String> blockedValues;

    public IdentityRules(Collection<String> blockedValues) {
        this.blockedValues = blockedValues.stream().map(IdentityRules::normal).collect(Collectors.toUnmodifiableSet());
    }

    /** The leaf of an event, {@code type:value}; empty where it names nobody. */
    public Optional<String> leaf(Event event) {
        if (pointsAtSomebody(event.userId())) {
            return Optional.of(Identifier.of(Identifier.USER_ID, event.userId()));
        }
        if (pointsAtSomebody(event.anonymousId())) {
            return Optional.of(Identifier.of(Identifier.ANONYMOUS_ID, event.anonymousId()));
        }
        return Optional.empty();
    }

    private boolean pointsAtSomebody(String value) {
        return value != null && !blockedValues.contains(normal(value));
    }

    private static String normal(String value) {
        return value.strip().toLowerCase(Locale.ROOT);
    }
}
