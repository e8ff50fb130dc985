package dev.millrace.stack.bench;

import dev.millrace.runtime.config.MillraceConfig.TopicOptions;
import dev.millrace.runtime.kafka.SchemaRegistry;
import dev.millrace.stack.Artefacts;
import dev.millrace.stack.bench.BenchReport.Latency;
import dev.millrace.stack.bench.BenchReport.RowLatency;
import java.nio.file.Path;
import java.util.ArrayDeque;
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
 * <p>Up to the row, the rate is half of what the same jobs can do, side by side and warm: a burst, sent as fast as Kafka
 * takes it, says how much that is.
 */
final class Live {
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
        conditions.stack().makeRoom(1);
        long before = rawSize();
        long count = count(rate);
        Path file = file();
        feed.prepare(events, count, file);
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

    /** From a raw record to what PostgreSQL shows, of StitchJob and MeasureJob, with what runs beside the contender. */
    RowLatency toRows(Contender contender) {
        List<Contender> others = contender.beside().isEmpty()
                ? Contender.named(List.of(Contender.ON_DISK), Contender.all(artefacts))
                : contender.beside();
        return toRows(contender.name(), others, Contender.live(artefacts));
    }

    /** Likewise of Flink SQL. */
    RowLatency toPeerRows(Contender contender) {
        return toRows(contender.name(), List.of(), contender);
    }

    /** @param last that writes the rows */
    private RowLatency toRows(String name, List<Contender> others, Contender last) {
        BenchStack stack = conditions.stack();
        stack.makeRoom(others.size() + 1);
        long burst = options.events();
        Path file = file();
        feed.prepare(events, burst, file);
        Run.clear(conditions);
        boolean ofPeer = last.output() == Contender.Output.SQL;
        Deque<Run> runs = new ArrayDeque<>();
        try {
            others.forEach(each -> runs.push(Run.beside(conditions, each)));
            List<Run> before = List.copyOf(runs);
            Run writing = Run.beside(conditions, last);
            runs.push(writing);
            awaitRows(before, writing, ofPeer);
            long begunNanos = System.nanoTime();
            feed.live(file, burst, Double.POSITIVE_INFINITY);
            double most = burst * 1e9 / (awaitRows(before, writing, ofPeer) - begunNanos);
            double rate = options.latencyRate() > 0 ? options.latencyRate() : most / 2;
            long count = count(rate);
            long fromMillis = events.arrivalMillis();
            feed.prepare(events, count, file);
            long spanMillis = events.arrivalMillis() - fromMillis;
            say(
                    "%s: of a burst, %,.0f events a second; sending %,d live with probes, %,.0f a second",
                    name, most, count, rate);
            double sentPerSecond;
            Probes.Figures figures;
            try (Probing probing = Probing.start(
                    stack.local(), feed, name + "_", ofPeer, () -> fromMillis + spanMillis * feed.sentLive() / count)) {
                sentPerSecond = feed.live(file, count, rate);
                figures = probing.finish();
            }
            runs.forEach(Run::requireHealth);
            return new RowLatency(
                    name, most, rate, sentPerSecond, figures.rows(), figures.corrections(), figures.unseen());
        } finally {
            while (!runs.isEmpty()) {
                runs.pop().close();
            }
        }
    }

    /** Waits until all that is in the raw topic is in the store, and says when the last row was seen to be. */
    private long awaitRows(List<Run> before, Run writing, boolean ofPeer) {
        long present = rawSize();
        LongSupplier total = () -> {
            before.forEach(Run::requireHealth);
            return ofPeer ? present : present - conditions.topics().size(names.rejected());
        };
        Run.Stored stored =
                ofPeer ? writing.awaitStored(total, conditions.stack()::lastWriteMicros) : writing.awaitStored(total);
        before.forEach(run -> run.awaitDone(present));
        return stored.writtenNanos();
    }

    private long count(double rate) {
        return (long) (rate * (options.latencySeconds() + LiveLatency.LEAD_IN.toSeconds()));
    }

    private long rawSize() {
        return conditions.topics().size(names.produced());
    }

    private Path file() {
        return conditions.stack().data().root().resolve("tmp").resolve("live");
    }

    private void say(String pattern, Object... values) {
        conditions.progress().accept(String.format(Locale.ROOT, pattern, values));
    }
}
