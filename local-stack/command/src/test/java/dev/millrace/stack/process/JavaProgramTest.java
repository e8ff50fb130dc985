package dev.millrace.stack.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.stack.process.JavaProgram.Ending;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JavaProgramTest {
    @Test
    void tellsEachLineOfStandardErrorAndHowItEnded() throws Exception {
        List<String> told = new ArrayList<>();
        Process program = new ProcessBuilder("sh", "-c", "echo one >&2; echo result; echo two >&2; exit 3").start();

        Ending ending = JavaProgram.await(program, told::add);

        assertThat(told).containsExactly("one", "two");
        assertThat(ending).isEqualTo(new Ending(3, Optional.of("two")));
    }

    @Test
    void oneThatSaysNothingHasNoLastLine() throws Exception {
        Process program = new ProcessBuilder("true").start();

        assertThat(JavaProgram.await(program, line -> {})).isEqualTo(new Ending(0, Optional.empty()));
    }

    /** Whoever is to end must not wait for what another one has yet to say. */
    @Test
    void aWaitForAProgramThatSaysNothingCanBeInterrupted() throws Exception {
        Process program = new ProcessBuilder("sleep", "600").start();
        try {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> JavaProgram.await(program, line -> {})).isInstanceOf(InterruptedException.class);
        } finally {
            program.destroy();
        }
    }

    @Test
    void optionsComeBeforeTheClassAndArgumentsAfterIt() {
        assertThat(JavaProgram.command("-Xmx16m", List.of("-cp", "a.jar"), String.class, List.of("verify", "--json")))
                .containsExactly(
                        Processes.java(),
                        "-Xmx16m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        "a.jar",
                        "java.lang.String",
                        "verify",
                        "--json");
    }
}
