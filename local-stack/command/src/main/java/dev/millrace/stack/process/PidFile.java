package dev.millrace.stack.process;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Properties;

/**
 * The file that says which process a part is. It holds the process's start time beside its id, so that another process
 * that got the same id later is not taken for the part.
 */
public final class PidFile {
    /** Linux derives start times from a boot time that moves a little when the clock is corrected. */
    private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(3);

    private final Path file;

    public PidFile(Path file) {
        this.file = file;
    }

    /**
     * What the file says.
     *
     * @param started when the process started; null where the system did not tell
     * @param stopping whether somebody is ending it on purpose
     */
    public record Entry(long pid, Instant started, boolean stopping) {
        /** The process, if it is alive and the one that was meant. */
        public Optional<ProcessHandle> process() {
            return ProcessHandle.of(pid).filter(this::isMeant).filter(Processes::isAlive);
        }

        private boolean isMeant(ProcessHandle handle) {
            Optional<Instant> actual = handle.info().startInstant();
            return started == null
                    || actual.isEmpty()
                    || Duration.between(started, actual.get()).abs().compareTo(CLOCK_TOLERANCE) < 0;
        }
    }

    /** What the file says, if it is there. */
    public Optional<Entry> read() {
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(Files.readString(file)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String started = properties.getProperty("started");
        return Optional.of(new Entry(
                Long.parseLong(properties.getProperty("pid")),
                started == null ? null : Instant.parse(started),
                Boolean.parseBoolean(properties.getProperty("stopping"))));
    }

    /** The process that the file names, if it is alive. */
    public Optional<ProcessHandle> process() {
        return read().flatMap(Entry::process);
    }

    public void write(ProcessHandle process) {
        write(new Entry(process.pid(), process.info().startInstant().orElse(null), false));
    }

    /** Notes that the process ends on purpose. */
    public void markStopping() {
        read().ifPresent(entry -> write(new Entry(entry.pid(), entry.started(), true)));
    }

    public void delete() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(Entry entry) {
        String text = "pid=" + entry.pid() + "\n"
                + (entry.started() == null ? "" : "started=" + entry.started() + "\n")
                + (entry.stopping() ? "stopping=true\n" : "");
        Path draft = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.writeString(draft, text);
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
