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
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

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
        try (Scratch scratch = Scratch.in(options.scratch())) {
            return run(
                    command(config, options.withScratch(scratch.directory()), heapMebibytes),
                    environment,
                    scratch.directory().resolve("report"),
                    progress);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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
            if (ending.exit() != 0) {
                throw new StackException("verify failed: " + ending.last().orElse("it said nothing"));
            }
            // Of a process that is ending, none can be taken away; but then the program has failed.
            Runtime.getRuntime().removeShutdownHook(end);
            return new ObjectMapper().readValue(report.toFile(), VerifyReport.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("interrupted", e);
        }
    }
}
