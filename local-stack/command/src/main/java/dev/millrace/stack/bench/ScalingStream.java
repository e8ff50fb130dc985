package dev.millrace.stack.bench;

import dev.millrace.core.event.Event;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * A stream over so many identifiers. First each person is seen once, logged in, which links a user id and an anonymous
 * id: two identifiers a person, and one event. Then comes a steady part, the same for every number of identifiers but
 * for who is in it: people taken evenly at random, with or without their user id. It names nobody new, links nothing and
 * repeats nothing. Equal parameters give equal events. Not for use by several threads.
 */
final class ScalingStream implements Supplier<Event> {
    /** Of event time, each of the two parts. */
    private static final Duration PART = Duration.ofHours(6);

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final String CONTEXT =
            "{\"page\":{\"path\":\"/products\",\"title\":\"Products\",\"url\":\"https://shop.example.com/products\"},"
                    + "\"locale\":\"en-GB\",\"timezone\":\"Europe/London\",\"userAgent\":\"Mozilla/5.0 (X11; Linux x86_64)\"}";
    private static final double WITH_USER_ID = 0.5;
    private static final int PRODUCTS = 2_000;

    private final long people;
    private final long steady;
    private final long seed;
    private final SplittableRandom random;
    private long given;

    /**
     * @param identifiers how many there are; half of them are user ids
     * @param steady events of the steady part
     */
    ScalingStream(long identifiers, long steady, long seed) {
        this.people = people(identifiers);
        this.steady = steady;
        this.seed = seed;
        this.random = new SplittableRandom(seed);
    }

    /** Also how many events come before the steady part. */
    static long people(long identifiers) {
        return Math.max(1, identifiers / 2);
    }

    @Override
    public Event get() {
        long number = given++;
        if (number < people) {
            return event(number, number, true, "Product Viewed", millis(number, people, 0));
        }
        long person = random.nextLong(people);
        boolean withUserId = random.nextDouble() < WITH_USER_ID;
        int roll = random.nextInt(20);
        String name = roll == 0 ? "Order Completed" : roll < 5 ? "Product Added" : "Product Viewed";
        return event(number, person, withUserId, name, millis(number - people, steady, PART.toMillis()));
    }

    private static long millis(long number, long count, long offsetMillis) {
        return START.toEpochMilli() + offsetMillis + (long) ((double) PART.toMillis() * number / count);
    }

    private Event event(long number, long person, boolean withUserId, String name, long millis) {
        SplittableRandom who = new SplittableRandom(seed * 31 + person);
        String anonymousId = new UUID(who.nextLong(), who.nextLong()).toString();
        String userId = withUserId ? "u_" + Long.toHexString(who.nextLong()) : null;
        long product = number % PRODUCTS;
        String amount = name.equals("Order Completed")
                ? ",\"revenue\":" + (10 + product % 90) + ",\"order_id\":\"o_" + number + "\""
                : "";
        return new Event(
                new UUID(seed, number).toString(),
                "track",
                name,
                userId,
                anonymousId,
                null,
                null,
                "web",
                millis,
                null,
                millis,
                "{\"product_id\":\"p_" + product + "\",\"currency\":\"EUR\",\"price\":" + (5 + product % 50) + amount
                        + "}",
                null,
                CONTEXT,
                null);
    }
}
