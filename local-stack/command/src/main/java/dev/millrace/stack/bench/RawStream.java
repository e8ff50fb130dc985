package dev.millrace.stack.bench;

import dev.millrace.core.event.Event;
import dev.millrace.generator.Generated;
import dev.millrace.generator.Generator;
import dev.millrace.generator.GeneratorOptions;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * The events that are measured with, without end: the generator's, none of them malformed; those that are in the raw topic
 * from the start are spread over the hours of event time that are asked for. After the warm-up, an {@link Adversary} may
 * have made some. Equal options give equal events. Not for use by several threads.
 */
final class RawStream implements Supplier<Event> {
    private static final String EMAIL = "\"email\":\"";

    private final BenchOptions options;
    private final Generator generator;
    private final Adversary adversary = new Adversary();
    private final SplittableRandom random;
    private final DistinctCount users = new DistinctCount();
    private final DistinctCount anonymous = new DistinctCount();
    private final DistinctCount emails = new DistinctCount();
    private long given;
    private long arrivalMillis;

    /**
     * About how many identifiers there were.
     *
     * @param userIds the customer's own
     * @param anonymousIds of browsers and devices
     * @param emails in the traits of {@code identify}
     */
    record Identifiers(long userIds, long anonymousIds, long emails) {
        long sum() {
            return userIds + anonymousIds + emails;
        }
    }

    RawStream(BenchOptions options) {
        this.options = options;
        this.generator = Generator.of(GeneratorOptions.ofSeed(options.seed())
                .withPeople(options.people())
                .withEventsPerSecond(options.eventsPerSecondOfEventTime())
                .withDuplicates(0.01)
                .withSharedDevices(0.02)
                .withMalformed(0));
        this.random = new SplittableRandom(options.seed());
    }

    @Override
    public Event get() {
        boolean warm = given++ >= options.warmUp();
        Event event;
        if (warm && options.adversarial() > 0 && random.nextDouble() < options.adversarial()) {
            event = adversary.next(arrivalMillis);
        } else {
            Generated generated = generator.next();
            arrivalMillis = generated.arrivalMillis();
            event = generated.event();
        }
        count(event);
        return event;
    }

    private void count(Event event) {
        if (event.userId() != null) {
            users.add(event.userId());
        }
        if (event.anonymousId() != null) {
            anonymous.add(event.anonymousId());
        }
        String traits = event.traits();
        if (traits != null) {
            int at = traits.indexOf(EMAIL);
            if (at >= 0) {
                int begin = at + EMAIL.length();
                emails.add(traits.substring(begin, traits.indexOf('"', begin)));
            }
        }
    }

    /** When the last event arrived, by the stream's own time. */
    long arrivalMillis() {
        return arrivalMillis;
    }

    /** Of all events so far. */
    Identifiers identifiers() {
        return new Identifiers(users.estimate(), anonymous.estimate(), emails.estimate());
    }
}
