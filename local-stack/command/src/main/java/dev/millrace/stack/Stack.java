package dev.millrace.stack;

import dev.millrace.runtime.config.ConfigException;
import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.setup.SetupException;
import dev.millrace.stack.bench.BenchCommand;
import dev.millrace.stack.chaos.ChaosCommand;
import dev.millrace.stack.command.BuildCommand;
import dev.millrace.stack.command.DownCommand;
import dev.millrace.stack.command.JobsCommand;
import dev.millrace.stack.command.LogsCommand;
import dev.millrace.stack.command.SavepointCommand;
import dev.millrace.stack.command.SqlCommand;
import dev.millrace.stack.command.StatusCommand;
import dev.millrace.stack.command.SubmitCommand;
import dev.millrace.stack.command.UpCommand;
import dev.millrace.stack.flink.FlinkException;
import dev.millrace.stack.people.ExplainCommand;
import dev.millrace.stack.people.ProfileCommand;
import dev.millrace.stack.produce.GenerateCommand;
import dev.millrace.stack.produce.LoadCommand;
import dev.millrace.stack.verify.VerifyCommand;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The command {@code local-stack/stack}. Exit codes: 0 done, 1 failed (one sentence on standard error says why), 2 wrong
 * usage. The launcher names the checkout in the system property {@code millrace.root}.
 */
@Command(
        name = "stack",
        mixinStandardHelpOptions = true,
        version = "Millrace 0.1.0-SNAPSHOT",
        description = "The whole of Millrace on this machine, every part its own process.",
        synopsisSubcommandLabel = "COMMAND",
        scope = ScopeType.INHERIT,
        subcommands = {
            UpCommand.class,
            DownCommand.class,
            StatusCommand.class,
            LogsCommand.class,
            LoadCommand.class,
            GenerateCommand.class,
            SqlCommand.class,
            ProfileCommand.class,
            ExplainCommand.class,
            JobsCommand.class,
            SubmitCommand.class,
            SavepointCommand.class,
            BuildCommand.class,
            VerifyCommand.class,
            BenchCommand.class,
            ChaosCommand.class
        })
public final class Stack implements Runnable {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            scope = ScopeType.INHERIT,
            description = "Where the stack keeps its data (default: $$MILLRACE_DATA, else local-stack/data).")
    private Path data;

    @Option(names = "--verbose", scope = ScopeType.INHERIT, description = "Show where in the code a failure came from.")
    private boolean verbose;

    private LocalStack localStack;

    public Stack() {}

    /** For the commands on a stack that is not that of a checkout, as in tests. */
    public Stack(LocalStack localStack) {
        this.localStack = localStack;
    }

    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    private static int run(String[] arguments) {
        Stack stack = new Stack();
        CommandLine line = new CommandLine(stack)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, command, result) -> {
                    PrintWriter err = command.getErr();
                    err.println(command.getColorScheme().errorText("stack: " + sentence(failure)));
                    if (stack.verbose) {
                        failure.printStackTrace(err);
                    }
                    return failure instanceof UsageException
                            ? CommandLine.ExitCode.USAGE
                            : CommandLine.ExitCode.SOFTWARE;
                });
        return line.execute(arguments);
    }

    private static String sentence(Throwable failure) {
        if (failure instanceof StackException
                || failure instanceof FlinkException
                || failure instanceof ConfigException
                || failure instanceof SetupException) {
            return failure.getMessage();
        }
        String message = failure.getMessage();
        return message == null || message.isBlank()
                ? failure.getClass().getSimpleName() + " (--verbose shows where)"
                : failure.getClass().getSimpleName() + ": " + message + " (--verbose shows where)";
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    /** The stack of this checkout and data directory, running or not. */
    public LocalStack localStack() {
        if (localStack == null) {
            localStack = new LocalStack(StackOptions.of(root(), data));
        }
        return localStack;
    }

    /** The configuration that the stack's jobs run with; refused with a sentence where the stack was never up. */
    public MillraceConfig config() {
        return localStack().config();
    }

    /** JDBC URL of the serving store, without credentials. */
    public String storeUrl() {
        return localStack().storeUrl();
    }

    /** A new connection to the serving store; the caller closes it. */
    public Connection store() throws SQLException {
        return localStack().store();
    }

    /** Where the commands print. */
    public PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** Where the commands complain. */
    public PrintWriter err() {
        return spec.commandLine().getErr();
    }

    /** What {@code --data} says; empty where it is not given. */
    public Optional<Path> givenData() {
        return Optional.ofNullable(data);
    }

    private static Path root() {
        String root = System.getProperty("millrace.root");
        if (root == null) {
            throw new StackException("start this through local-stack/stack, which says where the checkout is");
        }
        return Path.of(root).toAbsolutePath().normalize();
    }
}
