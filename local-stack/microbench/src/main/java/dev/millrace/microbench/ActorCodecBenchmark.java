package dev.millrace.microbench;

import dev.millrace.core.identity.Actor;
import dev.millrace.core.identity.ActorCodec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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

/** An actor to what a state backend on disk keeps of it, and back. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@State(Scope.Thread)
public class ActorCodecBenchmark {
    private final ActorCodec codec = new ActorCodec();
    private final ByteArrayOutputStream written = new ByteArrayOutputStream(4096);
    private final DataOutputStream out = new DataOutputStream(written);
    private Round<Actor> actors;
    private Round<byte[]> binaries;

    @Setup
    public void begin(Traffic traffic) throws IOException {
        actors = new Round<>(traffic.actors);
        List<byte[]> all = new ArrayList<>();
        for (Actor actor : traffic.actors) {
            written.reset();
            codec.write(actor, out);
            all.add(written.toByteArray());
        }
        binaries = new Round<>(all);
    }

    @Benchmark
    public int encode() throws IOException {
        written.reset();
        codec.write(actors.next(), out);
        return written.size();
    }

    @Benchmark
    public Actor decode() throws IOException {
        return codec.readActor(new DataInputStream(new ByteArrayInputStream(binaries.next())));
    }
}
