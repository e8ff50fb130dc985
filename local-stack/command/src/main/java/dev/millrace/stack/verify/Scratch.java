package dev.millrace.stack.verify;

import dev.millrace.stack.DataDirectory;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * A directory for one comparison, whose tables may be gigabytes. It is deleted with the comparison; what one has left that was
 * ended by a signal, the next one deletes: nobody holds its lock any more.
 */
final class Scratch implements AutoCloseable {
    private static final String PREFIX = "run-";
    private static final String LOCK = "lock";

    private final Path directory;
    private final FileChannel lock;

    private Scratch(Path directory, FileChannel lock) {
        this.directory = directory;
        this.lock = lock;
    }

    static Scratch in(Path parent) throws IOException {
        Files.createDirectories(parent);
        deleteLeftOvers(parent);
        Path directory = Files.createTempDirectory(parent, PREFIX);
        FileChannel lock = open(directory);
        lock.lock();
        return new Scratch(directory, lock);
    }

    private static FileChannel open(Path directory) throws IOException {
        return FileChannel.open(directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private static void deleteLeftOvers(Path parent) throws IOException {
        List<Path> directories;
        try (Stream<Path> children = Files.list(parent)) {
            directories = children.filter(
                            child -> child.getFileName().toString().startsWith(PREFIX))
                    .toList();
        }
        for (Path each : directories) {
            if (isNobodys(each)) {
                DataDirectory.delete(each);
            }
        }
    }

    private static boolean isNobodys(Path directory) throws IOException {
        // One without a lock has just been made, or is of an earlier version.
        if (!Files.exists(directory.resolve(LOCK))) {
            return false;
        }
        try (FileChannel channel = open(directory);
                FileLock lock = channel.tryLock()) {
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false; // This process's own.
        }
    }

    Path directory() {
        return directory;
    }

    @Override
    public void close() throws IOException {
        lock.close();
        DataDirectory.delete(directory);
    }
}
