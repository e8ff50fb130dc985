package dev.millrace.stack.chaos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.stack.Artefacts;
import dev.millrace.stack.DataDirectory;
import dev.millrace.stack.StackException;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code stack verify} as a process, which takes its memory in another one. */
final class VerifyProcess implements Verifier {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int DIFFERENCES = 1000;

    private final Path root;
    private final Duration catchesUpWithin;

    VerifyProcess(Path root, Duration catchesUpWithin) {
        this.root = root;
        this.catchesUpWithin = catchesUpWithin;
    }

    @Override
    public Verdict verify(DataDirectory data, Consumer<String> progress) throws InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-Dmillrace.root=" + root,
                "-cp",
                classPath(),
                "dev.millrace.stack.Stack",
                "verify"));
        command.addAll(List.of("--data", data.root().toString(), "--json"));
        command.addAll(List.of("--differences", Integer.toString(DIFFERENCES)));
        command.addAll(List.of("--wait", Long.toString(catchesUpWithin.toSeconds())));
        Path output = data.logs().resolve("verify.json");
        Process process = null;
        try {
            process = new ProcessBuilder(command)
                    .directory(root.toFile())
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(output.toFile())
                    .start();
            List<String> told = new ArrayList<>();
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    told.add(line);
                    progress.accept("verify: " + line);
                }
            }
            int exit = process.waitFor();
            String text = Files.readString(output);
            if (text.isBlank()) {
                throw new StackException(
                        "verify ended with " + exit + (told.isEmpty() ? "" : ": " + told.get(told.size() - 1)));
            }
            JsonNode report = JSON.readTree(text);
            Verdict verdict = Verdict.of(report);
            if (exit != 0 && verdict.missing() + verdict.surplus() + verdict.other() == 0) {
                throw new StackException(
                        "verify ended with " + exit + ", but tells no difference; what it says is in " + output);
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
