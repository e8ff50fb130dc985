package dev.millrace.microbench;

import dev.millrace.core.event.Envelope;
import dev.millrace.core.identity.Actor;
import dev.millrace.core.identity.Arrival;
import dev.millrace.core.identity.Decision;
import dev.millrace.core.identity.Identification;
import dev.millrace.core.identity.Label;
import dev.millrace.core.identity.LinkKey;
import dev.millrace.core.identity.Message;
import dev.millrace.core.identity.MoreLinks;
import dev.millrace.core.identity.Outbox;
import dev.millrace.core.identity.Standing;
import dev.millrace.core.identity.Stitcher;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** Whose an event is, and what an actor does with what it is told. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@State(Scope.Thread)
public class IdentityBenchmark {
    private static final String USER = "user_id:ada";
    private static final String DEVICE = "device_id:tablet";
    private static final String EMAIL = "email:ada";
    private static final int LABELS = 1000;
    private static final long SEEN_MILLIS = 1_750_000_000_000L;
    private static final long LOGIN_MILLIS = SEEN_MILLIS + 3_600_000;

    private final List<Message> better = new ArrayList<>();
    private final Message worse = login(LOGIN_MILLIS + 1);
    private Round<Envelope> envelopes;
    private Round<Arrival> arrivals;
    private Identification identification;
    private Network network;
    private Stitcher stitcher;
    private Outbox out;
    private Actor device;
    private Actor informed;

    @Setup
    public void begin(Traffic traffic, Blackhole blackhole) {
        envelopes = new Round<>(traffic.envelopes);
        arrivals =
                new Round<>(traffic.arrivals, () -> network = new Network(traffic.identity, traffic.config.stitch()));
        identification = traffic.identity.identification();
        stitcher = new Stitcher(traffic.identity, new NoMoreLinks());
        out = new Swallowed(blackhole);
        for (int i = 0; i < LABELS; i++) {
            better.add(login(LOGIN_MILLIS - i));
        }
        device = new Actor();
        stitcher.seen(device, DEVICE, SEEN_MILLIS, List.of(EMAIL, "anonymous_id:a", "anonymous_id:b"), null, out);
        informed = device.copy();
        stitcher.told(informed, better.get(0), out);
    }

    /** What an address tells the device that it was seen on, once it knows of a login. */
    private static Message login(long millis) {
        Label label = new Label.Anchored(List.of(LinkKey.of(millis, EMAIL, USER)), USER, USER, List.of());
        return new Message(DEVICE, EMAIL, SEEN_MILLIS, false, label);
    }

    /** Finds the identifiers of an event, and hashes those that are addresses. */
    @Benchmark
    public String identify() {
        identification.find(envelopes.next());
        return identification.leaf();
    }

    /** An event at its leaf, with all that actors tell each other because of it. */
    @Benchmark
    public List<Decision> seen() {
        Arrival arrival = arrivals.next();
        return network.take(arrival, arrival.eventTimeMillis());
    }

    /** A device learns of an ever earlier login: takes the label, and tells its other two links. */
    @Benchmark
    @OperationsPerInvocation(LABELS)
    public Actor labelImproves() {
        Actor learning = device.copy();
        for (Message message : better) {
            stitcher.told(learning, message, out);
        }
        return learning;
    }

    /** A device is told what it knows better. */
    @Benchmark
    public Standing labelDoesNotImprove() {
        return stitcher.told(informed, worse, out);
    }

    private static final class NoMoreLinks implements MoreLinks {
        @Override
        public long timeMillis(String other) {
            return NONE;
        }

        @Override
        public void put(String other, long timeMillis) {
            throw new IllegalStateException("the device has but three links");
        }

        @Override
        public void forEach(Each each) {}
    }

    private record Swallowed(Blackhole blackhole) implements Outbox {
        @Override
        public void send(Message message) {
            blackhole.consume(message);
        }

        @Override
        public void linked(LinkKey link) {
            blackhole.consume(link);
        }

        @Override
        public void linkOverLimit() {
            throw new IllegalStateException("the device has but three links");
        }

        @Override
        public void labelBeyondReach() {
            throw new IllegalStateException("the user is but two links away");
        }
    }
}
