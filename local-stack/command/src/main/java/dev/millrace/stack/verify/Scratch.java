package dev.millrace.stack.verify;

import dev.millrace.stack.DataDirectory;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * A directory for one comparison, whose tables may be gigabytes. It is deleted with the comparison; what one has left that was
 * ended by a signal, the next one deletes: nobody holds its lock any more.
 */
final class Scratch implements AutoCloseable {
    private static final String PREFIX = "run-";
    private static final String LOCK = "lock";

    /** Of this process. */
    private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final FileChannel lock;

    private Scratch(Path directory, FileChannel lock) {
        this.directory = directory;
        this.lock = lock;
    }

    static Scratch in(Path parent) throws IOException {
        Files.createDirectories(parent);
        try (FileChannel channel = open(parent);
                FileLock oneAtATime = channel.lock()) {
            deleteLeftOvers(parent);
            Path directory = Files.createTempDirectory(parent, PREFIX);
            FileChannel lock = open(directory);
            lock.lock();
            OWN.add(directory);
            return new Scratch(directory, lock);
        }
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
            deleteIfNobodys(each);
        }
    }

    private static void deleteIfNobodys(Path directory) throws IOException {
        if (OWN.contains(directory)) {
            return; // To open its lock once more would give it up.
        }
        try (FileChannel channel = open(directory);
                FileLock lock = channel.tryLock()) {
            if (lock != null) {
                DataDirectory.delete(directory);
            }
        }
    }

    Path directory() {
        return directory;
    }

    @Override
    public void close() throws IOException {
        // Nobody else looks for what is left meanwhile.
        try (FileChannel channel = open(directory.getParent());
                FileLock oneAtATime = channel.lock();
                lock) {
            DataDirectory.delete(directory);
        } finally {
            OWN.remove(directory);
        }
    }
}
