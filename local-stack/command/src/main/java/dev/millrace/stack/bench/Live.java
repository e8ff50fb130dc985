package dev.millrace.stack.bench;

import dev.millrace.runtime.config.MillraceConfig.TopicOptions;
import dev.millrace.runtime.kafka.SchemaRegistry;
import dev.millrace.stack.Artefacts;
import dev.millrace.stack.bench.BenchReport.Latency;
import dev.millrace.stack.bench.BenchReport.RowLatency;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;

/**
 * Measures how long things take while events come in live, at a steady rate, behind those that are there.
 *
 * <p>Up to the row, the rates are halves of what the same jobs can do, side by side and warm. A burst, sent as fast as Kafka
 * takes it, says how much that is of what lies there; steady streams of different rates, how much it is of what comes in
 * live.
 */
final class Live {
    /** Of each steady stream: some checkpoints. */
    private static final Duration STEADY = Duration.ofSeconds(60);
    /** How long after the end of one the last row may come. */
    private static final Duration BEHIND_AT_MOST = Duration.ofSeconds(5);
    /** Likewise of Flink SQL, which gathers for 5 s, and then for another. */
    private static final Duration PEER_BEHIND_AT_MOST = Duration.ofSeconds(12);

    private final Conditions conditions;
    private final SchemaRegistry registry;
    private final TopicOptions names;
    private final BenchOptions options;
    private final Artefacts artefacts;
    private final RawFeed feed;
    private final RawStream events;

    /** @param events the stream that is in the raw topic so far, to go on with */
    Live(
            Conditions conditions,
            SchemaRegistry registry,
            TopicOptions names,
            BenchOptions options,
            Artefacts artefacts,
            RawFeed feed,
            RawStream events) {
        this.conditions = conditions;
        this.registry = registry;
        this.names = names;
        this.options = options;
        this.artefacts = artefacts;
        this.feed = feed;
        this.events = events;
    }

    /** Of a contender that writes {@code millrace.stitched}, from a raw record to what it wrote of it. */
    Latency toTopic(Contender contender, double rate) {
        conditions.stack().makeRoom(1, conditions.parallelism());
        long before = rawSize();
        long count = count(rate);
        Path file = prepared(count);
        Topics topics = conditions.topics();
        Set<String> raw = Set.of(names.produced());
        Map<TopicPartition, Long> rawFrom = topics.ends(raw);
        try (Run run = Run.start(conditions, contender)) {
            run.awaitDone(before);
            Map<TopicPartition, Long> stitchedFrom = topics.ends(Set.of(names.stitched()));
            say("sending %,d events live, %,.0f a second", count, rate);
            double sentPerSecond = feed.live(file, count, rate);
            run.awaitDone(before + count);
            LiveLatency latency = new LiveLatency(rawFrom, topics.ends(raw));
            Projection rawFields = new Projection(Projection.RAW, registry::schema);
            topics.read(
                    rawFrom,
                    topics.ends(raw),
                    record -> latency.raw(
                            record.partition(), record.offset(), record.timestamp(), rawFields.read(record.value())));
            Projection stitchedFields = new Projection(Projection.STITCHED, registry::schema);
            topics.read(
                    stitchedFrom,
                    topics.ends(Set.of(names.stitched())),
                    record -> latency.stitched(record.timestamp(), stitchedFields.read(record.value())));
            return new Latency(contender.name(), rate, sentPerSecond, latency.events(), latency.logins());
        }
    }

    /**
     * From a raw record to what PostgreSQL shows, of StitchJob and MeasureJob, with what runs beside the contender: at the
     * rate that was asked for, or else at half of what is sustained, and at half of a burst.
     */
    List<RowLatency> toRows(Contender contender) {
        List<Contender> others = contender.beside().isEmpty()
                ? Contender.named(List.of(Contender.ON_DISK), Contender.all(artefacts))
                : contender.beside();
        return toRows(contender.name(), others, Contender.live(artefacts));
    }

    /** Likewise of Flink SQL. */
    List<RowLatency> toPeerRows(Contender contender) {
        return toRows(contender.name(), List.of(), contender);
    }

    /**
     * What runs while rows are waited for.
     *
     * @param last that writes the rows
     * @param ofPeer whether those are Flink SQL's
     */
    private record Pipeline(String name, List<Run> before, Run last, boolean ofPeer) {}

