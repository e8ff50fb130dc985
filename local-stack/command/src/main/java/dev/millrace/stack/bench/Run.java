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
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;

/** One start of a contender, without any state, from the beginning of the raw topic. */
final class Run implements AutoCloseable {
    private static final Duration TAKES_AT_MOST = Duration.ofMinutes(60);
    private static final Duration ENDS_AT_MOST = Duration.ofSeconds(60);
    /** Nothing written for so long, and nothing left to read: nothing is under way any more. */
    private static final Duration QUIET_FOR = Duration.ofSeconds(3);

    private static final Duration SAY_EVERY = Duration.ofSeconds(10);
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

    static Run start(BenchStack stack, Topics topics, Contender contender, int parallelism, Consumer<String> progress) {
        topics.recreateOutputs();
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
                progress.accept(String.format(Locale.ROOT, "%s has read %,d of %,d", contender.name(), read, total));
                said = now;
                requireHealth();
            }
            pause();
        }
        throw new StackException(contender.name() + " is not done after " + TAKES_AT_MOST.toMinutes() + " minutes");
    }

    private boolean isPending() {
        return flink.sourceMetric(jobId, "pendingRecords").values().stream().anyMatch(records -> records > 0);
    }

    private void requireHealth() {
        Optional<String> failure = flink.lastFailure(jobId);
        if (failure.isPresent()) {
            throw new StackException(contender.name() + " failed: " + failure.get());
        }
    }

    private void pause() {
        try {
            Thread.sleep(contender.output() == Output.NONE ? LOOK_EVERY_MILLIS : LOOK_SELDOM_MILLIS);
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
