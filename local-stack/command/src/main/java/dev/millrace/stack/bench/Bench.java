package dev.millrace.stack.bench;

import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.runtime.config.MillraceConfig.TopicOptions;
import dev.millrace.runtime.kafka.SchemaRegistry;
import dev.millrace.setup.Setup;
import dev.millrace.stack.Artefacts;
import dev.millrace.stack.bench.BenchReport.Latency;
import dev.millrace.stack.bench.BenchReport.Round;
import dev.millrace.stack.bench.BenchReport.RowLatency;
import dev.millrace.stack.bench.Contender.Output;
import dev.millrace.stack.flink.JobStatus;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Runs the contenders in turn, round after round, over one and the same raw topic, which is filled before.
 *
 * <p>The rate is that of the events after the warm-up. Of a contender that writes {@code millrace.stitched}, it is taken
 * from the broker's times of appending: the measured part begins when that share of all events is out which the warm-up
 * is of those read, and ends with the last record or message of any kind. So it does not depend on when somebody looked,
 * and what an event causes is counted in. Of a contender that writes nothing, it is taken from how much its source has
 * read, looked at ten times a second; see {@link ReadingCurve}.
 *
 * <p>Contenders that write rows read a topic that StitchJob has written once, before the first round, and begin with an
 * empty store. Their rate is that of attributed events, from how many were handled, looked at ten times a second: the
 * measured part begins with the share of the warm-up, and ends with the look that saw the last row written. Flink tells
 * its counters every 200 ms.
 */
final class Bench {
    /** Less than that share of the events read should come out again: 1% are duplicates. */
    private static final double LEAST_OUT = 0.98;

    private final Path root;
    private final BenchOptions options;
    private final List<Contender> contenders;
    private final Artefacts artefacts;
    private final Consumer<String> progress;

    private Bench(Path root, BenchOptions options, Consumer<String> progress) {
        this.root = root;
        this.options = options;
        this.artefacts = new Artefacts(root);
        this.contenders = Contender.named(options.only(), Contender.all(artefacts));
        this.progress = progress;
    }

    /** @param parent where the bench makes the directory of its stack */
    static BenchReport run(Path root, Path parent, BenchOptions options, Consumer<String> progress) {
        return new Bench(root, options, progress).run(parent);
    }

    private BenchReport run(Path parent) {
        String begunAt = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        Machine machine = Machine.present();
        progress.accept("starting a stack");
        try (BenchStack stack = BenchStack.up(root, parent, options, progress)) {
            MillraceConfig config = stack.local().config();
            try (Topics topics = new Topics(config);
                    RawFeed feed = new RawFeed(config);
                    SchemaRegistry registry = new SchemaRegistry(config.registry())) {
                RawStream events = new RawStream(options);
                double producedPerSecond = feed.fill(events, options.total(), progress);
                BenchReport.Stream stream =
                        new BenchReport.Stream(options.total(), events.identifiers(), producedPerSecond);
                progress.accept(format(
                        "the raw topic is filled, %,.0f events/s; one run that does not count", producedPerSecond));
                Contender limit = Contender.all(artefacts).get(0);
                try (Run run = Run.start(stack, topics, limit, options.parallelism(), progress)) {
                    run.awaitDone(options.total());
                }
                Measuring measuring = new Measuring(stack, topics, registry, config.topics());
                if (contenders.stream().anyMatch(contender -> contender.output() == Output.STORE)) {
                    measuring.prepare();
                }
                List<Round> rounds = new ArrayList<>();
                for (int number = 1; number <= options.rounds(); number++) {
                    for (Contender contender : contenders) {
                        rounds.add(measuring.round(number, contender));
                    }
                }
                Optional<Latency> latency =
                        timed(Contender.ON_DISK).map(contender -> measuring.latency(contender, feed, events, rounds));
                Optional<RowLatency> rowLatency =
                        timed(Contender.MEASURE_ON_DISK).map(contender -> measuring.rowLatency(feed, events, rounds));
                stack.succeeded();
                return new BenchReport(
                        begunAt,
                        Machine.commit(root),
                        machine,
                        Machine.versions(artefacts),
                        options,
                        stream,
                        rounds,
                        BenchReport.summaries(rounds),
                        latency.orElse(null),
                        rowLatency.orElse(null));
            }
        }
    }

