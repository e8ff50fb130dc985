package dev.millrace.stack.verify;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.stack.StackException;
import dev.millrace.stack.process.JavaProgram;
import dev.millrace.stack.process.JavaProgram.Ending;
import dev.millrace.verify.VerifyOptions;
import dev.millrace.verify.VerifyProgram;
import dev.millrace.verify.VerifyReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** {@link VerifyProgram} in a process of its own: the comparison alone, which a signal to this one ends too. */
public final class VerifyProgramProcess {
    private VerifyProgramProcess() {}

    /**
     * Compares.
     *
     * @param config the file that {@code options.config()} is read from
     * @param environment what the file refers to, besides this process's own environment
     * @param heapMebibytes for about 100 bytes an identifier, and what is at hand
     * @param progress told in a sentence what is being done
     */
    public static VerifyReport run(
            Path config,
            Map<String, String> environment,
            VerifyOptions options,
            int heapMebibytes,
            Consumer<String> progress) {
        Path scratch;
        try {
            Files.createDirectories(options.scratch());
            scratch = Files.createTempDirectory(options.scratch(), "run-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            return run(
                    command(config, options.withScratch(scratch), heapMebibytes),
                    environment,
                    scratch.resolve("report"),
                    progress);
        } finally {
            // However the process ended.
            delete(scratch);
        }
    }

    private static List<String> command(Path config, VerifyOptions options, int heapMebibytes) {
        return JavaProgram.command(
                "-Xmx" + heapMebibytes + "m",
                List.of("-cp", System.getProperty("java.class.path")),
                VerifyProgram.class,
                VerifyProgram.arguments(config, options));
    }

    private static VerifyReport run(
            List<String> command, Map<String, String> environment, Path report, Consumer<String> progress) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(report.toFile());
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            Thread end = new Thread(process::destroy);
            Runtime.getRuntime().addShutdownHook(end);
            Ending ending = JavaProgram.await(process, progress);
            Runtime.getRuntime().removeShutdownHook(end);
            if (ending.exit() != 0) {
                throw new StackException("verify failed: " + ending.last().orElse("it said nothing"));
            }
            return new ObjectMapper().readValue(report.toFile(), VerifyReport.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("interrupted", e);
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
