package dev.millrace.stack.chaos;

import dev.millrace.stack.DataDirectory;
import dev.millrace.stack.Job;
import dev.millrace.stack.StackException;
import dev.millrace.stack.process.Processes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where checkpoints go, and how it fills up. Where this user may mount, it is a file system in memory that is made as small as
 * what is in it; elsewhere the directories of checkpoints to come are taken by files of their names, which also stops root.
 */
final class CheckpointDisk implements AutoCloseable {
    private static final String ROOMY = "1g";
    private static final int PAGE = 4096;
    private static final int TRIES = 5;
    private static final int TAKEN = 500;
    private static final String CHECKPOINT = "chk-";

    private final Path directory;
    private final boolean mounted;
    private final List<Path> taken = new ArrayList<>();

    private CheckpointDisk(Path directory, boolean mounted) {
        this.directory = directory;
        this.mounted = mounted;
    }

    /** Makes the directory of checkpoints, before anything is in it. */
    static CheckpointDisk of(DataDirectory data) {
        Path directory = data.checkpoints();
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new StackException("can't make " + directory + ": " + e.getMessage(), e);
        }
        boolean mounted = Processes.onPath("mount")
                && Processes.run(List.of(
                                        "mount",
                                        "-t",
                                        "tmpfs",
                                        "-o",
                                        "size=" + ROOMY,
                                        "millrace",
                                        directory.toString()))
                                .exit()
                        == 0;
        return mounted ? new CheckpointDisk(directory, true) : unmounted(directory);
    }

    /** For a user who may not mount. */
    static CheckpointDisk unmounted(Path directory) {
        return new CheckpointDisk(directory, false);
    }

    /** How it is filled, as a sentence for the report. */
    String how() {
        return mounted
                ? "a tmpfs that is made as small as what is in it: no space left on device"
                : "no tmpfs may be mounted here, so directories of checkpoints to come are taken by files of their names";
    }

    /** No checkpoint can be written from now on; again and again, since what a failed one has written is deleted. */
    void fill() {
        if (mounted) {
            shrink();
        } else {
            take();
        }
    }

    private void shrink() {
        for (int i = 1; ; i++) {
            Space space = space();
            if (space.used() == space.total()) {
                return;
            }
            // None at all would be no bound.
            Processes.Outcome outcome = mount("size=" + Math.max(PAGE, space.used()));
            if (outcome.exit() == 0) {
                return;
            }
            // A checkpoint grew meanwhile.
            if (i == TRIES) {
                throw new StackException(
                        "can't fill " + directory + ": " + outcome.output().strip());
            }
        }
    }

    private record Space(long total, long used) {}

    private Space space() {
        try {
            FileStore store = Files.getFileStore(directory);
            long total = store.getTotalSpace();
            return new Space(total, total - store.getUnallocatedSpace());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Processes.Outcome mount(String size) {
        return Processes.run(List.of("mount", "-o", "remount," + size, directory.toString()));
    }

    /** Once is enough: a checkpoint that fails here has nothing to give back. */
    private void take() {
        if (!taken.isEmpty()) {
            return;
        }
        for (Job job : Job.values()) {
            for (Path run : directories(directory.resolve(job.flinkName()))) {
                long newest = directories(run).stream()
                        .map(checkpoint -> checkpoint.getFileName().toString())
                        .filter(name -> name.matches(CHECKPOINT + "[0-9]+"))
                        .mapToLong(name -> Long.parseLong(name.substring(CHECKPOINT.length())))
                        .max()
                        .orElse(0);
                for (long number = newest + 1; number <= newest + TAKEN; number++) {
                    take(run.resolve(CHECKPOINT + number));
                }
            }
        }
    }

    private void take(Path file) {
        try {
            taken.add(Files.createFile(file));
        } catch (FileAlreadyExistsException e) {
            // The one that is being written: it gets through, and is the last.
            return;
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

    /** There is room again. */
    void empty() {
        if (mounted) {
            Processes.Outcome outcome = mount("size=" + ROOMY);
            if (outcome.exit() != 0) {
                throw new StackException("can't make room in " + directory + ": "
                        + outcome.output().strip());
            }
            return;
        }
        for (Path file : taken) {
            try {
                if (Files.isRegularFile(file)) {
                    Files.delete(file);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        taken.clear();
    }

    /** Takes it away; checkpoints in memory go with it. */
    @Override
    public void close() {
        if (mounted) {
            Processes.Outcome outcome = Processes.run(List.of("umount", directory.toString()));
            if (outcome.exit() != 0) {
                throw new StackException(
                        "can't unmount " + directory + ": " + outcome.output().strip());
            }
        }
    }
}
