package dev.millrace.stack.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.stack.Await;
import dev.millrace.stack.DataDirectory;
import dev.millrace.stack.StackException;
import dev.millrace.stack.bench.Contender.Output;
import dev.millrace.stack.bench.ReadingCurve.Point;
import dev.millrace.stack.flink.FlinkRest;
import dev.millrace.stack.flink.JobStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;

/** One start of a contender on the cluster, without any state, from the beginning of its topic. */
final class Run implements AutoCloseable {
    private static final Duration ENDS_AT_MOST = Duration.ofSeconds(60);
    private static final Duration CHECKPOINT_AT_MOST = Duration.ofMinutes(5);
    /** Nothing written for so long, and nothing left to read: nothing is under way any more. */
    static final Duration QUIET_FOR = Duration.ofSeconds(3);
    /** Flink SQL holds back what it has for a mini-batch, and then for the connector to flush. */
    private static final Duration QUIET_FOR_SQL = Duration.ofSeconds(12);

    private static final Duration SAY_EVERY = Duration.ofSeconds(10);
    /** What becomes of a record of {@code millrace.stitched} that says what became of a raw one. */
    private static final Set<String> HANDLED =
            Set.of("events_counted", "duplicates_dropped", "repeats_dropped", "late_beyond_horizon");

    private static final Set<String> ROWS = Set.of("rows_written");
    private static final long LOOK_EVERY_MILLIS = 500;
    /**
     * Each look has Flink gather the counters of all jobs, a thirtieth of the machine's time if it is done every second: so
     * where a job runs long, only its end is looked at closely.
     */
    private static final long LOOK_SELDOM_MILLIS = 3_000;
    /** A quarter of the time that is left is waited until the next look. */
    private static final int LOOKS_LEFT = 4;
    /** What Flink answers with is fetched within this time after it was asked before; see {@link #fresh}. */
    private static final long FETCH_MILLIS = 300;

    private final Conditions conditions;
    private final FlinkRest flink;
    private final JobManagerApi api;
    private final Contender contender;
    private final String jobId;
    private final JobCounters handled;
    private final JobCounters rows;

    private Run(Conditions conditions, Contender contender, String jobId) {
        this.conditions = conditions;
        this.flink = conditions.stack().local().flink();
        this.api = conditions.stack().jobManager();
        this.contender = contender;
        this.jobId = jobId;
        this.handled = new JobCounters(api, jobId, HANDLED);
        this.rows = new JobCounters(api, jobId, ROWS);
    }

    /**
     * How a contender that writes rows went through its topic.
     *
     * @param curve of the events that were handled
     * @param handledNanos when all were seen to be
     * @param writtenNanos when the last row was seen to be written
     * @param rows that were written in all
     */
    record Stored(ReadingCurve curve, long handledNanos, long writtenNanos, long rows) {}

    /** Starts a contender after what others wrote is gone: topics, but for the raw and the prepared ones, and rows. */
    static Run start(Conditions conditions, Contender contender) {
        clear(conditions);
        return beside(conditions, contender);
    }

    /** Deletes what contenders wrote. */
    static void clear(Conditions conditions) {
        conditions.stack().dropTables();
        conditions.topics().recreateOutputs();
    }

    /** Starts a contender beside what runs already. */
    static Run beside(Conditions conditions, Contender contender) {
        String jobId = conditions
                .stack()
                .local()
                .flink()
                .run(
                        contender.jar(),
                        contender.entryClass(),
                        conditions.parallelism(),
                        List.of("--config", conditions.stack().config(contender).toString()));
        return new Run(conditions, contender, jobId);
    }

    /** Records of its topic that have been read; what is counted twice, by sources of their own, counts once. */
    long read() {
        return flink.sourceMetric(jobId, "numRecordsIn").entrySet().stream()
                .filter(source ->
                        contender.output() == Output.SQL || source.getKey().equals(contender.source()))
                .mapToLong(Map.Entry::getValue)
                .min()
                .orElse(0);
    }

    /** Records of {@code millrace.stitched} with an event, or the trace of a duplicate, that are handled. */
    long handled() {
        return handled.sum();
    }

    /** Rows that are written. */
    long rows() {
        return rows.sum();
    }

    /** Returns once so many raw records are read and nothing is pending, and says how the reading went. */
    ReadingCurve awaitDone(long total) {
        ReadingCurve curve = new ReadingCurve();
        long begun = System.nanoTime();
        long said = begun;
        long quietSince = begun;
        Map<TopicPartition, Long> ends = Map.of();
        while (!isOver(begun)) {
            long read = read();
            long now = System.nanoTime();
            curve.add(now, read);
            if (contender.output() != Output.STITCHED) {
                if (read >= total) {
                    return curve;
                }
            } else {
                Map<TopicPartition, Long> present =
                        conditions.topics().ends(conditions.topics().outputs());
                if (!present.equals(ends) || read < total || isPending()) {
                    ends = present;
                    quietSince = now;
                }
                if (now - quietSince > QUIET_FOR.toNanos()) {
                    return curve;
                }
            }
            said = say(said, now, read, total);
            // What StitchJob did when, the broker tells.
            pause(contender.output() == Output.STITCHED ? LOOK_SELDOM_MILLIS : LOOK_EVERY_MILLIS);
        }
        throw notDone();
    }

    /**
     * Returns once so many records of {@code millrace.stitched} with an event, or the trace of a duplicate, are handled
     * and no row is under way.
     */
    Stored awaitStored(long total) {
        return awaitStored(() -> total);
    }

