package dev.millrace.stack.bench;

import dev.millrace.runtime.config.MillraceConfig.TopicOptions;
import dev.millrace.runtime.kafka.SchemaRegistry;
import dev.millrace.setup.Setup;
import dev.millrace.stack.Artefacts;
import dev.millrace.stack.StackException;
import dev.millrace.stack.bench.BenchReport.Round;
import dev.millrace.stack.bench.ReadingCurve.Span;
import dev.millrace.stack.flink.JobStatus;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.avro.generic.GenericRecord;

/**
 * Measures contenders, one round of one at a time, on a stack whose raw topic is filled.
 *
 * <p>The rate is that of the events after the warm-up. Of a contender that writes {@code millrace.stitched}, it is taken
 * from the broker's times of appending: the measured part begins when that share of all events is out which the warm-up
 * is of those read, and ends with the last record or message of any kind. So it does not depend on when somebody looked,
 * and what an event causes is counted in. Of a contender that writes nothing, or files, it is taken from how much its
 * source has read, looked at twice a second; see {@link ReadingCurve}.
 *
 * <p>Contenders that write rows read a topic that StitchJob has written once, before the first round, as does the limit
 * of that topic; and begin with an empty store. The rate is that of attributed events, of those that write rows from
 * how many were handled, looked at every three seconds and in the end more often: the measured part begins with the
 * share of the warm-up, and ends with the look that saw the last row written. All jobs together, and Flink SQL, first do
 * all of the warm-up; what is measured is shown to them then ({@link Withheld}), and ends with the look that saw the last
 * record mirrored and the last row written ({@link Together}), or the last row that PostgreSQL has taken. Kafka Streams is
 * counted from what it has read.
 *
 * <p>Processor time is that of the same part, see {@link UsageWatch}.
 */
final class Measuring {
    /** Less than that share of the events read should come out again: 1% are duplicates. */
    private static final double LEAST_OUT = 0.98;

    private final Conditions conditions;
    private final SchemaRegistry registry;
    private final TopicOptions names;
    private final Workload workload;
    private final Artefacts artefacts;
    /** The prepared topic's; null: there is none. */
    private Contents prepared;

    /** @param names of the topics */
    Measuring(
            Conditions conditions,
            SchemaRegistry registry,
            TopicOptions names,
            Workload workload,
            Artefacts artefacts) {
        this.conditions = conditions;
        this.registry = registry;
        this.names = names;
        this.workload = workload;
        this.artefacts = artefacts;
    }

    /**
     * What StitchJob wrote.
     *
     * @param events by when they were appended
     * @param records with an event or with the trace of a duplicate
     */
    record Contents(Timeline events, long records) {}

    /** Writes what contenders read that write rows. */
    void prepare(String stateBackend) {
        Contender contender = Contender.preparing(artefacts, stateBackend);
        conditions.progress().accept("attributing all events once");
        Setup.prepare(conditions.stack().load(contender), line -> {});
        try (Run run = Run.start(conditions, contender)) {
            run.awaitDone(workload.total());
        }
        prepared = contents(Contender.PREPARED_TOPIC);
        requireMost(contender, prepared.events().total());
    }

    Round round(int number, Contender contender) {
        conditions.stack().makeRoom(contender.jobs(), conditions.parallelism());
        Round round =
                switch (contender.output()) {
                    case NONE, FILES -> read(number, contender);
                    case STITCHED -> written(number, contender);
                    case STORE -> stored(number, contender);
                    case TOGETHER -> together(number, contender);
                    case SQL -> sql(number, contender);
                    case STREAMS -> streams(number, contender);
                };
        conditions
                .progress()
                .accept(format(
                        "round %d: %s, %,.0f events/s, %,.0f a second and core of its own",
                        number,
                        contender.name(),
                        round.eventsPerSecond(),
                        round.cost().eventsPerJobCpuSecond()));
        return round;
    }

    private Round read(int number, Contender contender) {
        long records =
                contender.readsPrepared() ? conditions.topics().size(Contender.PREPARED_TOPIC) : workload.total();
        long events = contender.readsPrepared() ? prepared.events().total() : records;
        double share = (double) events / records;
        try (Run run = Run.start(conditions, contender);
                UsageWatch watch = conditions.stack().watch()) {
            Span span = run.awaitDone(records).span(workload.firstMeasured(records), records);
            Cost cost = cost(watch, span, span.records() * share, 0);
            return Round.reading(number, contender.name(), span.perSecond() * share, cost);
        }
    }

    private Round written(int number, Contender contender) {
        try (Run run = Run.start(conditions, contender);
                UsageWatch watch = conditions.stack().watch()) {
            run.awaitDone(workload.total());
            long drainedNanos = System.nanoTime();
            Timeline events = contents(names.stitched()).events();
            requireMost(contender, events.total());
            long beginMillis = events.millisOf(workload.firstMeasured(events.total()));
            long endMillis =
                    conditions.topics().lastAppendMillis(conditions.topics().outputs());
            Span span = new Span(
                    watch.nanosAt(beginMillis),
                    Math.min(watch.nanosAt(Math.max(endMillis, beginMillis + 1)), drainedNanos),
                    workload.events());
            JobStatus.Checkpoint checkpoint = run.fullCheckpoint();
            return new Round(
                    number,
                    contender.name(),
                    workload.events() * 1000.0 / Math.max(1, endMillis - beginMillis),
                    events.total(),
                    (double) conditions.topics().appendedAfter(names.stitched(), beginMillis) / workload.events(),
                    (double) conditions.topics().appendedAfter(names.identityLoop(), beginMillis) / workload.events(),
                    (double) conditions.topics().size(names.identityLoop()) / workload.total(),
                    (endMillis - events.millisOf(events.total())) / 1000.0,
                    checkpoint.durationMillis(),
                    cost(watch, span, workload.events(), checkpoint.sizeBytes()));
        }
    }

