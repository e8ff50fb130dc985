package dev.millrace.stack.bench;

import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.runtime.kafka.SchemaRegistry;
import dev.millrace.stack.Artefacts;
import dev.millrace.stack.bench.BenchReport.Latency;
import dev.millrace.stack.bench.BenchReport.Round;
import dev.millrace.stack.bench.BenchReport.RowLatency;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Runs what is asked for on one stack: the contenders in turn, round after round, over one and the same raw topic, and
 * then what takes other topics. How a contender is measured: {@link Measuring}; latency: {@link Live} and
 * {@link LatencyBudget}; growing state: {@link Scaling}.
 */
final class Bench {
    private final Path root;
    private final BenchOptions options;
    private final String commandLine;
    private final List<Contender> contenders;
    private final Artefacts artefacts;
    private final Consumer<String> progress;

    private Bench(Path root, BenchOptions options, String commandLine, Consumer<String> progress) {
        this.root = root;
        this.options = options;
        this.commandLine = commandLine;
        this.artefacts = new Artefacts(root);
        this.contenders =
                options.hasContenders() ? Contender.named(options.only(), Contender.all(artefacts)) : List.of();
        this.progress = progress;
    }

    /**
     * @param parent where the bench makes the directory of its stack
     * @param commandLine for the report
     */
    static BenchReport run(
            Path root, Path parent, BenchOptions options, String commandLine, Consumer<String> progress) {
        return new Bench(root, options, commandLine, progress).run(parent);
    }

    /** What the contenders did. */
    private record Contest(
            BenchReport.Stream stream,
            List<Round> rounds,
            List<BenchReport.Summary> summaries,
            Latency latency,
            List<RowLatency> rowLatencies) {
        static final Contest NONE = new Contest(null, List.of(), List.of(), null, List.of());
    }

    private BenchReport run(Path parent) {
        contenders.forEach(Contender::requireJar);
        String begunAt = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        Machine machine = Machine.present();
        progress.accept("starting a stack");
        try (BenchStack stack = BenchStack.up(root, parent, options, progress)) {
            MillraceConfig config = stack.local().config();
            try (Topics topics = new Topics(config);
                    SchemaRegistry registry = new SchemaRegistry(config.registry())) {
                Conditions conditions = Conditions.of(stack, topics, options.parallelism(), progress);
                Contest contest = options.hasContenders() ? contest(conditions, config, registry) : Contest.NONE;
                LatencyBudget budget = options.hasLatencyBudget()
                        ? LatencyBudget.measure(conditions, config, registry, artefacts, options)
                        : null;
                List<ScalingCurve> scaling = options.hasScaling()
                        ? new Scaling(conditions, config, registry, artefacts, options).run()
                        : List.of();
                stack.succeeded();
                return new BenchReport(
                        begunAt,
                        commandLine,
                        Machine.commit(root),
                        machine,
                        Machine.versions(artefacts),
                        options,
                        contest.stream(),
                        contest.rounds(),
                        contest.summaries(),
                        contest.latency(),
                        contest.rowLatencies(),
                        budget,
                        scaling);
            }
        }
    }

    private Contest contest(Conditions conditions, MillraceConfig config, SchemaRegistry registry) {
        try (RawFeed feed = new RawFeed(config)) {
            RawStream events = new RawStream(options);
            double producedPerSecond = feed.fill(events, options.total(), progress);
            RawStream.Identifiers identifiers = events.identifiers();
            BenchReport.Stream stream = new BenchReport.Stream(options.total(), identifiers, producedPerSecond);
            progress.accept(String.format(
                    Locale.ROOT,
                    "the raw topic is filled, %,.0f events/s; one run that does not count",
                    producedPerSecond));
            try (Run run = Run.start(conditions, Contender.limit(artefacts))) {
                run.awaitDone(options.total());
            }
            Workload workload = new Workload(options.warmUp(), options.events());
            Measuring measuring = new Measuring(conditions, registry, config.topics(), workload, artefacts);
            if (contenders.stream().anyMatch(Contender::readsPrepared)) {
                measuring.prepare("hashmap");
            }
            List<Round> rounds = new ArrayList<>();
            for (int number = 1; number <= options.rounds(); number++) {
                for (Contender contender : contenders) {
                    rounds.add(measuring.round(number, contender));
                }
            }
            Live live = new Live(conditions, registry, config.topics(), options, artefacts, feed, events);
            Optional<Latency> latency =
                    timed(Contender.ON_DISK).map(contender -> live.toTopic(contender, latencyRate(rounds, contender)));
            List<RowLatency> rowLatencies = new ArrayList<>();
            timed(Contender.MEASURE_ON_DISK).ifPresent(contender -> rowLatencies.addAll(live.toRows(contender)));
            timed(Contender.TOGETHER).ifPresent(contender -> rowLatencies.addAll(live.toRows(contender)));
            timed(Contender.SQL_ON_DISK).ifPresent(contender -> rowLatencies.addAll(live.toPeerRows(contender)));
            return new Contest(
                    stream,
                    rounds,
                    BenchReport.summaries(rounds, identifiers.sum()),
                    latency.orElse(null),
                    rowLatencies);
        }
    }

    /** Half of what the contender can do, or what was asked for. */
    private double latencyRate(List<Round> rounds, Contender contender) {
        return options.latencyRate() > 0 ? options.latencyRate() : BenchReport.rate(rounds, contender.name()) / 2;
    }

    /** The contender of that name, if its latency is to be measured. */
    private Optional<Contender> timed(String name) {
        return contenders.stream()
                .filter(contender -> contender.name().equals(name) && options.latencySeconds() > 0)
                .findFirst();
    }
}
