package dev.millrace.stack.bench;

import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.runtime.kafka.SchemaRegistry;
import dev.millrace.stack.Artefacts;
import dev.millrace.stack.Job;
import dev.millrace.stack.StackException;
import dev.millrace.stack.bench.BenchReport.Round;
import dev.millrace.stack.bench.ScalingCurve.Point;
import dev.millrace.stack.flink.FlinkException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/**
 * What an event costs as state grows. For each number of identifiers the raw topic gets a {@link ScalingStream} of its
 * own, of which the second half of the steady part is measured, since the first events of a job are slow; StitchJob and MeasureJob (without sessions and
 * journeys) read it from the start, each on the heap and on RocksDB, at parallelism 1 and at the usual one. What does not
 * fit, or takes too long, is noted with its reason.
 */
final class Scaling {
    private static final Duration RUN_TAKES_AT_MOST = Duration.ofMinutes(12);
    private static final List<String> STATE_BACKENDS = List.of("hashmap", "rocksdb");

    private final Conditions conditions;
    private final MillraceConfig config;
    private final SchemaRegistry registry;
    private final Artefacts artefacts;
    private final BenchOptions options;

    Scaling(
            Conditions conditions,
            MillraceConfig config,
            SchemaRegistry registry,
            Artefacts artefacts,
            BenchOptions options) {
        this.conditions = new Conditions(
                conditions.stack(),
                conditions.topics(),
                conditions.parallelism(),
                RUN_TAKES_AT_MOST,
                conditions.progress());
        this.config = config;
        this.registry = registry;
        this.artefacts = artefacts;
        this.options = options;
    }

    List<ScalingCurve> run() {
        Map<String, List<ScalingCurve>> curves = new LinkedHashMap<>();
        // A TaskManager's memory is divided by its slots: each parallelism has a TaskManager of its own.
        for (int parallelism : new TreeSet<>(List.of(1, options.parallelism()))) {
            for (ScalingCurve curve : curves(parallelism)) {
                curves.computeIfAbsent(curve.contender(), contender -> new ArrayList<>())
                        .add(curve);
            }
        }
        return curves.values().stream().flatMap(List::stream).toList();
    }

    private List<ScalingCurve> curves(int parallelism) {
        Map<String, List<Point>> points = new LinkedHashMap<>();
        for (long identifiers : new TreeSet<>(options.scalingSizes())) {
            conditions.progress().accept(format("scaling: %,d identifiers, parallelism %d", identifiers, parallelism));
            String problem = null;
            Measuring measuring = null;
            try {
                measuring = prepared(identifiers, parallelism, points.isEmpty());
            } catch (StackException | FlinkException e) {
                problem = note(e, "anything", identifiers);
            }
            for (Job job : List.of(Job.STITCH, Job.MEASURE)) {
                for (String stateBackend : STATE_BACKENDS) {
                    Contender contender = Contender.scaling(artefacts, job, stateBackend);
                    points.computeIfAbsent(contender.name(), key -> new ArrayList<>())
                            .add(
                                    problem == null
                                            ? point(measuring, contender, identifiers)
                                            : Point.without(identifiers, problem));
                }
            }
        }
        List<ScalingCurve> curves = new ArrayList<>();
        points.forEach((contender, its) -> curves.add(new ScalingCurve(contender, parallelism, its)));
        return curves;
    }

    /** Fills the topics that are read. */
    private Measuring prepared(long identifiers, int parallelism, boolean cold) {
        long measured = options.scalingEvents();
        Workload workload = new Workload(ScalingStream.people(identifiers) + measured, measured);
        conditions.topics().recreateAll();
        try (RawFeed feed = new RawFeed(config)) {
            feed.fill(
                    new ScalingStream(identifiers, 2 * measured, options.seed()),
                    workload.total(),
                    conditions.progress());
        }
        Conditions at = new Conditions(
                conditions.stack(), conditions.topics(), parallelism, conditions.atMost(), conditions.progress());
        at.stack().makeRoom(1, parallelism);
        Measuring measuring = new Measuring(at, registry, config.topics(), workload, artefacts);
        measuring.prepare("rocksdb");
        if (cold) {
            conditions.progress().accept("scaling: one run of each job that does not count");
            measuring.round(0, Contender.scaling(artefacts, Job.STITCH, "rocksdb"));
            measuring.round(0, Contender.scaling(artefacts, Job.MEASURE, "rocksdb"));
        }
        return measuring;
    }

    private Point point(Measuring measuring, Contender contender, long identifiers) {
        try {
            Round round = measuring.round(1, contender);
            Cost cost = round.cost();
            return new Point(
                    identifiers,
                    1e6 / round.eventsPerSecond(),
                    cost.jobMicrosPerEvent(),
                    cost.microsPerEvent(),
                    (double) cost.stateBytes() / identifiers,
                    null);
        } catch (StackException | FlinkException e) {
            return Point.without(identifiers, note(e, contender.name(), identifiers));
        }
    }

    /** Says why something has no figures, and makes ready for what comes next. */
    private String note(RuntimeException problem, String what, long identifiers) {
        if (Thread.currentThread().isInterrupted()) {
            throw problem;
        }
        conditions
                .progress()
                .accept(format(
                        "scaling: no figures of %s with %,d identifiers: %s", what, identifiers, problem.getMessage()));
        conditions.stack().renewTaskManager();
        return problem.getMessage();
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
