package dev.millrace.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
    @TempDir
    private Path directory;

    @Test
    void keepsThePasswordThatItMadeAndLetsNobodyElseReadIt() throws IOException {
        DataDirectory data = new DataDirectory(directory.resolve("data"));
        data.create();
        String password = data.password();

        data.create();

        assertThat(data.password()).isEqualTo(password).hasSizeGreaterThan(20);
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(directory.resolve("data/store.password"))))
                .isEqualTo("rw-------");
    }

    @Test
    void saysThatNoStackWasEverThere() {
        assertThatThrownBy(() -> new DataDirectory(directory.resolve("data")).password())
                .hasMessageContaining("no stack was ever up in");
    }

    @Test
    void wipesItselfButNotWhatIsNotTheStacks() throws IOException {
        DataDirectory data = new DataDirectory(directory.resolve("data"));
        data.create();
        data.wipe();
        assertThat(directory.resolve("data")).doesNotExist();

        data.create();
        Path notes = Files.createFile(directory.resolve("data/notes.txt"));
        assertThatThrownBy(data::wipe).hasMessageContaining("holds something that is not the stack's");
        assertThat(notes).exists();
        assertThat(directory.resolve("data/logs")).doesNotExist();
    }
}
