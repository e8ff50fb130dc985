package dev.millrace.verify;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;

/** The Parquet files below a root, on any file system that Flink knows. */
final class ColdStorage {
    private static final String SUFFIX = ".parquet";

    private final org.apache.flink.core.fs.Path raw;
    private final FileSystem files;

    /**
     * A file of it.
     *
     * @param uri where it is
     * @param local where it can be read here
     */
    record ColdFile(String uri, Path local) {}

    ColdStorage(String root) throws IOException {
        raw = new org.apache.flink.core.fs.Path(root.replaceAll("/+$", "") + "/raw");
        files = raw.getFileSystem();
    }

    /** All finished files, in the order of their names. */
    List<String> list() throws IOException {
        List<String> found = new ArrayList<>();
        if (files.exists(raw)) {
            list(raw, found);
        }
        found.sort(Comparator.naturalOrder());
        return found;
    }

    private void list(org.apache.flink.core.fs.Path directory, List<String> found) throws IOException {
        for (FileStatus each : files.listStatus(directory)) {
            String name = each.getPath().getName();
            if (name.startsWith(".") || name.startsWith("_")) {
                continue; // Not finished yet.
            }
            if (each.isDir()) {
                list(each.getPath(), found);
            } else if (name.endsWith(SUFFIX)) {
                found.add(each.getPath().toString());
            }
        }
    }

    /** The file itself where it lies on this machine, else a copy in the directory. */
    ColdFile fetch(String uri, Path directory) throws IOException {
        if (!files.isDistributedFS()) {
            return new ColdFile(uri, Path.of(new org.apache.flink.core.fs.Path(uri).getPath()));
        }
        Path copy = Files.createTempFile(directory, "cold-", SUFFIX);
        Files.delete(copy);
        try (InputStream in = files.open(new org.apache.flink.core.fs.Path(uri))) {
            Files.copy(in, copy);
        }
        return new ColdFile(uri, copy);
    }

    /** Lets go of what {@link #fetch} may have copied. */
    void release(ColdFile file) throws IOException {
        if (files.isDistributedFS()) {
            Files.delete(file.local());
        }
    }
}