    /** Likewise, where it shows by and by how many there will be. */
    Stored awaitStored(LongSupplier total) {
        return awaitStored(total, fresh(this::handled), fresh(this::rows), QUIET_FOR);
    }

    /**
     * Returns once so many raw records are read and no row is under way.
     *
     * @param written changes as long as rows are written
     */
    Stored awaitStored(LongSupplier total, LongSupplier written) {
        return awaitStored(
                total, fresh(this::read), () -> new Point(System.nanoTime(), written.getAsLong()), QUIET_FOR_SQL);
    }

    /** Looks at one of Flink's counters: Flink answers with what it fetched last, and only then fetches what is now. */
    private static Supplier<Point> fresh(LongSupplier counter) {
        return () -> {
            long before = counter.getAsLong();
            long nanos = System.nanoTime();
            pause(FETCH_MILLIS);
            return new Point(nanos, Math.max(before, counter.getAsLong()));
        };
    }

    private Stored awaitStored(
            LongSupplier ending, Supplier<Point> progress, Supplier<Point> written, Duration quietFor) {
        ReadingCurve curve = new ReadingCurve();
        long begun = System.nanoTime();
        long said = begun;
        Point last = new Point(begun, 0);
        while (!isOver(begun)) {
            long total = ending.getAsLong();
            Point present = progress.get();
            curve.add(present.nanos(), present.records());
            if (present.records() >= total) {
                return awaitWritten(curve, present.nanos(), written, quietFor);
            }
            said = say(said, present.nanos(), present.records(), total);
            pause(untilNextLook(last, present, total));
            last = present;
        }
        throw notDone();
    }

    /** In milliseconds: the less is left to do, the sooner. */
    static long untilNextLook(Point last, Point present, long total) {
        long done = present.records() - last.records();
        if (done <= 0) {
            return LOOK_EVERY_MILLIS;
        }
        double millisEach = (present.nanos() - last.nanos()) / 1e6 / done;
        long millis = (long) ((total - present.records()) * millisEach / LOOKS_LEFT);
        return Math.max(LOOK_EVERY_MILLIS, Math.min(millis, LOOK_SELDOM_MILLIS));
    }

    private Stored awaitWritten(ReadingCurve curve, long handledNanos, Supplier<Point> written, Duration quietFor) {
        long count = -1;
        long changed = handledNanos;
        while (!isOver(handledNanos)) {
            Point present = written.get();
            if (present.records() != count) {
                count = present.records();
                changed = present.nanos();
            }
            if (present.nanos() - changed > quietFor.toNanos()) {
                requireHealth();
                return new Stored(curve, handledNanos, changed, count);
            }
            pause(LOOK_EVERY_MILLIS);
        }
        throw notDone();
    }

    private boolean isOver(long begunNanos) {
        return System.nanoTime() - begunNanos >= conditions.atMost().toNanos();
    }

    /** Says so where it was long ago, and when that was. */
    private long say(long saidNanos, long nowNanos, long read, long total) {
        if (nowNanos - saidNanos <= SAY_EVERY.toNanos()) {
            return saidNanos;
        }
        conditions
                .progress()
                .accept(String.format(Locale.ROOT, "%s has read %,d of %,d", contender.name(), read, total));
        requireHealth();
        return nowNanos;
    }

    private StackException notDone() {
        return new StackException(
                contender.name() + " is not done after " + conditions.atMost().toMinutes() + " minutes");
    }

    private boolean isPending() {
        return flink.sourceMetric(jobId, "pendingRecords").values().stream().anyMatch(records -> records > 0);
    }

    /** Throws where the job has failed since its start. */
    void requireHealth() {
        Optional<String> failure = flink.lastFailure(jobId);
        if (failure.isPresent()) {
            throw new StackException(contender.name() + " failed: " + failure.get());
        }
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("interrupted", e);
        }
    }

    /** Takes a checkpoint of all state, and says how large it is. Not part of what is measured. */
    JobStatus.Checkpoint fullCheckpoint() {
        String path = "/jobs/" + jobId + "/checkpoints";
        String trigger = api.post(path, "{\"checkpointType\":\"FULL\"}")
                .path("request-id")
                .asText();
        JsonNode[] answer = new JsonNode[1];
        boolean completed = Await.until(CHECKPOINT_AT_MOST, () -> {
            answer[0] = api.get(path + "/" + trigger);
            return answer[0].path("status").path("id").asText().equals("COMPLETED");
        });
        if (!completed || answer[0].path("operation").has("failure-cause")) {
            throw new StackException(contender.name() + " can't take a checkpoint");
        }
        return flink.status(jobId)
                .lastCheckpoint()
                .orElseThrow(() -> new StackException(contender.name() + " has no checkpoint"));
    }

    /** Ends the job and deletes its checkpoints. */
    @Override
    public void close() {
        if (!flink.hasEnded(jobId)) {
            flink.cancel(jobId);
            if (!Await.until(ENDS_AT_MOST, () -> flink.hasEnded(jobId))) {
                throw new StackException(contender.name() + " does not end");
            }
        }
        try {
            DataDirectory.delete(conditions.stack().data().checkpoints().resolve(contender.jobName()));
            if (contender.output() == Output.FILES) {
                DataDirectory.delete(conditions.stack().data().cold());
            }
        } catch (IOException e) {
            throw new StackException("can't delete what " + contender.name() + " wrote: " + e.getMessage(), e);
        }
    }
}
