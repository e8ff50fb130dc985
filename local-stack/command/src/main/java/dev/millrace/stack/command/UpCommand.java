package dev.millrace.stack.command;

import dev.millrace.stack.LocalStack;
import dev.millrace.stack.Stack;
import dev.millrace.stack.StackException;
import dev.millrace.stack.StackOptions;
import dev.millrace.stack.UsageException;
import dev.millrace.stack.part.Part;
import java.io.PrintWriter;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code stack up}. */
@Command(
        name = "up",
        description = {
            "Start what does not run yet: every part, then the jobs, each from where it was.",
            "Stays until Ctrl-C, which ends the stack in order, unless --detach is given."
        })
public final class UpCommand implements Callable<Integer> {
    private static final long LOOK_EVERY_MILLIS = 500;

    @ParentCommand
    private Stack stack;

    @Option(names = "--detach", description = "Return once everything runs, and leave it running.")
    private boolean detach;

    @Option(
            names = "--task-managers",
            paramLabel = "N",
            defaultValue = "1",
            description = "How many TaskManagers of six slots each (default: 1).")
    private int taskManagers;

    @Override
    public Integer call() throws InterruptedException {
        if (taskManagers < 1) {
            throw new UsageException("--task-managers must be at least 1");
        }
        StackOptions options = stack.localStack().options();
        LocalStack localStack = new LocalStack(options.withTaskManagers(taskManagers, options.slots()));
        PrintWriter out = stack.out();
        Consumer<String> progress = line -> {
            out.println(line);
            out.flush();
        };
        if (detach) {
            bringUp(localStack, out, progress);
            return ExitCode.OK;
        }
        AtomicReference<Phase> phase = new AtomicReference<>(Phase.ACTIVE);
        endWithThisProcess(localStack, phase, progress);
        try {
            bringUp(localStack, out, progress);
            progress.accept("Ctrl-C ends it; what it stored stays.");
            watch(localStack, progress);
        } catch (StackException | InterruptedException e) {
            if (phase.get() != Phase.ENDING) {
                throw e;
            }
            // The interrupt came from our own shutdown hook, which says what happens.
        } finally {
            phase.compareAndSet(Phase.ACTIVE, Phase.OVER);
        }
        return ExitCode.OK;
    }

    /** What a shutdown hook finds: something to end, or a command that is over or failed by itself. */
    private enum Phase {
        ACTIVE,
        ENDING,
        OVER
    }

    private static void bringUp(LocalStack localStack, PrintWriter out, Consumer<String> progress) {
        long begun = System.nanoTime();
        localStack.up(progress);
        out.printf("%nAll of it runs, after %.1f s.%n%n", (System.nanoTime() - begun) / 1e9);
        welcome(localStack, out);
    }

    private static void welcome(LocalStack localStack, PrintWriter out) {
        String key = localStack.options().writeKeys().get(0).replaceFirst("=.*", "");
        out.println("  collector   " + localStack.collectorUrl() + "   write key: " + key);
        out.println("  Flink       " + localStack.part("jobmanager").address());
        out.println("  registry    " + localStack.part("registry").address());
        out.println("  Kafka       " + localStack.part("kafka").address());
        out.println("  store       " + localStack.storeUrl() + "   user: millrace, password: "
                + localStack.options().data().resolve("store.password"));
        out.println();
        out.println("To try next:");
        out.println("  local-stack/stack generate --rate 50");
        out.println("  local-stack/stack sql \"select * from metric_values order by updated_at desc limit 10\"");
        out.println("  local-stack/stack jobs");
        out.println();
        out.flush();
    }

    /** Ctrl-C and SIGTERM end the stack in order, even while it still comes up. */
    private static void endWithThisProcess(
            LocalStack localStack, AtomicReference<Phase> phase, Consumer<String> progress) {
        Thread main = Thread.currentThread();
        Thread hook = new Thread(
                () -> {
                    if (!phase.compareAndSet(Phase.ACTIVE, Phase.ENDING)) {
                        return;
                    }
                    progress.accept("ending the stack");
                    main.interrupt();
                    try {
                        localStack.down(progress);
                        Runtime.getRuntime().halt(ExitCode.OK);
                    } catch (StackException e) {
                        progress.accept("stack: " + e.getMessage());
                        Runtime.getRuntime().halt(ExitCode.SOFTWARE);
                    }
                },
                "end of the stack");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Says when a part dies; returns when the stack was ended from elsewhere. */
    private static void watch(LocalStack localStack, Consumer<String> progress) throws InterruptedException {
        Set<String> dead = new HashSet<>();
        while (true) {
            List<Part> parts = localStack.parts();
            for (Part part : parts) {
                if (part.running()) {
                    if (dead.remove(part.name())) {
                        progress.accept(part.name() + " runs again");
                    }
                } else if (part.died() && dead.add(part.name())) {
                    progress.accept(part.name() + " died (" + part.exit() + "); its log is " + part.log()
                            + "; 'local-stack/stack up --detach' in another terminal brings it back");
                }
            }
            if (parts.stream().noneMatch(part -> part.running() || part.died())) {
                progress.accept("the stack was ended from elsewhere");
                return;
            }
            Thread.sleep(LOOK_EVERY_MILLIS);
        }
    }
}
