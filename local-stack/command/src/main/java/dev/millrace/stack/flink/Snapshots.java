package dev.millrace.stack.flink;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What a job left behind on this machine's disk to go on from. */
public final class Snapshots {
    private static final String METADATA = "_metadata";

    private Snapshots() {}

    /**
     * The newest completed snapshot of a job: the directory with its metadata.
     *
     * @param checkpoints of the job: {@code <job id>/chk-<n>/_metadata} below it
     * @param savepoints of the job: {@code <savepoint>/_metadata} below it
     */
    public static Optional<Path> newest(Path checkpoints, Path savepoints) {
        List<Path> found = new ArrayList<>();
        for (Path jobId : directories(checkpoints)) {
            for (Path checkpoint : directories(jobId)) {
                if (checkpoint.getFileName().toString().startsWith("chk-")) {
                    found.add(checkpoint);
                }
            }
        }
        found.addAll(directories(savepoints));
        return found.stream()
                .filter(directory -> Files.exists(directory.resolve(METADATA)))
                .max(Comparator.comparing(Snapshots::completedAt));
    }

    /** Metadata is written last, hence only of snapshots that completed. */
    private static FileTime completedAt(Path snapshot) {
        try {
            return Files.getLastModifiedTime(snapshot.resolve(METADATA));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> directories(Path parent) {
        if (!Files.isDirectory(parent)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(parent)) {
            return children.filter(Files::isDirectory).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
