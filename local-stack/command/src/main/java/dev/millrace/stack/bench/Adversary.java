package dev.millrace.stack.bench;

import dev.millrace.core.event.Event;
import java.util.UUID;

/**
 * Events made to hurt identity stitching, in equal thirds: ever new users on one device; ever new devices of one user;
 * and chains, in which each event links one more identifier, whose time is before that of all others, so that the whole
 * chain has a new leader every time.
 */
final class Adversary {
    /** A new chain begins after so many links. */
    static final int LINKS_A_CHAIN = 10_000;

    private static final String CONTEXT = "{\"device\":{\"id\":\"%s\"}}";

    private long made;
    private long chainMillis = Long.MIN_VALUE;

    /** The next event, received at that time. */
    Event next(long arrivalMillis) {
        long number = made++;
        long turn = number / 3;
        return switch ((int) (number % 3)) {
            case 0 -> event(number, "crowd-" + turn, "kiosk", context("kiosk"), arrivalMillis, arrivalMillis);
            case 1 -> event(number, "hoarder", "hoard-" + turn, null, arrivalMillis, arrivalMillis);
            default -> chain(number, turn, arrivalMillis);
        };
    }

    /** Link after link: anonymous 0 to device 0, device 0 to anonymous 1, anonymous 1 to device 1, and so on. */
    private Event chain(long number, long turn, long arrivalMillis) {
        chainMillis = chainMillis == Long.MIN_VALUE ? arrivalMillis : chainMillis - 1;
        long link = turn % LINKS_A_CHAIN;
        String chain = "chain-" + turn / LINKS_A_CHAIN + "-";
        return event(number, null, chain + (link + 1) / 2, context(chain + link / 2), chainMillis, arrivalMillis);
    }

    private static String context(String deviceId) {
        return CONTEXT.formatted(deviceId);
    }

    private static Event event(
            long number, String userId, String anonymousId, String context, long timestampMillis, long arrivalMillis) {
        return new Event(
                new UUID(0xADL, number).toString(),
                "track",
                "Product Viewed",
                userId,
                anonymousId,
                null,
                null,
                "web",
                timestampMillis,
                null,
                arrivalMillis,
                "{\"price\":1}",
                null,
                context,
                null);
    }
}
