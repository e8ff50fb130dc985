package dev.millrace.microbench;

import dev.millrace.microbench.Traffic.Each;
import dev.millrace.runtime.kafka.RawEvent;
import dev.millrace.runtime.kafka.StitchedRead;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
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

/** A record's value to what the job goes on with. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@State(Scope.Thread)
public class DecodeBenchmark {
    private Round<ConsumerRecord<byte[], byte[]>> avro;
    private Round<ConsumerRecord<byte[], byte[]>> json;
    private Round<ConsumerRecord<byte[], byte[]>> stitched;
    private Collector<RawEvent> events;
    private Collector<StitchedRead> attributions;

    @Setup
    public void begin(Traffic traffic, Blackhole blackhole) {
        avro = new Round<>(traffic.avro);
        json = new Round<>(traffic.json);
        stitched = new Round<>(traffic.stitched);
        Each<RawEvent> event = blackhole::consume;
        events = event;
        Each<StitchedRead> attribution = blackhole::consume;
        attributions = attribution;
    }

    /** An event of the raw topic, as Millrace's own producers write it. */
    @Benchmark
    public void rawAvro(Traffic traffic) throws IOException {
        traffic.rawDeserializer.deserialize(avro.next(), events);
    }

    /** An event of a raw topic with Segment's JSON. */
    @Benchmark
    public void rawJson(Traffic traffic) throws IOException {
        traffic.rawDeserializer.deserialize(json.next(), events);
    }

    /** A record of {@code millrace.stitched}, read by the catalogue. */
    @Benchmark
    public void stitched(Traffic traffic) throws IOException {
        traffic.stitchedDeserializer.deserialize(stitched.next(), attributions);
    }
}
