package dev.millrace.stack;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Where a stack keeps everything that it writes; deleting the directory of a stopped stack deletes the stack. */
public record DataDirectory(Path root) {

    public Path logs() {
        return root.resolve("logs");
    }

    /** Who runs: a file a part. */
    public Path run() {
        return root.resolve("run");
    }

    /** Generated configuration of the parts. */
    public Path conf() {
        return root.resolve("conf");
    }

    /** Scratch space of one part, emptied whenever it starts. */
    public Path scratch(String part) {
        return root.resolve("tmp").resolve(part);
    }

    /** Copies of what a part runs, which a build would replace. */
    public Path lib(String part) {
        return root.resolve("lib").resolve(part);
    }

    public Path kafka() {
        return root.resolve("kafka");
    }

    public Path registry() {
        return root.resolve("registry");
    }

    public Path postgres() {
        return root.resolve("postgres");
    }

    /** A job adds its name. */
    public Path checkpoints() {
        return root.resolve("flink/checkpoints");
    }

    /** What {@code down} leaves for the next {@code up}. */
    public Path savepoints(Job job) {
        return root.resolve("flink/savepoints").resolve(job.flinkName());
    }

    /** Savepoints that somebody asked for: never taken up or deleted by the stack itself. */
    public Path keptSavepoints(Job job) {
        return root.resolve("flink/kept").resolve(job.flinkName());
    }

    /** Root of cold storage. */
    public Path cold() {
        return root.resolve("cold");
    }

    /** The configuration that jobs, collector and commands share. */
    public Path config() {
        return root.resolve("millrace.yaml");
    }

    public Path lock() {
        return root.resolve("stack.lock");
    }

    private Path passwordFile() {
        return root.resolve("store.password");
    }

    /** Makes the directory and the store's password, unless they are there. */
    public void create() throws IOException {
        Files.createDirectories(root);
        Files.createDirectories(logs());
        Files.createDirectories(run());
        Files.createDirectories(conf());
        if (!Files.exists(passwordFile())) {
            byte[] random = new byte[18];
            new SecureRandom().nextBytes(random);
            writePrivately(
                    passwordFile(), Base64.getUrlEncoder().withoutPadding().encodeToString(random));
        }
    }

    /** The store's password; refused where the stack was never up. */
    public String password() {
        try {
            return Files.readString(passwordFile()).strip();
        } catch (IOException e) {
            throw new StackException("no stack was ever up in " + root + "; local-stack/stack up starts one", e);
        }
    }

    /** Deletes all that a stack writes, and the directory unless there is something else in it. */
    public void wipe() throws IOException {
        for (String ours : List.of(
                "logs",
                "run",
                "conf",
                "lib",
                "tmp",
                "kafka",
                "kafka.new",
                "registry",
                "postgres",
                "postgres.new",
                "flink",
                "cold",
                "millrace.yaml",
                "store.password",
                "stack.lock")) {
            delete(root.resolve(ours));
        }
        try {
            Files.deleteIfExists(root);
        } catch (DirectoryNotEmptyException e) {
            throw new StackException(root + " holds something that is not the stack's; only the stack's is deleted", e);
        }
    }

    /** Writes a file that nobody else can read, completely or not at all. */
    public static void writePrivately(Path file, String text) throws IOException {
        Path draft = Files.createTempFile(
                file.getParent(),
                file.getFileName().toString(),
                ".new",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(draft, text);
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Deletes a file or a directory with all below it; links are deleted, not followed. */
    public static void delete(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> below = Files.walk(path)) {
            for (Path each : below.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        }
    }
}
