package dev.millrace.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.verify.ColdFiles.Record;
import dev.millrace.verify.ColdStorage.ColdFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ColdStorageTest {
    @TempDir
    private Path directory;

    private Path root;

    @BeforeEach
    void write() throws Exception {
        root = directory.resolve("cold store, 100%25");
        ColdFiles.write(root, List.of(new Record(0, 0, 1, null), new Record(1, 0, 1, null)));
    }

    @Test
    void finishedFilesAreListedAndReadWhereTheyLie() throws Exception {
        ColdStorage storage = new ColdStorage("file://" + root);
        List<String> files = storage.list();
        ColdFile first = storage.fetch(files.get(0), directory);
        storage.release(first);

        assertThat(files).hasSize(2).allMatch(file -> file.endsWith(".parquet"));
        assertThat(first.local()).isEqualTo(root.resolve("raw/date=2024-05-06/hour=10/part-0.parquet"));
        assertThat(first.local()).as("what is no copy stays").exists();
    }

    @Test
    void filesOfAnotherFileSystemAreCopiedAndTheCopiesDeleted() throws Exception {
        ColdStorage storage = new ColdStorage("elsewhere://host" + root + "/");
        List<String> files = storage.list();
        ColdFile first = storage.fetch(files.get(0), directory);

        assertThat(files).hasSize(2);
        assertThat(first.local()).hasParent(directory);
        assertThat(Files.mismatch(first.local(), root.resolve("raw/date=2024-05-06/hour=10/part-0.parquet")))
                .isEqualTo(-1);
        storage.release(first);
        assertThat(first.local()).doesNotExist();
    }

    @Test
    void thereMayBeNothingYet() throws Exception {
        assertThat(new ColdStorage("file://" + directory.resolve("none")).list())
                .isEmpty();
    }
}