    /** The contender of that name, if its latency is to be measured. */
    private Optional<Contender> timed(String name) {
        return contenders.stream()
                .filter(contender -> contender.name().equals(name) && options.latencySeconds() > 0)
                .findFirst();
    }

    /**
     * What StitchJob wrote.
     *
     * @param events by when they were appended
     * @param records with an event or with the trace of a duplicate
     */
    private record Contents(Timeline events, long records) {}

    /** Measures on a stack whose raw topic is filled. */
    private final class Measuring {
        private final BenchStack stack;
        private final Topics topics;
        private final SchemaRegistry registry;
        private final String raw;
        private final String stitched;
        private final String identityLoop;
        /** The prepared topic's; null: there is none. */
        private Contents prepared;

        Measuring(BenchStack stack, Topics topics, SchemaRegistry registry, TopicOptions names) {
            this.stack = stack;
            this.topics = topics;
            this.registry = registry;
            this.raw = names.produced();
            this.stitched = names.stitched();
            this.identityLoop = names.identityLoop();
        }

        /** Writes what contenders read that write rows. */
        void prepare() {
            Contender contender = Contender.preparing(artefacts);
            progress.accept("attributing all events once");
            Setup.prepare(stack.load(contender), line -> {});
            try (Run run = Run.start(stack, topics, contender, options.parallelism(), progress)) {
                run.awaitDone(options.total());
            }
            prepared = contents(Contender.PREPARED_TOPIC);
            requireMost(contender, prepared.events().total());
        }

        Round round(int number, Contender contender) {
            Round round = contender.output() == Output.STORE ? stored(number, contender) : read(number, contender);
            progress.accept(format("round %d: %s, %,.0f events/s", number, contender.name(), round.eventsPerSecond()));
            return round;
        }

        private Round stored(int number, Contender contender) {
            long from = Math.max(1, Math.round(prepared.records() * warmShare()));
            try (Run run = Run.start(stack, topics, contender, options.parallelism(), progress)) {
                Run.Stored stored = run.awaitStored(prepared.records());
                Optional<JobStatus.Checkpoint> checkpoint = run.lastCheckpoint();
                long events = prepared.events().total();
                double recordsPerSecond =
                        stored.curve().perSecondUntil(from, prepared.records(), stored.writtenNanos());
                return new Round(
                        number,
                        contender.name(),
                        recordsPerSecond * events / prepared.records(),
                        events,
                        (double) stored.rows() / events,
                        0,
                        0,
                        (stored.writtenNanos() - stored.handledNanos()) / 1e9,
                        checkpoint.map(JobStatus.Checkpoint::sizeBytes).orElse(0L),
                        checkpoint.map(JobStatus.Checkpoint::durationMillis).orElse(0L));
            }
        }

        private double warmShare() {
            return (double) options.warmUp() / options.total();
        }

        private Round read(int number, Contender contender) {
            ReadingCurve curve;
            Optional<JobStatus.Checkpoint> checkpoint;
            try (Run run = Run.start(stack, topics, contender, options.parallelism(), progress)) {
                curve = run.awaitDone(options.total());
                checkpoint = run.lastCheckpoint();
            }
            return contender.output() == Output.NONE
                    ? new Round(
                            number,
                            contender.name(),
                            curve.perSecond(options.warmUp(), options.total()),
                            0,
                            0,
                            0,
                            0,
                            0,
                            0,
                            0)
                    : written(number, contender, checkpoint);
        }

        private Round written(int number, Contender contender, Optional<JobStatus.Checkpoint> checkpoint) {
            Timeline events = contents(stitched).events();
            requireMost(contender, events.total());
            long beginMillis = events.millisOf(Math.max(1, Math.round(events.total() * warmShare())));
            long endMillis = topics.lastAppendMillis(topics.outputs());
            long messages = topics.size(identityLoop);
            return new Round(
                    number,
                    contender.name(),
                    options.events() * 1000.0 / Math.max(1, endMillis - beginMillis),
                    events.total(),
                    (double) topics.appendedAfter(stitched, beginMillis) / options.events(),
                    (double) topics.appendedAfter(identityLoop, beginMillis) / options.events(),
                    (double) messages / options.total(),
                    (endMillis - events.millisOf(events.total())) / 1000.0,
                    checkpoint.map(JobStatus.Checkpoint::sizeBytes).orElse(0L),
                    checkpoint.map(JobStatus.Checkpoint::durationMillis).orElse(0L));
        }

