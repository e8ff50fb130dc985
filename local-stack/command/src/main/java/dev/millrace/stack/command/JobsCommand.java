package dev.millrace.stack.command;

import dev.millrace.stack.Await;
import dev.millrace.stack.LocalStack;
import dev.millrace.stack.Stack;
import dev.millrace.stack.flink.JobStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code stack jobs}. */
@Command(
        name = "jobs",
        description = "Show each job: state, restarts, records read a second, records still to read, last checkpoint.")
public final class JobsCommand implements Runnable {
    private static final Duration MEASURED_AT_MOST = Duration.ofSeconds(2);

    @ParentCommand
    private Stack stack;

    @Override
    public void run() {
        List<JobStatus> jobs = measured(stack.localStack());
        if (jobs.isEmpty()) {
            stack.out().println("No job was submitted; local-stack/stack submit JOB starts one.");
            return;
        }
        Table table = new Table(List.of("job", "state", "restarts", "records/s", "lag", "last checkpoint"));
        for (JobStatus job : jobs) {
            table.row(List.of(
                    job.name(),
                    job.state().toLowerCase(Locale.ROOT),
                    text(job.restarts()),
                    job.recordsPerSecond().isPresent()
                            ? String.format(
                                    Locale.ROOT, "%.1f", job.recordsPerSecond().getAsDouble())
                            : "",
                    text(job.pendingRecords()),
                    job.lastCheckpoint().map(JobsCommand::describe).orElse("none yet")));
        }
        table.print(stack.out());
    }

    /** Flink begins to collect a job's throughput when somebody asks for it, so that the first answer may lack it. */
    private static List<JobStatus> measured(LocalStack localStack) {
        AtomicReference<List<JobStatus>> jobs = new AtomicReference<>(localStack.jobs());
        boolean complete = Await.until(MEASURED_AT_MOST, () -> {
            boolean all = jobs.get().stream().filter(JobStatus::isRunning).allMatch(job -> job.recordsPerSecond()
                    .isPresent());
            if (!all) {
                jobs.set(localStack.jobs());
            }
            return all;
        });
        return complete ? jobs.get() : localStack.jobs();
    }

    private static String describe(JobStatus.Checkpoint checkpoint) {
        Duration age = Duration.between(Instant.ofEpochMilli(checkpoint.completedAtMillis()), Instant.now());
        return "no. " + checkpoint.number() + ", " + Figures.duration(age) + " ago, "
                + Figures.bytes(checkpoint.sizeBytes()) + " in " + checkpoint.durationMillis() + " ms";
    }

    private static String text(OptionalLong number) {
        return number.isPresent() ? Long.toString(number.getAsLong()) : "";
    }
}
