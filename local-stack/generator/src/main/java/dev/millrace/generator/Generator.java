package dev.millrace.generator;

import dev.millrace.core.event.Event;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;

/**
 * Events as they arrive at a collector: mostly in order of their time, some late, some twice, and now and then a record
 * that is none. Not for use by several threads.
 *
 * <p>Clients say when they sent an event by their own clock, which may be wrong, so that {@code receivedAt - (sentAt -
 * timestamp)} is the true time exactly. When a limit of events is reached, what is still under way arrives at once.
 */
public final class Generator implements Iterator<Generated> {
    private static final long LEAST_DELAY_MILLIS = 1_000;
    private static final long MOST_DELAY_MILLIS = Duration.ofHours(6).toMillis();
    /** Events under way at a time; at a high rate they arrive sooner for it. */
    private static final double MOST_UNDER_WAY = 50_000;

    private final GeneratorOptions options;
    private final Visits visits;
    private final Dice dice;
    private final long startMillis;
    private final long mostDelayMillis;
    private final PriorityQueue<Delivery> underWay = new PriorityQueue<>();

    private Delivery upcoming;
    private long deliveries;
    private long emitted;
    private long malformed;
    private long arrivalMillis;

    /** @param happenedMillis by the true clock */
    private record Delivery(long arrivalMillis, long number, Event event, long happenedMillis, Device device)
            implements Comparable<Delivery> {
        @Override
        public int compareTo(Delivery other) {
            int byArrival = Long.compare(arrivalMillis, other.arrivalMillis);
            return byArrival != 0 ? byArrival : Long.compare(number, other.number);
        }
    }

    private Generator(GeneratorOptions options) {
        this.options = options;
        this.visits = new Visits(options);
        this.dice = new Dice(Dice.mix(options.seed(), 0xDE11));
        this.startMillis = options.start().toEpochMilli();
        this.arrivalMillis = startMillis;
        this.mostDelayMillis = mostDelayMillis(options.eventsPerSecond() / 1000 * options.late());
    }

    /** The events of those options, from the first. */
    public static Generator of(GeneratorOptions options) {
        return new Generator(options);
    }

    @Override
    public boolean hasNext() {
        return emitted < options.events();
    }

    @Override
    public Generated next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        long left = options.events() - emitted - underWay.size();
        emitted++;
        if (left <= 0) {
            return deliver(underWay.remove(), true);
        }
        if (dice.chance(options.malformed())) {
            return malformed();
        }
        while (upcoming == null) {
            Delivery made = happen();
            if (!dice.chance(options.late())) {
                upcoming = made;
            } else {
                underWay.add(delayed(made, dice.spread(LEAST_DELAY_MILLIS, mostDelayMillis)));
                if (--left == 0) {
                    return deliver(underWay.remove(), true);
                }
            }
        }
        if (!underWay.isEmpty() && underWay.element().compareTo(upcoming) < 0) {
            return deliver(underWay.remove(), false);
        }
        Delivery now = upcoming;
        upcoming = null;
        if (dice.chance(options.duplicates()) && left > 1) {
            underWay.add(delayed(now, dice.spread(100, 60_000)));
        }
        return deliver(now, false);
    }

    private Delivery happen() {
        Event event = visits.next();
        long happened = startMillis + visits.timeMillis();
        return new Delivery(happened + 20 + dice.below(60), deliveries++, event, happened, visits.device());
    }

    private Delivery delayed(Delivery one, long millis) {
        return new Delivery(
                one.arrivalMillis() + millis, deliveries++, one.event(), one.happenedMillis(), one.device());
    }

    /** @param atOnce without waiting for its time */
    private Generated deliver(Delivery one, boolean atOnce) {
        if (!atOnce) {
            arrivalMillis = Math.max(arrivalMillis, one.arrivalMillis());
        }
        Event e = one.event();
        // A server's clock is right, and it doesn't say when it sent.
        boolean server = e.source().equals("server");
        long error = server ? 0 : one.device().clockErrorMillis();
        Event event = new Event(
                e.messageId(),
                e.type(),
                e.name(),
                e.userId(),
                e.anonymousId(),
                e.previousId(),
                e.groupId(),
                e.source(),
                one.happenedMillis() + error,
                server ? null : arrivalMillis + error,
                arrivalMillis,
                e.properties(),
                e.traits(),
                e.context(),
                e.extras());
        return new Generated(event, null, false, arrivalMillis);
    }

    private Generated malformed() {
        String messageId = Device.uuid(dice.next(), Dice.mix(options.seed(), malformed));
        return switch ((int) (malformed++ % 4)) {
            case 0 -> notAnEvent(("{\"type\":\"track\",\"event\":\"Product Viewed\",\"messageId\":\"" + messageId
                            + "\",\"properties\":{\"price\":")
                    .getBytes(StandardCharsets.UTF_8));
            case 1 -> new Generated(unusable(messageId, "track", "Heartbeat", null), null, true, arrivalMillis);
            case 2 -> new Generated(unusable(messageId, "purchase", null, messageId), null, true, arrivalMillis);
            default -> notAnEvent(noise());
        };
    }

    private Generated notAnEvent(byte[] bytes) {
        return new Generated(null, bytes, true, arrivalMillis);
    }

    /** Bytes that are neither UTF-8 nor of any schema, without line break. */
    private byte[] noise() {
        byte[] bytes = new byte[8 + dice.below(56)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (128 + dice.below(128));
        }
        bytes[0] = (byte) 0xFF;
        return bytes;
    }

    private Event unusable(String messageId, String type, String name, String anonymousId) {
        return new Event(
                messageId,
                type,
                name,
                null,
                anonymousId,
                null,
                null,
                "web",
                arrivalMillis,
                arrivalMillis,
                arrivalMillis,
                null,
                null,
                null,
                null);
    }

    /** The longest delay with which no more than so many events are under way on average. */
    private static long mostDelayMillis(double latePerMilli) {
        long most = MOST_DELAY_MILLIS;
        while (most > 4 * LEAST_DELAY_MILLIS
                && latePerMilli * (most - LEAST_DELAY_MILLIS) / StrictMath.log((double) most / LEAST_DELAY_MILLIS)
                        > MOST_UNDER_WAY) {
            most /= 2;
        }
        return most;
    }
}
