package dev.millrace.stack.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScratchTest {
    @TempDir
    private Path parent;

    @Test
    void itIsDeletedWithWhatIsInIt() throws IOException {
        Path directory;
        try (Scratch scratch = Scratch.in(parent)) {
            directory = scratch.directory();
            Files.writeString(directory.resolve("table"), "rows");
        }
        assertThat(directory).doesNotExist();
    }

    @Test
    void whatOneHasLeftThatWasEndedTheNextOneDeletesAndNothingOfOneThatRuns() throws IOException {
        Path left = Files.createDirectory(parent.resolve("run-1"));
        Files.createFile(left.resolve("lock"));
        Files.writeString(left.resolve("table"), "rows");
        try (Scratch running = Scratch.in(parent);
                Scratch other = Scratch.in(parent)) {
            assertThat(left).doesNotExist();
            assertThat(running.directory()).isDirectory();
            assertThat(other.directory()).isDirectory();
        }
        assertThat(parent).isDirectoryNotContaining(Files::isDirectory);
    }
}
