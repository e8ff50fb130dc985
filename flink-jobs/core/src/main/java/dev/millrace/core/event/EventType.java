package dev.millrace.core.event;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
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

    private static final byte[][] WIRE_NAMES = Arrays.stream(values())
            .map(type -> type.wireName.getBytes(StandardCharsets.UTF_8))
            .toArray(byte[][]::new);

    private final String wireName;

    EventType(String wireName) {
        this.wireName = wireName;
    }

    /** As it stands in events: lower case. */
    public String wireName() {
        return wireName;
    }

    /** Whether UTF-8 text in {@code [from, to)} is the wire name of a type, exactly. */
    public static boolean isWireName(byte[] bytes, int from, int to) {
        for (byte[] name : WIRE_NAMES) {
            if (Arrays.equals(bytes, from, to, name, 0, name.length)) {
                return true;
            }
        }
        return false;
    }

    /** The type of that wire name, exactly; empty for any other text. */
    public static Optional<EventType> of(String wireName) {
        return Optional.ofNullable(BY_WIRE_NAME.get(wireName));
    }
}
