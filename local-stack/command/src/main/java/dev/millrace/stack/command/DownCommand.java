package dev.millrace.stack.command;

import dev.millrace.stack.LocalStack;
import dev.millrace.stack.Stack;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code stack down}. */
@Command(
        name = "down",
        description = "End the jobs, each with a savepoint to go on from, then the parts. What they stored stays.")
public final class DownCommand implements Runnable {
    @ParentCommand
    private Stack stack;

    @Option(names = "--wipe", description = "Then delete everything that the stack stored.")
    private boolean wipe;

    @Override
    public void run() {
        LocalStack localStack = stack.localStack();
        PrintWriter out = stack.out();
        if (localStack.running()) {
            localStack.down(line -> {
                out.println(line);
                out.flush();
            });
        } else {
            localStack.down(line -> {});
            out.println("Nothing runs.");
        }
        if (wipe) {
            localStack.wipe();
            out.println("Deleted " + localStack.options().data() + ".");
        }
    }
}
