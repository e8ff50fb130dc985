package dev.millrace.stack.verify;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.stack.StackException;
import dev.millrace.verify.VerifyOptions;
import dev.millrace.verify.VerifyProgram;
import dev.millrace.verify.VerifyReport;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Runs a comparison in a process of its own, with a heap of its own. */
public final class VerifyProcess {
    /** Holds about 100 bytes an identifier, and what is at hand. */
    private static final String HEAP = "-Xmx1g";

    private VerifyProcess() {}

    /**
     * Compares.
     *
     * @param config the file that {@code options.config()} is read from
     * @param environment what the file refers to, besides this process's own environment
     * @param progress told in a sentence what is being done
     */
    public static VerifyReport run(
            Path config, Map<String, String> environment, VerifyOptions options, Consumer<String> progress) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                HEAP,
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                VerifyProgram.class.getName()));
        command.addAll(VerifyProgram.arguments(config, options));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        Path report = options.scratch()
                .resolve("verify-report-" + ProcessHandle.current().pid() + ".json");
        try {
            Files.createDirectories(options.scratch());
            Process process = builder.redirectOutput(report.toFile()).start();
            Thread end = new Thread(process::destroy);
            Runtime.getRuntime().addShutdownHook(end);
            String last = "it said nothing";
            try (BufferedReader lines = process.errorReader(StandardCharsets.UTF_8)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    last = line;
                    progress.accept(line);
                }
            }
            int code = process.waitFor();
            Runtime.getRuntime().removeShutdownHook(end);
            if (code != 0) {
                throw new StackException("verify failed: " + last);
            }
            return new ObjectMapper().readValue(report.toFile(), VerifyReport.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("interrupted", e);
        } finally {
            report.toFile().delete();
        }
    }
}
