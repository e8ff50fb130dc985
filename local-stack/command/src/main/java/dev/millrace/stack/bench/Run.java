package dev.millrace.stack.bench;

import dev.millrace.stack.Await;
import dev.millrace.stack.DataDirectory;
import dev.millrace.stack.StackException;
import dev.millrace.stack.bench.Contender.Output;
import dev.millrace.stack.flink.FlinkRest;
import dev.millrace.stack.flink.JobStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;

/** One start of a contender, without any state, from the beginning of its topic. */
final class Run implements AutoCloseable {
    private static final Duration TAKES_AT_MOST = Duration.ofMinutes(60);
    private static final Duration ENDS_AT_MOST = Duration.ofSeconds(60);
    /** Nothing written for so long, and nothing left to read: nothing is under way any more. */
    private static final Duration QUIET_FOR = Duration.ofSeconds(3);

    private static final Duration SAY_EVERY = Duration.ofSeconds(10);
    /** What becomes of a record of {@code millrace.stitched} that says what became of a raw one. */
    private static final Set<String> HANDLED =
            Set.of("events_counted", "duplicates_dropped", "repeats_dropped", "late_beyond_horizon");

    private static final Set<String> ROWS = Set.of("rows_written");
    private static final long LOOK_EVERY_MILLIS = 100;
    /** Where looking is not what is measured with. */
    private static final long LOOK_SELDOM_MILLIS = 1_000;

    private final BenchStack stack;
    private final FlinkRest flink;
    private final Topics topics;
    private final Contender contender;
    private final String jobId;
    private final Consumer<String> progress;

    private Run(BenchStack stack, Topics topics, Contender contender, String jobId, Consumer<String> progress) {
        this.stack = stack;
        this.flink = stack.local().flink();
        this.topics = topics;
        this.contender = contender;
        this.jobId = jobId;
        this.progress = progress;
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
    static Run start(BenchStack stack, Topics topics, Contender contender, int parallelism, Consumer<String> progress) {
        stack.dropTables();
        topics.recreateOutputs();
        return beside(stack, topics, contender, parallelism, progress);
    }

    /** Starts a contender beside what runs already. */
    static Run beside(
            BenchStack stack, Topics topics, Contender contender, int parallelism, Consumer<String> progress) {
        String jobId = stack.local()
                .flink()
                .run(
                        contender.jar(),
                        contender.entryClass(),
                        parallelism,
                        List.of("--config", stack.config(contender).toString()));
        return new Run(stack, topics, contender, jobId, progress);
    }

    /** Returns once so many raw records are read and nothing is pending, and says how the reading went. */
    ReadingCurve awaitDone(long total) {
        ReadingCurve curve = new ReadingCurve();
        long begun = System.nanoTime();
        long said = begun;
        long quietSince = begun;
        Map<TopicPartition, Long> ends = Map.of();
        while (System.nanoTime() - begun < TAKES_AT_MOST.toNanos()) {
            long read = flink.sourceMetric(jobId, "numRecordsIn").getOrDefault("raw", 0L);
            long now = System.nanoTime();
            curve.add(now, read);
            if (contender.output() == Output.NONE) {
                if (read >= total) {
                    return curve;
                }
            } else {
                Map<TopicPartition, Long> present = topics.ends(topics.outputs());
                if (!present.equals(ends) || read < total || isPending()) {
                    ends = present;
                    quietSince = now;
                }
                if (now - quietSince > QUIET_FOR.toNanos()) {
                    return curve;
                }
            }
            if (now - said > SAY_EVERY.toNanos()) {
                say(read, total);
                said = now;
            }
            pause();
        }
        throw notDone();
    }

    /**
     * Returns once so many records of {@code millrace.stitched} with an event, or the trace of a duplicate, are handled
     * and no row is under way.
     */
    Stored awaitStored(long total) {
        ReadingCurve curve = new ReadingCurve();
        JobCounters handled = counters(HANDLED);
        long begun = System.nanoTime();
        long said = begun;
        while (System.nanoTime() - begun < TAKES_AT_MOST.toNanos()) {
            long present = handled.sum();
            long now = System.nanoTime();
            curve.add(now, present);
            if (present >= total) {
                return awaitWritten(curve, now);
            }
            if (now - said > SAY_EVERY.toNanos()) {
                say(present, total);
                said = now;
            }
            pause();
        }
        throw notDone();
    }

    private Stored awaitWritten(ReadingCurve curve, long handledNanos) {
        JobCounters counter = counters(ROWS);
        long rows = -1;
        long changed = handledNanos;
        while (System.nanoTime() - handledNanos < TAKES_AT_MOST.toNanos()) {
            long present = counter.sum();
            long now = System.nanoTime();
            if (present != rows) {
                rows = present;
                changed = now;
            }
            if (now - changed > QUIET_FOR.toNanos()) {
                requireHealth();
                return new Stored(curve, handledNanos, changed, rows);
            }
            pause();
        }
        throw notDone();
    }

    private JobCounters counters(Set<String> names) {
        return new JobCounters(stack.local().part("jobmanager").address(), jobId, names);
    }

    private void say(long read, long total) {
        progress.accept(String.format(Locale.ROOT, "%s has read %,d of %,d", contender.name(), read, total));
        requireHealth();
    }

    private StackException notDone() {
        return new StackException(contender.name() + " is not done after " + TAKES_AT_MOST.toMinutes() + " minutes");
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

    private void pause() {
        try {
            Thread.sleep(contender.output() == Output.STITCHED ? LOOK_SELDOM_MILLIS : LOOK_EVERY_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("interrupted", e);
        }
    }

    /** The last checkpoint that completed. */
    Optional<JobStatus.Checkpoint> lastCheckpoint() {
        return flink.status(jobId).lastCheckpoint();
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
            DataDirectory.delete(stack.data().checkpoints().resolve(contender.jobName()));
        } catch (IOException e) {
            throw new StackException("can't delete the checkpoints of " + contender.name() + ": " + e.getMessage(), e);
        }
    }
}
