package dev.millrace.stack.command;

import dev.millrace.stack.Job;
import dev.millrace.stack.Stack;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code stack savepoint}. */
@Command(
        name = "savepoint",
        description = {
            "Take a savepoint of a job that goes on running, and print where it is.",
            "'submit JOB --from' goes back to it; the stack itself never deletes it but by 'down --wipe'."
        })
public final class SavepointCommand implements Runnable {
    @ParentCommand
    private Stack stack;

    @Parameters(index = "0", paramLabel = "JOB", description = "mirror, stitch or measure")
    private String job;

    @Override
    public void run() {
        stack.out().println(stack.localStack().savepoint(Job.named(job)));
    }
}
