package dev.millrace.stack.bench;

import dev.millrace.stack.Artefacts;
import dev.millrace.stack.process.Processes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What was measured on. What the system does not tell is "unknown", or 0.
 *
 * @param loadBefore the system's load average before the bench began
 */
public record Machine(int cores, String cpu, long memoryBytes, String system, double loadBefore) {
    private static final String UNKNOWN = "unknown";

    public static Machine present() {
        return new Machine(
                Runtime.getRuntime().availableProcessors(),
                value(Path.of("/proc/cpuinfo"), "model name"),
                memoryBytes(value(Path.of("/proc/meminfo"), "MemTotal")),
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    /** Of what takes part in the measuring. */
    public static Map<String, String> versions(Artefacts artefacts) {
        Map<String, String> versions = new TreeMap<>();
        versions.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
        versions.put("flink", version(artefacts.flinkClassPath(), "flink-runtime"));
        versions.put("rocksdb", version(artefacts.flinkClassPath(), "frocksdbjni"));
        versions.put("kafka", version(artefacts.kafkaClassPath(), "kafka_2.13"));
        return versions;
    }

    /** The checkout's commit, with "+" where there are changes that are not committed. */
    public static String commit(Path root) {
        if (!Processes.onPath("git")) {
            return UNKNOWN;
        }
        Processes.Outcome head = git(root, "rev-parse", "HEAD");
        if (head.exit() != 0) {
            return UNKNOWN;
        }
        Processes.Outcome changes = git(root, "status", "--porcelain");
        return head.output().strip() + (changes.output().isBlank() ? "" : "+");
    }

    private static Processes.Outcome git(Path root, String... arguments) {
        return Processes.run(Stream.concat(Stream.of("git", "-C", root.toString()), Stream.of(arguments))
                .toList());
    }

    static String version(String classPath, String artefact) {
        Matcher matcher = Pattern.compile("/" + Pattern.quote(artefact) + "-([0-9][^/:]*)\\.jar")
                .matcher(classPath);
        return matcher.find() ? matcher.group(1) : UNKNOWN;
    }

    private static long memoryBytes(String text) {
        return text.endsWith(" kB") ? 1024 * Long.parseLong(text.replace(" kB", "")) : 0;
    }

    /** Of a line {@code key : value}. */
    private static String value(Path file, String key) {
        if (!Files.isReadable(file)) {
            return UNKNOWN;
        }
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(key) && line.contains(":"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(UNKNOWN);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
