package dev.millrace.stack.process;

import dev.millrace.stack.StackException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Starting, signalling and looking at the operating system's processes. */
public final class Processes {
    private Processes() {}

    /** What a short-lived process printed, both streams together, and its exit code. */
    public record Outcome(int exit, String output) {}

    /**
     * Starts a process that outlives this one and does not get the terminal's Ctrl-C. Its output goes to a log, of which
     * the one before is kept.
     */
    public static Process detached(List<String> command, Map<String, String> environment, Path directory, Path log) {
        List<String> line = new ArrayList<>();
        if (onPath("setsid")) {
            line.add("setsid");
        }
        line.addAll(command);
        try {
            if (Files.exists(log)) {
                Files.move(log, log.resolveSibling(log.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
            }
            ProcessBuilder builder = new ProcessBuilder(line)
                    .directory(directory.toFile())
                    .redirectInput(new File("/dev/null"))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            builder.environment().putAll(environment);
            return builder.start();
        } catch (IOException e) {
            throw new StackException("can't start " + command.get(0) + ": " + e.getMessage(), e);
        }
    }

    /** Runs a process to its end. */
    public static Outcome run(List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectInput(new File("/dev/null"))
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Outcome(process.waitFor(), output);
        } catch (IOException e) {
            throw new StackException("can't start " + command.get(0) + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("interrupted while waiting for " + command.get(0), e);
        }
    }

    /** The {@code java} that runs this process. */
    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** Whether there is a program of that name. */
    public static boolean onPath(String program) {
        String path = System.getenv("PATH");
        return path != null
                && Arrays.stream(path.split(File.pathSeparator))
                        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }

    /** Sends a signal by name, as in {@code INT}. Java itself can only send TERM and KILL. */
    public static void signal(ProcessHandle process, String signal) {
        Outcome outcome = run(List.of("sh", "-c", "kill -" + signal + " " + process.pid()));
        if (outcome.exit() != 0 && isAlive(process)) {
            throw new StackException("can't send SIG" + signal + " to process " + process.pid() + ": "
                    + outcome.output().strip());
        }
    }

    /** Whether a process runs; one that ended and only waits for its parent to notice does not. */
    public static boolean isAlive(ProcessHandle process) {
        if (!process.isAlive()) {
            return false;
        }
        Path stat = Path.of("/proc", Long.toString(process.pid()), "stat");
        if (!Files.exists(stat)) {
            return process.isAlive();
        }
        try {
            String text = Files.readString(stat, StandardCharsets.ISO_8859_1);
            char state = text.charAt(text.lastIndexOf(')') + 2);
            return state != 'Z' && state != 'X';
        } catch (IOException e) {
            // It ended between the question and the answer.
            return process.isAlive();
        }
    }

    /**
     * Memory of a process and its children in bytes: each page is counted once, shared ones in proportion. Empty where
     * the system does not tell.
     */
    public static OptionalLong residentBytes(ProcessHandle process) {
        try (Stream<ProcessHandle> tree = Stream.concat(Stream.of(process), process.descendants())) {
            List<OptionalLong> each = tree.map(Processes::ownResidentBytes).toList();
            return each.get(0).isEmpty()
                    ? OptionalLong.empty()
                    : OptionalLong.of(
                            each.stream().mapToLong(size -> size.orElse(0)).sum());
        }
    }

    private static OptionalLong ownResidentBytes(ProcessHandle process) {
        Path rollup = Path.of("/proc", Long.toString(process.pid()), "smaps_rollup");
        if (Files.isReadable(rollup)) {
            try (Stream<String> lines = Files.lines(rollup)) {
                return lines.filter(line -> line.startsWith("Pss:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
                        .findFirst();
            } catch (IOException | java.io.UncheckedIOException e) {
                // The process ended meanwhile, or the kernel does not give this to us: ps may still know.
                return residentByPs(process);
            }
        }
        return residentByPs(process);
    }

    private static OptionalLong residentByPs(ProcessHandle process) {
        if (!onPath("ps")) {
            return OptionalLong.empty();
        }
        String kibibytes = run(List.of("ps", "-o", "rss=", "-p", Long.toString(process.pid())))
                .output()
                .strip();
        return kibibytes.matches("[0-9]+") ? OptionalLong.of(Long.parseLong(kibibytes) * 1024) : OptionalLong.empty();
    }
}