        private void requireMost(Contender contender, long events) {
            if (events < LEAST_OUT * options.total()) {
                progress.accept(
                        format("%s: only %,d of %,d events came out", contender.name(), events, options.total()));
            }
        }

        /** What is in a topic that StitchJob wrote. */
        private Contents contents(String topic) {
            Timeline events = new Timeline();
            long[] duplicates = {0};
            Projection projection = new Projection(Projection.STITCHED, registry::schema);
            topics.read(Map.of(), topics.ends(Set.of(topic)), record -> {
                if (projection.read(record.value()).get("body") instanceof GenericRecord body) {
                    switch (body.getSchema().getName()) {
                        case "AttributedEvent" -> events.add(record.timestamp());
                        case "Duplicate" -> duplicates[0]++;
                        default -> {}
                    }
                }
            });
            return new Contents(events, events.total() + duplicates[0]);
        }

        /** Of stitch and measure together, from a raw record to what PostgreSQL shows. */
        RowLatency rowLatency(RawFeed feed, RawStream events, List<Round> rounds) {
            double rate = options.latencyRate() > 0
                    ? options.latencyRate()
                    : BenchReport.leastRate(rounds, List.of(Contender.ON_DISK, Contender.MEASURE_ON_DISK)) / 2;
            long count = (long) (rate * (options.latencySeconds() + LiveLatency.LEAD_IN.toSeconds()));
            Path file = stack.data().root().resolve("tmp").resolve("live");
            long fromMillis = events.arrivalMillis();
            feed.prepare(events, count, file);
            long spanMillis = events.arrivalMillis() - fromMillis;
            long before = topics.size(raw);
            Contender stitch = Contender.named(List.of(Contender.ON_DISK), Contender.all(artefacts))
                    .get(0);
            stack.makeRoom(2);
            try (Run stitching = Run.start(stack, topics, stitch, options.parallelism(), progress);
                    Run measuring =
                            Run.beside(stack, topics, Contender.live(artefacts), options.parallelism(), progress)) {
                stitching.awaitDone(before);
                measuring.awaitStored(contents(stitched).records());
                progress.accept(format("sending %,d events live with probes, %,.0f a second", count, rate));
                double sentPerSecond;
                Probes.Figures figures;
                try (Probing probing =
                        Probing.start(stack.local(), feed, () -> fromMillis + spanMillis * feed.sentLive() / count)) {
                    sentPerSecond = feed.live(file, count, rate);
                    figures = probing.finish();
                }
                stitching.requireHealth();
                measuring.requireHealth();
                return new RowLatency(rate, sentPerSecond, figures.rows(), figures.corrections(), figures.unseen());
            }
        }

        Latency latency(Contender contender, RawFeed feed, RawStream events, List<Round> rounds) {
            double rate =
                    options.latencyRate() > 0 ? options.latencyRate() : BenchReport.rate(rounds, contender.name()) / 2;
            long count = (long) (rate * (options.latencySeconds() + LiveLatency.LEAD_IN.toSeconds()));
            Path file = stack.data().root().resolve("tmp").resolve("live");
            feed.prepare(events, count, file);
            Map<TopicPartition, Long> rawFrom = topics.ends(Set.of(raw));
            try (Run run = Run.start(stack, topics, contender, options.parallelism(), progress)) {
                run.awaitDone(options.total());
                Map<TopicPartition, Long> stitchedFrom = topics.ends(Set.of(stitched));
                progress.accept(format("sending %,d events live, %,.0f a second", count, rate));
                double sentPerSecond = feed.live(file, count, rate);
                run.awaitDone(options.total() + count);
                LiveLatency latency = new LiveLatency(rawFrom, topics.ends(Set.of(raw)));
                Projection rawFields = new Projection(Projection.RAW, registry::schema);
                topics.read(
                        rawFrom,
                        topics.ends(Set.of(raw)),
                        record -> latency.raw(
                                record.partition(),
                                record.offset(),
                                record.timestamp(),
                                rawFields.read(record.value())));
                Projection stitchedFields = new Projection(Projection.STITCHED, registry::schema);
                topics.read(
                        stitchedFrom,
                        topics.ends(Set.of(stitched)),
                        record -> latency.stitched(record.timestamp(), stitchedFields.read(record.value())));
                return new Latency(contender.name(), rate, sentPerSecond, latency.events(), latency.logins());
            }
        }
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
