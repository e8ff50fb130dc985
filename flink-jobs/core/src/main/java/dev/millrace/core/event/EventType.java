package dev.millrace.core.event;

import java.util.Map;
import java.util.Optional;

/** The six calls of the Segment spec. */
public enum EventType {
    TRACK("track"),
    IDENTIFY("identify"),
    PAGE("page"),
    SCREEN("screen"),
    GROUP("group"),
    ALIAS("alias");

    private static final Map<String, EventType> BY_WIRE_NAME = Map.of(
            "track", TRACK, "identify", IDENTIFY, "page", PAGE, "screen", SCREEN, "group", GROUP, "alias", ALIAS);

    private final String wireName;

    EventType(String wireName) {
        this.wireName = wireName;
    }

    /** As it stands in events: lower case. */
    public String wireName() {
        return wireName;
    }

    /** The type of that wire name, exactly; empty for any other text. */
    public static Optional<EventType> of(String wireName) {
        return Optional.ofNullable(BY_WIRE_NAME.get(wireName));
    }
}
