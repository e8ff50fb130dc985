package dev.millrace.stack.command;

import dev.millrace.stack.Job;
import dev.millrace.stack.Stack;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code stack submit}. */
@Command(
        name = "submit",
        description = {
            "Run a job's present jar and configuration.",
            "One that runs is stopped with a savepoint first, and the new one goes on from there."
        })
public final class SubmitCommand implements Runnable {
    @ParentCommand
    private Stack stack;

    @Parameters(index = "0", paramLabel = "JOB", description = "mirror, stitch or measure")
    private String job;

    @Option(
            names = "--from",
            paramLabel = "SNAPSHOT",
            description = "Directory of the savepoint or checkpoint to go on from (default: the newest).")
    private Path snapshot;

    @Override
    public void run() {
        stack.localStack().submit(Job.named(job), Optional.ofNullable(snapshot).map(Path::toAbsolutePath), line -> {
            stack.out().println(line);
            stack.out().flush();
        });
    }
}
