package dev.millrace.stack.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.stack.LocalStack;
import dev.millrace.stack.Ports;
import dev.millrace.stack.Stack;
import dev.millrace.stack.StackOptions;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The command on a whole stack of real processes. */
class VerifyITCase {
    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();

    private static LocalStack stack;

    @BeforeAll
    static void up() throws Exception {
        Path stacks = Files.createDirectories(Path.of("target/stacks").toAbsolutePath());
        Path data = Files.createTempDirectory(stacks, "verify-");
        stack = new LocalStack(StackOptions.of(ROOT, data).withPorts(Ports.free()));
        stack.up(System.out::println);
    }

    @AfterAll
    static void down() {
        stack.down(System.out::println);
        stack.wipe();
    }

    private static int run(StringWriter out, String... arguments) {
        return new CommandLine(new Stack(stack))
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(System.out, true))
                .execute(arguments);
    }

    @Test
    void whatTheJobsDidIsRightAndAnErrorIsFound() throws Exception {
        assertThat(run(new StringWriter(), "generate", "--events", "3000")).isZero();

        StringWriter right = new StringWriter();
        int agreed = run(right, "verify", "--json");
        JsonNode report = new ObjectMapper().readTree(right.toString());

        assertThat(report.get("differences")).as(right.toString()).isEmpty();
        assertThat(agreed).isZero();
        assertThat(report.get("events").asLong()).isGreaterThanOrEqualTo(3000);
        assertThat(report.get("people").asLong()).isGreaterThan(1);

        try (Connection store = stack.store();
                Statement statement = store.createStatement()) {
            assertThat(statement.executeUpdate("update metric_values set value = value + 1"
                            + " where metric = 'unique_profiles' and window_size = '1d'"))
                    .isPositive();
        } catch (SQLException e) {
            throw new AssertionError("the store refuses", e);
        }
        StringWriter wrong = new StringWriter();
        assertThat(run(wrong, "verify", "--no-wait")).isEqualTo(1);
        assertThat(wrong.toString()).contains("metric unique_profiles: window_size 1d");
    }
}
