package dev.millrace.stack.chaos;

import dev.millrace.stack.Stack;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code stack chaos}. */
@Command(
        name = "chaos",
        description = {
            "Break things while events come in, then check that nothing was lost, counted twice or wrong.",
            "",
            "A stack of its own comes up, with free ports and its own directory; another one that runs does not"
                    + " mind. Events come in at the rate by HTTP and by Kafka, malformed and badly timed ones among them."
                    + " Faults happen one after the other, by a schedule that the seed decides; each waits until the stack"
                    + " has recovered from the one before. In the end everything that was acknowledged must be in cold"
                    + " storage once, byte for byte, and people and metrics what cold storage comes to.",
            "",
            "Exit code 0 only if lost, duplicated and wrong are 0 and every fault was recovered from. It needs 6 GiB of"
                    + " memory."
        })
public final class ChaosCommand implements Callable<Integer> {
    private static final Duration VERIFY_CATCHES_UP_WITHIN = Duration.ofMinutes(4);
    /** A savepoint may take two minutes, and parts that have to be killed one each. */
    private static final Duration ENDS_WITHIN = Duration.ofMinutes(5);

    @ParentCommand
    private Stack stack;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--minutes",
            paramLabel = "N",
            defaultValue = "10",
            description = "No fault begins later (default: ${DEFAULT-VALUE}; a round of all takes five or so).")
    private double minutes;

    @Option(names = "--seed", paramLabel = "S", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--rate",
            paramLabel = "R",
            defaultValue = "500",
            description = "Events a second (default: ${DEFAULT-VALUE}).")
    private double rate;

    @Option(names = "--people", paramLabel = "N", defaultValue = "10000", description = "Default: ${DEFAULT-VALUE}.")
    private long people;

    @Option(
            names = "--faults",
            paramLabel = "FAULT",
            split = ",",
            description =
                    "Only these, with commas: tm-kill, jm-kill, kafka-kill, kafka-stop, registry-kill,"
                            + " postgres-kill, collector-kill, pause, restart-all, rescale, checkpoint-disk-full (default: all).")
    private List<String> faults =
            Arrays.stream(FaultKind.values()).map(FaultKind::label).toList();

    @Option(names = "--once", description = "End when each kind of fault has happened once.")
    private boolean once;

    @Option(
            names = "--task-managers",
            paramLabel = "N",
            defaultValue = "2",
            description = "With two, one goes on while the other is away, which comes back as a zombie (default:"
                    + " ${DEFAULT-VALUE}).")
    private int taskManagers;

    @Option(names = "--out", paramLabel = "DIR", description = "Write the report there, as Markdown and JSON.")
    private Path out;

    @Override
    public Integer call() {
        ChaosOptions options = options();
        PrintWriter err = stack.err();
        Path root = stack.localStack().options().root();
        Path parent = stack.givenData().orElse(Path.of(System.getProperty("java.io.tmpdir")));
        CountDownLatch done = new CountDownLatch(1);
        Thread hook = endWithThisProcess(done, err);
        try {
            ChaosReport report =
                    Chaos.run(root, parent, options, new VerifyCommandProcess(root, VERIFY_CATCHES_UP_WITHIN), line -> {
                        err.println(line);
                        err.flush();
                    });
            report.print(stack.out());
            if (out != null) {
                report.write(out).forEach(file -> err.println("the report is in " + file));
                err.flush();
            }
            return report.successful() ? ExitCode.OK : ExitCode.SOFTWARE;
        } finally {
            done.countDown();
            forget(hook);
        }
    }

    /** Ctrl-C and SIGTERM end the run early: the stack goes down, and what there was is reported. */
    private static Thread endWithThisProcess(CountDownLatch done, PrintWriter err) {
        Thread main = Thread.currentThread();
        Thread hook = new Thread(
                () -> {
                    err.println("ending the stack");
                    err.flush();
                    main.interrupt();
                    try {
                        if (!done.await(ENDS_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
                            err.println("the stack did not end in " + ENDS_WITHIN.toSeconds() + " s");
                            err.flush();
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "end of the chaos");
        Runtime.getRuntime().addShutdownHook(hook);
        return hook;
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending: the hook has found the work done.
            return;
        }
    }

    private ChaosOptions options() {
        try {
            return new ChaosOptions(
                    Duration.ofMillis(Math.round(60_000 * minutes)),
                    seed,
                    rate,
                    people,
                    faults.stream().map(FaultKind::labelled).toList(),
                    once,
                    taskManagers);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }
}
