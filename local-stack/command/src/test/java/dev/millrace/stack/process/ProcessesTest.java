package dev.millrace.stack.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessesTest {
    @TempDir
    private Path directory;

    @Test
    void aDetachedProcessWritesToItsLogAndTheOneBeforeIsKept() throws Exception {
        Path log = directory.resolve("part.log");
        Files.writeString(log, "before");

        Process process =
                Processes.detached(List.of("sh", "-c", "echo $WORD"), Map.of("WORD", "hello"), directory, log);

        assertThat(process.waitFor()).isZero();
        assertThat(log).hasContent("hello");
        assertThat(directory.resolve("part.log.1")).hasContent("before");
    }

    @Test
    void sendsASignalByItsName() throws Exception {
        Process process = Processes.detached(
                List.of("sh", "-c", "trap 'exit 7' USR1; echo ready; while :; do sleep 0.1; done"),
                Map.of(),
                directory,
                directory.resolve("part.log"));
        try {
            await().until(() -> Files.readString(directory.resolve("part.log")).startsWith("ready"));

            // Not INT: a build in the background of a shell runs with that ignored, and so do its children.
            Processes.signal(process.toHandle(), "USR1");

            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(7);
            assertThat(Processes.isAlive(process.toHandle())).isFalse();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void tellsTheMemoryOfAProcess() {
        assertThat(Processes.residentBytes(ProcessHandle.current()).orElseThrow())
                .isGreaterThan(10_000_000);
    }
}