    private Round stored(int number, Contender contender) {
        long from = workload.firstMeasured(prepared.records());
        try (Run run = Run.start(conditions, contender);
                UsageWatch watch = conditions.stack().watch()) {
            Run.Stored stored = run.awaitStored(prepared.records());
            Span span = stored.curve().spanUntil(from, prepared.records(), stored.writtenNanos());
            long events = prepared.events().total();
            double share = (double) events / prepared.records();
            JobStatus.Checkpoint checkpoint = run.fullCheckpoint();
            return rows(
                    number,
                    contender,
                    span.perSecond() * share,
                    events,
                    stored.rows(),
                    stored.writtenNanos() - stored.handledNanos(),
                    checkpoint.durationMillis(),
                    cost(watch, span, span.records() * share, checkpoint.sizeBytes()));
        }
    }

    private Round together(int number, Contender contender) {
        Contender reader = Withheld.reader(contender);
        Run.clear(conditions);
        try (Withheld withheld = Withheld.fill(conditions, reader, names.produced(), workload);
                Run measure = Run.beside(conditions, reader);
                UsageWatch watch = conditions.stack().watch();
                Run mirror = Run.beside(conditions, reader.beside().get(0));
                Run stitch = Run.beside(conditions, reader.beside().get(1))) {
            Together all = new Together(conditions, mirror, stitch, measure);
            Together.Ends warm = all.awaitDone(withheld.shown(), names.rejected());
            long begunNanos = withheld.release();
            Together.Ends ends = all.awaitDone(workload.total(), names.rejected());
            long events = workload.total() - withheld.shown();
            Span span = new Span(begunNanos, ends.endNanos(), events);
            conditions
                    .progress()
                    .accept(format(
                            "together: mirrored after %.1f s, stitched after %.1f s, counted after %.1f s",
                            (ends.mirroredNanos() - begunNanos) / 1e9,
                            (ends.stitchedNanos() - begunNanos) / 1e9,
                            (ends.writtenNanos() - begunNanos) / 1e9));
            JobStatus.Checkpoint checkpoint = measure.fullCheckpoint();
            long stateBytes = checkpoint.sizeBytes() + stitch.fullCheckpoint().sizeBytes();
            return rows(
                    number,
                    contender,
                    span.perSecond(),
                    events,
                    ends.rows() - warm.rows(),
                    ends.writtenNanos() - ends.handledNanos(),
                    checkpoint.durationMillis(),
                    cost(watch, span, events, stateBytes));
        }
    }

    private Round sql(int number, Contender contender) {
        Contender reader = Withheld.reader(contender);
        BenchStack stack = conditions.stack();
        Run.clear(conditions);
        try (Withheld withheld = Withheld.fill(conditions, reader, names.produced(), workload);
                Run run = Run.beside(conditions, reader);
                UsageWatch watch = stack.watch()) {
            run.awaitStored(withheld::shown, stack::lastWriteMicros);
            if (stack.lastWriteMicros() == 0) {
                throw new StackException(contender.name() + " has written nothing that PostgreSQL knows of");
            }
            long warmRows = stack.rowsTaken();
            long begunNanos = withheld.release();
            Run.Stored stored = run.awaitStored(workload::total, stack::lastWriteMicros);
            long events = workload.total() - withheld.shown();
            Span span = new Span(begunNanos, stored.writtenNanos(), events);
            JobStatus.Checkpoint checkpoint = run.fullCheckpoint();
            return rows(
                    number,
                    contender,
                    span.perSecond(),
                    events,
                    stack.rowsTaken() - warmRows,
                    stored.writtenNanos() - stored.handledNanos(),
                    checkpoint.durationMillis(),
                    cost(watch, span, events, checkpoint.sizeBytes()));
        }
    }

    private Round streams(int number, Contender contender) {
        try (StreamsRun run = StreamsRun.start(conditions, contender);
                UsageWatch watch = conditions.stack().watch(run.process())) {
            ReadingCurve curve = run.awaitDone(workload.total());
            long endNanos = System.nanoTime();
            Span span = curve.spanUntil(workload.warmUp(), workload.total(), endNanos);
            Cost cost = cost(watch, span, workload.events(), run.stateBytes());
            return Round.reading(number, contender.name(), span.perSecond(), cost);
        }
    }

    /** @param drainNanos from the last event handled to the last row */
    private static Round rows(
            int number,
            Contender contender,
            double perSecond,
            long events,
            long rows,
            long drainNanos,
            long checkpointMillis,
            Cost cost) {
        return new Round(
                number,
                contender.name(),
                perSecond,
                events,
                (double) rows / events,
                0,
                0,
                drainNanos / 1e9,
                checkpointMillis,
                cost);
    }

    private static Cost cost(UsageWatch watch, Span span, double events, long stateBytes) {
        return Cost.of(events, watch.between(span.fromNanos(), span.toNanos()), watch.peakResidentBytes(), stateBytes);
    }

    private void requireMost(Contender contender, long events) {
        if (events < LEAST_OUT * workload.total()) {
            conditions
                    .progress()
                    .accept(format("%s: only %,d of %,d events came out", contender.name(), events, workload.total()));
        }
    }

    /** What is in a topic that StitchJob wrote. */
    Contents contents(String topic) {
        Timeline events = new Timeline();
        long[] duplicates = {0};
        Projection projection = new Projection(Projection.STITCHED, registry::schema);
        conditions.topics().read(Map.of(), conditions.topics().ends(Set.of(topic)), record -> {
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

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
