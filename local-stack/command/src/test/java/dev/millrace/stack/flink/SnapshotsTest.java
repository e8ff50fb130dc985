package dev.millrace.stack.flink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotsTest {
    @TempDir
    private Path directory;

    @Test
    void findsNothingWhereThereIsNothing() {
        assertThat(Snapshots.newest(directory.resolve("checkpoints"), directory.resolve("savepoints")))
                .isEmpty();
    }

    @Test
    void takesTheNewestOfCheckpointsAndSavepoints() throws IOException {
        snapshot("checkpoints/a1/chk-7", 1_000);
        Path savepoint = snapshot("savepoints/savepoint-1", 3_000);
        snapshot("checkpoints/b2/chk-2", 2_000);

        assertThat(newest()).isEqualTo(savepoint);

        Path checkpoint = snapshot("checkpoints/b2/chk-3", 4_000);

        assertThat(newest()).isEqualTo(checkpoint);
    }

    @Test
    void passesOverACheckpointThatWasNotCompleted() throws IOException {
        Path complete = snapshot("checkpoints/a1/chk-7", 1_000);
        Files.createDirectories(directory.resolve("checkpoints/a1/chk-8"));
        snapshot("checkpoints/a1/shared", 9_000);

        assertThat(newest()).isEqualTo(complete);
    }

    private Path newest() {
        return Snapshots.newest(directory.resolve("checkpoints"), directory.resolve("savepoints"))
                .orElseThrow();
    }

    private Path snapshot(String name, long completedAtMillis) throws IOException {
        Path path = directory.resolve(name);
        Files.createDirectories(path);
        Path metadata = Files.createFile(path.resolve("_metadata"));
        Files.setLastModifiedTime(metadata, FileTime.fromMillis(completedAtMillis));
        return path;
    }
}
