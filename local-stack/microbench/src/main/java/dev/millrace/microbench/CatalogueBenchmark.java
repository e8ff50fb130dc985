package dev.millrace.microbench;

import dev.millrace.core.catalogue.CatalogueReader;
import dev.millrace.core.event.Envelope;
import dev.millrace.core.identity.Arrival;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** An event to what it is to each metric of the built-in catalogue, and to rows of sessions. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@State(Scope.Thread)
public class CatalogueBenchmark {
    private Round<Arrival> arrivals;
    private CatalogueReader reader;
    private final Envelope event = new Envelope();

    @Setup
    public void begin(Traffic traffic) {
        arrivals = new Round<>(traffic.arrivals);
        reader = traffic.catalogue.reader();
    }

    /** Finds the event's fields, and reads it. */
    @Benchmark
    public void read(Blackhole blackhole) {
        Arrival arrival = arrivals.next();
        event.read(arrival.avro(), arrival.from(), arrival.to());
        reader.read(event, arrival.eventTimeMillis(), blackhole::consume);
    }
}
