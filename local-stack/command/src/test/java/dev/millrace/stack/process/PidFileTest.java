package dev.millrace.stack.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PidFileTest {
    @TempDir
    private Path directory;

    @Test
    void findsTheProcessThatItNames() {
        PidFile file = new PidFile(directory.resolve("part.pid"));

        file.write(ProcessHandle.current());

        assertThat(file.process()).contains(ProcessHandle.current());
    }

    @Test
    void doesNotTakeAnotherProcessWithTheSameIdForThePart() throws IOException {
        Path path = directory.resolve("part.pid");
        Instant other = Instant.now().minus(Duration.ofDays(400));
        Files.writeString(path, "pid=" + ProcessHandle.current().pid() + "\nstarted=" + other + "\n");

        assertThat(new PidFile(path).process()).isEmpty();
    }

    @Test
    void knowsNoProcessWithoutAFile() {
        assertThat(new PidFile(directory.resolve("part.pid")).process()).isEmpty();
    }

    @Test
    void remembersThatTheEndIsIntended() {
        PidFile file = new PidFile(directory.resolve("part.pid"));
        file.write(ProcessHandle.current());

        file.markStopping();

        assertThat(file.read().orElseThrow().stopping()).isTrue();
        assertThat(file.process()).contains(ProcessHandle.current());
    }
}
