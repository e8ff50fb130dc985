package dev.millrace.stack.chaos;

import dev.millrace.core.event.Event;
import dev.millrace.generator.Generated;
import dev.millrace.generator.Generator;
import dev.millrace.generator.GeneratorOptions;
import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.stack.StackException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The generator at a rate, in a thread of its own: every second event goes by HTTP through the collector, the others directly
 * to Kafka. Among them all the while: copies, late events, undecodable bytes, records of an unknown schema, unusable events,
 * requests that are no JSON, clocks that are minutes to years off.
 *
 * <p>It keeps its pace by the clock: what could not be sent in time is sent as soon as it can be.
 */
final class Traffic implements AutoCloseable {
    private static final double DUPLICATES = 0.03;
    private static final double LATE = 0.02;
    private static final double MALFORMED = 0.004;
    private static final double UNKNOWN_SCHEMA = 0.001;
    private static final double NO_JSON = 0.001;
    private static final double SKEWED = 0.01;
    private static final int NO_SCHEMA = 2_000_000_000;
    /** Event time must be known before something far behind it comes, or it would not be far behind. */
    private static final Duration NOTHING_SKEWED = Duration.ofSeconds(20);

    private final double rate;
    private final Generator generator;
    private final long startMillis;
    private final long startNanos = System.nanoTime();
    private final Random random;
    private final HttpSender http;
    private final TopicSender topic;
    private final Thread thread = new Thread(this::run, "chaos-traffic");
    private final Set<String> people = ConcurrentHashMap.newKeySet();
    private volatile boolean generating = true;
    private volatile boolean closed;
    private volatile long events;
    private volatile long malformed;
    private volatile long skewed;
    private volatile long taken;
    private volatile Throwable failure;

    Traffic(ChaosOptions options, MillraceConfig config, String collector, String writeKey, Ledger ledger) {
        Instant start = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        this.rate = options.eventsPerSecond();
        this.startMillis = start.toEpochMilli();
        this.random = new Random(options.seed() ^ 0x5CE3);
        this.generator = Generator.of(GeneratorOptions.ofSeed(options.seed())
                .withPeople(options.people())
                .withEventsPerSecond(rate)
                .withStart(start)
                .withDuplicates(DUPLICATES)
                .withLate(LATE)
                .withMalformed(MALFORMED));
        this.topic = new TopicSender(config, ledger);
        this.http = new HttpSender(collector, writeKey, ledger);
        thread.setDaemon(true);
    }

    /**
     * What came of it so far.
     *
     * @param events that were generated, copies included
     * @param malformed records that are no usable event, and requests that the collector is to refuse
     * @param skewed events whose client's clock is minutes to years off
     * @param refused requests that the collector refused, as it has to
     * @param repeated sent once more, since no answer came or a bad one
     * @param unacknowledged not acknowledged yet
     * @param users different user ids
     */
    record Counts(
            long events, long malformed, long skewed, long refused, long repeated, long unacknowledged, long users) {}

    Counts counts() {
        return new Counts(
                events,
                malformed,
                skewed,
                http.refused(),
                http.repeated() + topic.repeated(),
                http.underWay() + topic.underWay(),
                people.size());
    }

    void start() {
        thread.start();
    }

    /** How many seconds' worth of events are waiting to be sent or acknowledged. */
    double secondsBehind() {
        requireHealthy();
        return (http.underWay() + topic.underWay()) / rate + Math.max(0, paceMillis() / 1000.0 - taken / 1000.0);
    }

    private void requireHealthy() {
        if (failure != null) {
            throw new StackException("the generator failed: " + failure, failure);
        }
    }

    /** Generates no more, and waits until all is acknowledged; gives up then. Says how many records were given up. */
    long end(Duration atMost) throws InterruptedException {
        generating = false;
        long deadline = System.nanoTime() + atMost.toNanos();
        while (http.underWay() + topic.underWay() > 0 && System.nanoTime() - deadline < 0) {
            requireHealthy();
            Thread.sleep(50);
        }
        long left = http.underWay() + topic.underWay();
        close();
        return left;
    }

    private long paceMillis() {
        return (System.nanoTime() - startNanos) / 1_000_000;
    }

    private void run() {
        try {
            while (generating) {
                Generated next = generator.next();
                while (generating && next.arrivalMillis() - startMillis > paceMillis()) {
                    topic.again();
                    Thread.sleep(Math.min(20, Math.max(1, next.arrivalMillis() - startMillis - paceMillis())));
                }
                taken = next.arrivalMillis() - startMillis;
                send(next);
            }
            while (!closed) {
                topic.again();
                Thread.sleep(20);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            failure = e;
        } finally {
            topic.close();
        }
    }

    private void send(Generated next) throws InterruptedException {
        if (next.event() == null) {
            malformed++;
            topic.send(Outgoing.bytes(next.bytes()));
        } else if (next.malformed()) {
            malformed++;
            topic.send(Outgoing.event(next.event()));
        } else {
            events++;
            Event event = skewed(next.event());
            if (event.userId() != null) {
                people.add(event.userId());
            }
            if (events % 2 == 0) {
                http.send(event);
            } else {
                topic.send(Outgoing.event(event));
            }
        }
        if (random.nextDouble() < UNKNOWN_SCHEMA) {
            malformed++;
            topic.send(Outgoing.bytes(ofUnknownSchema()));
        }
        if (random.nextDouble() < NO_JSON) {
            malformed++;
            if (!http.isRefused("{\"userId\":\"42\",\"event\":")) {
                throw new StackException("the collector took what is no JSON");
            }
        }
    }

    /** As Confluent's serializer would write it, with an id that no registry has given. */
    private byte[] ofUnknownSchema() {
        ByteBuffer record = ByteBuffer.allocate(21);
        record.put((byte) 0).putInt(NO_SCHEMA);
        record.putLong(random.nextLong()).putLong(random.nextLong());
        return record.array();
    }

    /** Now and then with a client's clock that is far off, and no {@code sentAt} to correct it by. */
    private Event skewed(Event event) {
        if (random.nextDouble() >= SKEWED || paceMillis() < NOTHING_SKEWED.toMillis()) {
            return event;
        }
        skewed++;
        long now = startMillis + paceMillis();
        long wrong =
                switch (random.nextInt(7)) {
                    case 0 -> now + Duration.ofDays(2L * 365).toMillis();
                    case 1 -> now + Duration.ofHours(3).toMillis();
                    case 2 -> now
                            - Duration.ofMinutes(1 + random.nextInt(20 * 60)).toMillis();
                    case 3 -> now - Duration.ofDays(20).toMillis();
                    case 4 -> TimeUnit.MILLISECONDS.toNanos(now);
                    case 5 -> now + Duration.ofMinutes(40).toMillis(); // Believed, since it is less than max_future.
                    default -> -Duration.ofDays(5L * 365).toMillis();
                };
        return new Event(
                // Not that of a copy that comes with its right time.
                new UUID(random.nextLong(), random.nextLong()).toString(),
                event.type(),
                event.name(),
                event.userId(),
                event.anonymousId(),
                event.previousId(),
                event.groupId(),
                event.source(),
                wrong,
                null,
                event.receivedAtMillis(),
                event.properties(),
                event.traits(),
                event.context(),
                event.extras());
    }

    @Override
    public void close() {
        generating = false;
        closed = true;
        http.close();
    }
}
