package dev.millrace.stack.chaos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.stack.Artefacts;
import dev.millrace.stack.DataDirectory;
import dev.millrace.stack.Stack;
import dev.millrace.stack.StackException;
import dev.millrace.stack.process.JavaProgram;
import dev.millrace.stack.process.JavaProgram.Ending;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All of {@code stack verify} in a process of its own, which waits for the stack and compares in yet another one. */
final class VerifyCommandProcess implements Verifier {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String HEAP = "-Xmx256m";
    private static final int DIFFERENCES = 1000;

    private final Path root;
    private final Duration catchesUpWithin;

    VerifyCommandProcess(Path root, Duration catchesUpWithin) {
        this.root = root;
        this.catchesUpWithin = catchesUpWithin;
    }

    @Override
    public Verdict verify(DataDirectory data, Consumer<String> progress) throws InterruptedException {
        List<String> command = JavaProgram.command(
                HEAP,
                List.of("-Dmillrace.root=" + root, "-cp", classPath()),
                Stack.class,
                List.of(
                        "verify",
                        "--data",
                        data.root().toString(),
                        "--json",
                        "--differences",
                        Integer.toString(DIFFERENCES),
                        "--wait",
                        Long.toString(catchesUpWithin.toSeconds())));
        Path output = data.logs().resolve("verify.json");
        Process process = null;
        try {
            process = new ProcessBuilder(command)
                    .directory(root.toFile())
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(output.toFile())
                    .start();
            Ending ending = JavaProgram.await(process, line -> progress.accept("verify: " + line));
            String text = Files.readString(output);
            if (text.isBlank()) {
                throw new StackException("verify ended with " + ending.exit()
                        + ending.last().map(line -> ": " + line).orElse(""));
            }
            JsonNode report = JSON.readTree(text);
            Verdict verdict = Verdict.of(report);
            if (ending.exit() != 0 && verdict.missing() + verdict.surplus() + verdict.other() == 0) {
                throw new StackException("verify ended with " + ending.exit()
                        + ", but tells no difference; what it says is in " + output);
            }
            return verdict;
        } catch (JsonProcessingException e) {
            throw new StackException("verify printed what is no JSON, see " + output, e);
        } catch (IOException e) {
            throw new StackException("can't run verify: " + e.getMessage(), e);
        } finally {
            if (process != null) {
                process.destroy();
            }
        }
    }

    /** What this process runs with may have been replaced by a build; what the checkout has now is what is there. */
    private String classPath() {
        try (Stream<Path> jars = Files.list(root.resolve("local-stack/command/target"))) {
            return Stream.concat(
                            jars.filter(jar ->
                                    jar.getFileName().toString().matches("millrace-stack-[^-]+(-SNAPSHOT)?\\.jar")),
                            new Artefacts(root).programClassPath().stream())
                    .map(Path::toString)
                    .collect(Collectors.joining(File.pathSeparator));
        } catch (IOException e) {
            throw new StackException("can't find the command's jar: " + e.getMessage(), e);
        }
    }
}