    /** @param last that writes the rows */
    private List<RowLatency> toRows(String name, List<Contender> others, Contender last) {
        BenchStack stack = conditions.stack();
        stack.makeRoom(others.size() + 1, conditions.parallelism());
        Path burst = prepared(options.events());
        Run.clear(conditions);
        Deque<Run> runs = new ArrayDeque<>();
        try {
            others.forEach(each -> runs.push(Run.beside(conditions, each)));
            List<Run> before = List.copyOf(runs);
            Run writing = Run.beside(conditions, last);
            runs.push(writing);
            Pipeline pipeline = new Pipeline(name, before, writing, last.output() == Contender.Output.SQL);
            awaitRows(pipeline);
            long begunNanos = System.nanoTime();
            feed.live(burst, options.events(), Double.POSITIVE_INFINITY);
            double most = options.events() * 1e9 / (awaitRows(pipeline) - begunNanos);
            say("%s: of a burst, %,.0f events a second", name, most);
            List<RowLatency> latencies = new ArrayList<>();
            if (options.latencyRate() > 0) {
                latencies.add(probed(pipeline, most, 0, options.latencyRate(), 0));
            } else {
                double sustained = SustainedRate.about(most, rate -> keepsUp(pipeline, rate));
                if (sustained > 0) {
                    latencies.add(probed(pipeline, most, sustained, sustained / 2, latencies.size()));
                    awaitRows(pipeline);
                }
                latencies.add(probed(pipeline, most, sustained, most / 2, latencies.size()));
            }
            runs.forEach(Run::requireHealth);
            return latencies;
        } finally {
            while (!runs.isEmpty()) {
                runs.pop().close();
            }
        }
    }

    /** Whether all rows of a minute at that rate are there soon after it. */
    private boolean keepsUp(Pipeline pipeline, double rate) {
        long count = (long) (rate * STEADY.toSeconds());
        Path file = prepared(count);
        long begunNanos = System.nanoTime();
        feed.live(file, count, rate);
        Duration took = Duration.ofNanos(awaitRows(pipeline) - begunNanos);
        Duration behind = took.minus(STEADY);
        say("%s: %,.0f events a second, and then %,d ms until the last row", pipeline.name(), rate, behind.toMillis());
        return behind.compareTo(pipeline.ofPeer() ? PEER_BEHIND_AT_MOST : BEHIND_AT_MOST) <= 0;
    }

    /**
     * Sends at that rate, and probes among them.
     *
     * @param number of this pipeline's, so that the probes of each have names of their own
     */
    private RowLatency probed(Pipeline pipeline, double most, double sustained, double rate, int number) {
        long count = count(rate);
        long fromMillis = events.arrivalMillis();
        Path file = prepared(count);
        long spanMillis = events.arrivalMillis() - fromMillis;
        say("%s: sending %,d live with probes, %,.0f a second", pipeline.name(), count, rate);
        String label = pipeline.name() + '_' + number + '_';
        try (Probing probing = Probing.start(
                conditions.stack().local(),
                feed,
                label,
                pipeline.ofPeer(),
                () -> fromMillis + spanMillis * feed.sentLive() / count)) {
            double sentPerSecond = feed.live(file, count, rate);
            Probes.Figures figures = probing.finish();
            return new RowLatency(
                    pipeline.name(),
                    most,
                    sustained,
                    rate,
                    sentPerSecond,
                    figures.rows(),
                    figures.corrections(),
                    figures.unseen());
        }
    }

    /** Waits until all that is in the raw topic is in the store, and says when the last row was seen to be. */
    private long awaitRows(Pipeline pipeline) {
        long present = rawSize();
        LongSupplier total = () -> {
            pipeline.before().forEach(Run::requireHealth);
            return pipeline.ofPeer() ? present : present - conditions.topics().size(names.rejected());
        };
        Run.Stored stored = pipeline.ofPeer()
                ? pipeline.last().awaitStored(total, conditions.stack()::lastWriteMicros)
                : pipeline.last().awaitStored(total);
        pipeline.before().forEach(run -> run.awaitDone(present));
        return stored.writtenNanos();
    }

    private long count(double rate) {
        return (long) (rate * (options.latencySeconds() + LiveLatency.LEAD_IN.toSeconds()));
    }

    private long rawSize() {
        return conditions.topics().size(names.produced());
    }

    /** The stream's next events, in a file to be sent from. */
    private Path prepared(long count) {
        Path file = conditions.stack().data().root().resolve("tmp").resolve("live");
        feed.prepare(events, count, file);
        return file;
    }

    private void say(String pattern, Object... values) {
        conditions.progress().accept(String.format(Locale.ROOT, pattern, values));
    }
}
