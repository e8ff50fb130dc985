package dev.millrace.stack.verify;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.runtime.config.ConfigFile;
import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.stack.DataDirectory;
import dev.millrace.stack.Stack;
import dev.millrace.verify.VerifyOptions;
import dev.millrace.verify.VerifyOptions.RawRange;
import dev.millrace.verify.VerifyReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code stack verify}. */
@Command(
        name = "verify",
        description = {
            "Compute people and metrics again, from cold storage alone, and compare them with PostgreSQL.",
            "",
            "Waits first until the jobs have read all there is. Exit code 0 only if nothing differs."
        })
public final class VerifyCommand implements Callable<Integer> {
    @ParentCommand
    private Stack stack;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--root",
            paramLabel = "URI",
            description = "Cold storage, on any file system that Flink knows (default: that of the configuration).")
    private String root;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Configuration of the jobs, with the store that is compared (default: the local stack's).")
    private Path config;

    @Option(names = "--no-wait", description = "Compare at once, without asking Kafka.")
    private boolean noWait;

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "300",
            description = "How long to wait for the jobs at most (default: ${DEFAULT-VALUE}).")
    private int waitSeconds;

    @Option(
            names = "--differences",
            paramLabel = "N",
            defaultValue = "" + VerifyOptions.DEFAULT_DIFFERENCES,
            description = "How many differences are told; all are counted (default: ${DEFAULT-VALUE}).")
    private int differences;

    @Option(
            names = "--memory",
            paramLabel = "MIB",
            defaultValue = "1500",
            description = "Memory of the comparison, beside the heap (default: ${DEFAULT-VALUE} MiB).")
    private int memoryMebibytes;

    @Option(
            names = "--heap",
            paramLabel = "MIB",
            defaultValue = "1024",
            description =
                    "Heap, of which an identifier takes about 100 bytes, and each combination of values of a metric's dimensions up to 90 (default: ${DEFAULT-VALUE} MiB).")
    private int heapMebibytes;

    @Option(names = "--json", description = "Print the whole report as JSON.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        if (differences < 0 || waitSeconds < 0 || memoryMebibytes < 100 || heapMebibytes < 100) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--differences and --wait can't be negative, --memory and --heap must be at least 100 MiB");
        }
        DataDirectory data = new DataDirectory(stack.localStack().options().data());
        MillraceConfig loaded = config == null ? stack.config() : ConfigFile.load(config, System::getenv);
        Path file = config == null ? data.config() : config;
        Map<String, String> environment = config == null
                        && loaded.requireStore().password() != null
                ? Map.of("MILLRACE_STORE_PASSWORD", loaded.requireStore().password())
                : Map.of();
        List<RawRange> required = List.of();
        if (!noWait) {
            CatchingUp catchingUp = new CatchingUp(loaded);
            catchingUp.await(Duration.ofSeconds(waitSeconds), this::tell);
            required = catchingUp.raw();
        }
        VerifyOptions options = new VerifyOptions(
                loaded,
                root == null ? loaded.requireMirror().root() : root,
                required,
                differences,
                (long) memoryMebibytes << 20,
                data.scratch("verify"));
        VerifyReport report = VerifyProgramProcess.run(file, environment, options, heapMebibytes, this::tell);
        if (json) {
            ObjectMapper mapper = new ObjectMapper();
            ObjectNode tree = mapper.valueToTree(report);
            tree.put("differenceCount", report.differenceCount()).put("agrees", report.agrees());
            stack.out().println(mapper.writerWithDefaultPrettyPrinter().writeValueAsString(tree));
            stack.out().flush();
        } else {
            ReportPage.print(report, stack.out());
        }
        return report.agrees() ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private void tell(String line) {
        stack.err().println(line);
        stack.err().flush();
    }
}
