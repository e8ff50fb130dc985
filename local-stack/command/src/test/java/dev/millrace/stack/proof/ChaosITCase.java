package dev.millrace.stack.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.stack.LocalStack;
import dev.millrace.stack.Stack;
import dev.millrace.stack.StackOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code stack chaos} with every kind of fault once, as people run it. */
class ChaosITCase {
    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();

    @TempDir
    private Path reports;

    @Test
    void everyKindOfFaultOnceLosesNothingAndCountsNothingTwice() throws IOException {
        Path data = Path.of("target", "stacks").toAbsolutePath();
        Stack stack = new Stack(new LocalStack(StackOptions.of(ROOT, data.resolve("none"))));
        int exit = new CommandLine(stack)
                .execute(
                        "chaos",
                        "--once",
                        "--minutes=20",
                        "--seed=1",
                        "--rate=200",
                        "--people=2000",
                        "--data=" + data,
                        "--out=" + reports);
        JsonNode report = report();
        assertThat(report.path("troubles")).as("troubles").isEmpty();
        for (String finding : List.of("lost", "duplicated", "wrong")) {
            assertThat(report.path(finding).asLong(-1))
                    .as(() -> finding + ", of " + report.toPrettyString())
                    .isZero();
        }
        List<String> kinds = new ArrayList<>();
        for (JsonNode fault : report.path("faults")) {
            kinds.add(fault.path("kind").asText());
            assertThat(fault.path("recovery_seconds").isNumber())
                    .as("recovery from %s", fault)
                    .isTrue();
        }
        assertThat(kinds)
                .containsExactlyInAnyOrder(
                        "tm-kill",
                        "jm-kill",
                        "kafka-kill",
                        "kafka-stop",
                        "registry-kill",
                        "postgres-kill",
                        "collector-kill",
                        "pause",
                        "restart-all",
                        "rescale",
                        "checkpoint-disk-full");
        assertThat(report.path("sent").path("malformed").asLong()).isPositive();
        assertThat(report.path("sent").path("skewed").asLong()).isPositive();
        assertThat(report.path("audit").path("acknowledged").asLong())
                .isGreaterThan(report.path("sent").path("events").asLong() / 2);
        assertThat(report.path("verify").path("people").asLong()).isPositive();
        assertThat(exit).isZero();
    }

    private JsonNode report() throws IOException {
        try (Stream<Path> files = Files.list(reports)) {
            Path json = files.filter(file -> file.toString().endsWith(".json"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no report was written"));
            return new ObjectMapper().readTree(Files.readString(json));
        }
    }
}
