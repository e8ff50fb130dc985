package dev.millrace.stack.bench;

import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.runtime.config.MillraceConfig.TopicOptions;
import dev.millrace.runtime.kafka.SchemaRegistry;
import dev.millrace.stack.Artefacts;
import dev.millrace.stack.bench.BenchReport.Latency;
import dev.millrace.stack.bench.BenchReport.Round;
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
 */
final class Bench {
    /** Less than that share of the events read should come out again: 1% are duplicates. */
    private static final double LEAST_OUT = 0.98;

    private final Path root;
    private final BenchOptions options;
    private final List<Contender> contenders;
    private final Contender limit;
    private final Consumer<String> progress;

    private Bench(
            Path root, BenchOptions options, List<Contender> contenders, Contender limit, Consumer<String> progress) {
        this.root = root;
        this.options = options;
        this.contenders = contenders;
        this.limit = limit;
        this.progress = progress;
    }

    /** @param parent where the bench makes the directory of its stack */
    static BenchReport run(Path root, Path parent, BenchOptions options, Consumer<String> progress) {
        List<Contender> all = Contender.all(new Artefacts(root));
        Bench bench = new Bench(root, options, Contender.named(options.only(), all), all.get(0), progress);
        return bench.run(parent);
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
                try (Run run = Run.start(stack, topics, limit, options.parallelism(), progress)) {
                    run.awaitDone(options.total());
                }
                Measuring measuring = new Measuring(stack, topics, registry, config.topics());
                List<Round> rounds = new ArrayList<>();
                for (int number = 1; number <= options.rounds(); number++) {
                    for (Contender contender : contenders) {
                        rounds.add(measuring.round(number, contender));
                    }
                }
                Optional<Latency> latency = contenders.stream()
                        .filter(contender -> contender.name().equals(Contender.ON_DISK) && options.latencySeconds() > 0)
                        .findFirst()
                        .map(contender -> measuring.latency(
                                contender, feed, events, config.topics().produced(), rounds));
                stack.succeeded();
                return new BenchReport(
                        begunAt,
                        Machine.commit(root),
                        machine,
                        Machine.versions(new Artefacts(root)),
                        options,
                        stream,
                        rounds,
                        BenchReport.summaries(rounds),
                        latency.orElse(null));
            }
        }
    }

    /** Measures on a stack whose raw topic is filled. */
    private final class Measuring {
        private final BenchStack stack;
        private final Topics topics;
        private final SchemaRegistry registry;
        private final String stitched;
        private final String identityLoop;

        Measuring(BenchStack stack, Topics topics, SchemaRegistry registry, TopicOptions names) {
            this.stack = stack;
            this.topics = topics;
            this.registry = registry;
            this.stitched = names.stitched();
            this.identityLoop = names.identityLoop();
        }

        Round round(int number, Contender contender) {
            ReadingCurve curve;
            Optional<JobStatus.Checkpoint> checkpoint;
            try (Run run = Run.start(stack, topics, contender, options.parallelism(), progress)) {
                curve = run.awaitDone(options.total());
                checkpoint = run.lastCheckpoint();
            }
            Round round = contender.output() == Output.NONE
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
            progress.accept(format("round %d: %s, %,.0f events/s", number, contender.name(), round.eventsPerSecond()));
            return round;
        }

        private Round written(int number, Contender contender, Optional<JobStatus.Checkpoint> checkpoint) {
            Timeline events = new Timeline();
            Projection projection = new Projection(Projection.STITCHED, registry::schema);
            topics.read(Map.of(), topics.ends(Set.of(stitched)), record -> {
                if (projection.read(record.value()).get("body") instanceof GenericRecord body
                        && body.getSchema().getName().equals("AttributedEvent")) {
                    events.add(record.timestamp());
                }
            });
            if (events.total() < LEAST_OUT * options.total()) {
                progress.accept(format(
                        "%s: only %,d of %,d events came out", contender.name(), events.total(), options.total()));
            }
            double warm = (double) options.warmUp() / options.total();
            long beginMillis = events.millisOf(Math.max(1, Math.round(events.total() * warm)));
            long endMillis = topics.lastAppendMillis(topics.outputs());
            long messages = topics.ends(Set.of(identityLoop)).values().stream()
                    .mapToLong(end -> end)
                    .sum();
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

        Latency latency(Contender contender, RawFeed feed, RawStream events, String raw, List<Round> rounds) {
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
