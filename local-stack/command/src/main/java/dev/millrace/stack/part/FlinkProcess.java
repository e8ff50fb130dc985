package dev.millrace.stack.part;

import dev.millrace.stack.Artefacts;
import dev.millrace.stack.DataDirectory;
import dev.millrace.stack.StackException;
import dev.millrace.stack.flink.FlinkConfiguration;
import dev.millrace.stack.process.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** What JobManager and TaskManagers have in common: one class path, one configuration, memory as Flink computes it. */
final class FlinkProcess {
    private static final String RESULT = "BASH_JAVA_UTILS_EXEC_RESULT:";

    /** What Flink asks of a Java 17, as in its own default of {@code env.java.opts.all}. */
    private static final List<String> MODULE_OPTIONS = List.of(
            "--add-exports=java.rmi/sun.rmi.registry=ALL-UNNAMED",
            "--add-exports=java.security.jgss/sun.security.krb5=ALL-UNNAMED",
            "--add-exports=java.base/sun.net.util=ALL-UNNAMED",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/java.net=ALL-UNNAMED",
            "--add-opens=java.base/java.io=ALL-UNNAMED",
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
            "--add-opens=java.base/java.text=ALL-UNNAMED",
            "--add-opens=java.base/java.time=ALL-UNNAMED",
            "--add-opens=java.base/java.util=ALL-UNNAMED",
            "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
            "--add-opens=java.base/java.util.concurrent.atomic=ALL-UNNAMED",
            "--add-opens=java.base/java.util.concurrent.locks=ALL-UNNAMED");

    private final Artefacts artefacts;
    private final DataDirectory data;
    private final FlinkConfiguration configuration;

    FlinkProcess(Artefacts artefacts, DataDirectory data, FlinkConfiguration configuration) {
        this.artefacts = artefacts;
        this.data = data;
        this.configuration = configuration;
    }

    void prepare() throws IOException {
        Jvm.prepareLogging(data);
        Files.createDirectories(data.checkpoints());
        Files.createDirectories(plugins());
        configuration.write(directory());
    }

    /**
     * The command line of one of Flink's processes.
     *
     * @param memory which of BashJavaUtils' answers holds its memory options
     */
    List<String> command(String part, String memory, String mainClass, List<String> jvm, List<String> arguments) {
        List<String> lines = resources(memory);
        List<String> options = new ArrayList<>(jvm);
        options.addAll(Arrays.asList(lines.get(0).split(" ")));
        options.addAll(MODULE_OPTIONS);
        // Where Flink's web page looks for the log that it shows.
        options.add("-Dlog.file=" + data.logs().resolve(part + ".log"));
        List<String> command = Jvm.command(data, part, options);
        command.addAll(List.of(
                "-cp",
                artefacts.flinkClassPath(),
                mainClass,
                "--configDir",
                directory().toString()));
        if (lines.size() > 1) {
            command.addAll(Arrays.asList(lines.get(1).split(" ")));
        }
        command.addAll(List.of("-D", "io.tmp.dirs=" + data.scratch(part)));
        command.addAll(arguments);
        return command;
    }

    Map<String, String> environment() {
        return Map.of(
                "FLINK_CONF_DIR",
                directory().toString(),
                "FLINK_PLUGINS_DIR",
                plugins().toString());
    }

    /** JVM options and dynamic properties, as Flink's own start scripts have them computed. */
    private List<String> resources(String memory) {
        Processes.Outcome outcome = Processes.run(List.of(
                Processes.java(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                artefacts.flinkClassPath(),
                "org.apache.flink.runtime.util.bash.BashJavaUtils",
                memory,
                "--configDir",
                directory().toString()));
        List<String> lines = outcome.output()
                .lines()
                .filter(line -> line.startsWith(RESULT))
                .map(line -> line.substring(RESULT.length()).strip())
                .filter(line -> !line.isEmpty())
                .toList();
        if (outcome.exit() != 0 || lines.isEmpty()) {
            throw new StackException(
                    "Flink can't compute its memory from " + directory().resolve("config.yaml") + ": "
                            + outcome.output().strip());
        }
        return lines;
    }

    private Path directory() {
        return data.conf().resolve("flink");
    }

    private Path plugins() {
        return data.conf().resolve("flink-plugins");
    }
}
