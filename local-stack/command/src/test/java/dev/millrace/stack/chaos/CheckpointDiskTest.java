package dev.millrace.stack.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointDiskTest {
    @TempDir
    private Path directory;

    @Test
    void withoutAMountNoFurtherCheckpointCanBeMadeUntilThereIsRoomAgain() throws IOException {
        Path run = directory.resolve("millrace-stitch/0af1");
        Path metadata = Files.createDirectories(run.resolve("chk-3")).resolve("_metadata");
        Files.writeString(metadata, "complete");
        Files.createDirectories(run.resolve("shared"));
        CheckpointDisk disk = CheckpointDisk.unmounted(directory);
        disk.fill();
        assertThatThrownBy(() -> Files.createDirectories(run.resolve("chk-4")))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThatThrownBy(() -> Files.createDirectories(run.resolve("chk-200")))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(metadata).hasContent("complete");
        // As Flink does with what it could not use.
        Files.delete(run.resolve("chk-5"));
        disk.empty();
        Files.createDirectories(run.resolve("chk-4"));
        assertThat(run).isDirectoryNotContaining(Files::isRegularFile);
    }

    @Test
    void aCheckpointThatIsBeingWrittenStays() throws IOException {
        Path run = directory.resolve("millrace-mirror/0af1");
        Files.createDirectories(run.resolve("chk-7"));
        Files.createDirectories(run.resolve("chk-8"));
        CheckpointDisk disk = CheckpointDisk.unmounted(directory);
        disk.fill();
        disk.empty();
        assertThat(run.resolve("chk-8")).isDirectory();
        assertThat(run.resolve("chk-9")).doesNotExist();
    }
}
