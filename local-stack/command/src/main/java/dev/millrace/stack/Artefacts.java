package dev.millrace.stack;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What the build of a checkout made, as far as the stack runs it. */
public final class Artefacts {
    private final Path root;

    public Artefacts(Path root) {
        this.root = root;
    }

    /** What the broker runs with. */
    public String kafkaClassPath() {
        return text(root.resolve("local-stack/parts/kafka/target/classpath.txt"));
    }

    /** What JobManager and TaskManagers run with. */
    public String flinkClassPath() {
        return text(root.resolve("local-stack/parts/flink/target/classpath.txt"));
    }

    /** What collector and keeper run with. */
    public List<Path> programClassPath() {
        return Stream.of(text(root.resolve("local-stack/command/target/classpath.txt"))
                        .split(File.pathSeparator))
                .map(Path::of)
                .toList();
    }

    /** Whether a file is built in the checkout, and so is replaced by the next build. */
    public boolean isBuilt(Path file) {
        return file.startsWith(root);
    }

    /** The registry's runnable jar, beside its libraries. */
    public Path registryJar() {
        return only(root.resolve("local-stack/parts/registry/target/registry"), "*-runner.jar");
    }

    /** PostgreSQL's binaries, packed. */
    public Path postgresArchive() {
        return only(root.resolve("local-stack/parts/postgres/target/postgres"), "*.txz");
    }

    /** A job with all that it needs beside Flink. */
    public Path jar(Job job) {
        Path target = root.resolve(job.module()).resolve("target");
        return only(target, job.flinkName() + "-*.jar");
    }

    /** The jobs that the bench measures others against, with all that they need beside Flink. */
    public Path benchJar() {
        return only(root.resolve("local-stack/bench/target"), "millrace-bench-*.jar");
    }

    /** A file that is part of the checkout itself. */
    public Path checkedOut(String path) {
        return root.resolve(path);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new StackException(file + " is not built; local-stack/stack build makes it", e);
        }
    }

    private static Path only(Path directory, String pattern) {
        if (Files.isDirectory(directory)) {
            List<Path> found = new ArrayList<>();
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, pattern)) {
                files.forEach(found::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            if (found.size() == 1) {
                return found.get(0);
            }
            if (found.size() > 1) {
                throw new StackException(directory + " holds more than one " + pattern
                        + "; delete the directory, then local-stack/stack build makes it anew");
            }
        }
        throw new StackException(directory.resolve(pattern) + " is not built; local-stack/stack build makes it");
    }
}
