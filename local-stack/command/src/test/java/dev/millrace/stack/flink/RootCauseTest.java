package dev.millrace.stack.flink;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RootCauseTest {
    @Test
    void givesTheLastCauseWithoutItsClass() {
        String trace =
                """
                <Exception on server side:
                org.apache.flink.client.program.ProgramInvocationException: The main method caused an error: no store
                \tat org.apache.flink.client.Program.main(Program.java:1)
                Caused by: dev.millrace.runtime.config.ConfigException: no store
                \tat dev.millrace.Job.main(Job.java:1)
                End of exception on server side>""";

        assertThat(RootCause.of(trace)).isEqualTo("no store");
    }

    @Test
    void keepsTheCauseBeforeWhichNamesTheSetting() {
        String trace =
                """
                java.lang.RuntimeException: outer
                Caused by: java.lang.IllegalArgumentException: Could not parse value 'x' for key 'k'.
                Caused by: java.lang.NumberFormatException: For input string: "x\"""";

        assertThat(RootCause.of(trace)).isEqualTo("Could not parse value 'x' for key 'k'.: For input string: \"x\"");
    }

    @Test
    void givesTheMessageWhereThereIsNoCause() {
        assertThat(RootCause.of("Unable to load requested file /jobmanager/log."))
                .isEqualTo("Unable to load requested file /jobmanager/log.");
    }
}
