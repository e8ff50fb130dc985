package dev.millrace.stack.command;

import dev.millrace.stack.Stack;
import dev.millrace.stack.StackException;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code stack build}. The launcher does it, since it replaces the jar that this class came from. */
@Command(
        name = "build",
        description = "Build what the stack runs, without tests. 'up' does so where something is missing.")
public final class BuildCommand implements Callable<Integer> {
    @ParentCommand
    private Stack stack;

    @Override
    public Integer call() throws InterruptedException {
        try {
            return new ProcessBuilder(
                            stack.localStack()
                                    .options()
                                    .root()
                                    .resolve("local-stack/stack")
                                    .toString(),
                            "build")
                    .inheritIO()
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new StackException("can't start the build: " + e.getMessage(), e);
        }
    }
}
