package dev.millrace.stack.part;

import dev.millrace.stack.Await;
import dev.millrace.stack.DataDirectory;
import dev.millrace.stack.StackException;
import dev.millrace.stack.process.PidFile;
import dev.millrace.stack.process.PortOwner;
import dev.millrace.stack.process.Processes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** One part of the stack: a program, and the process that it is while it runs, whoever started that. */
public final class Part {
    private static final Duration READY_AT_MOST = Duration.ofSeconds(90);
    private static final Duration PORT_FREE_AT_MOST = Duration.ofSeconds(2);
    private static final Duration SAY_WAITING_AFTER = Duration.ofSeconds(3);
    private static final Duration STOP_AT_MOST = Duration.ofSeconds(60);
    private static final Duration KILLED_AT_MOST = Duration.ofSeconds(10);
    private static final int LAST_WORDS = 3;

    private final Program program;
    private final DataDirectory data;
    private final PidFile pidFile;
    /** Only where this object started it; it alone tells the exit code. */
    private volatile Process child;

    public Part(Program program, DataDirectory data) {
        this.program = program;
        this.data = data;
        this.pidFile = new PidFile(data.run().resolve(program.name() + ".pid"));
    }

    /** How a part is. */
    public enum State {
        /** No process. */
        DOWN,
        /** A process that does not serve yet, or no longer. */
        STARTING,
        READY,
        /** The process ended without being told to by the stack. */
        DIED
    }

    public String name() {
        return program.name();
    }

    public String address() {
        return program.address();
    }

    /** Where it writes what happens. */
    public Path log() {
        return data.logs().resolve(name() + ".log");
    }

    /** Its process, if it runs. */
    public Optional<ProcessHandle> process() {
        return pidFile.process();
    }

    public boolean running() {
        return process().isPresent();
    }

    public State state() {
        if (running()) {
            return program.ready() ? State.READY : State.STARTING;
        }
        return died() ? State.DIED : State.DOWN;
    }

    /** Whether its process ended without being told to by the stack. */
    public boolean died() {
        return pidFile.read()
                .filter(entry -> !entry.stopping() && entry.process().isEmpty())
                .isPresent();
    }

    /** Its exit code in words, as far as it is known. */
    public String exit() {
        Process last = child;
        if (last == null || last.isAlive()) {
            return "exit code unknown";
        }
        int code = last.exitValue();
        return code > 128 ? "ended by signal " + (code - 128) : "exit code " + code;
    }

    /** Refuses with a sentence where one of its ports is taken by somebody else. */
    public void requireFreePorts() {
        for (Map.Entry<String, Integer> port : program.ports().entrySet()) {
            // A connection that is just ending may hold it for a moment.
            if (!Await.until(PORT_FREE_AT_MOST, () -> PortOwner.isFree(port.getValue()))) {
                throw new StackException("port " + port.getValue() + " (" + port.getKey() + ") is taken by "
                        + PortOwner.describe(port.getValue()).orElse("a process that this user can't see")
                        + "; stop that, or change '" + port.getKey() + "' in local-stack/ports.properties");
            }
        }
    }

    /** Starts it unless it runs, and returns once it is ready. */
    public void start() {
        launch();
        awaitReady();
    }

    /** Starts it unless it runs, without waiting until it is ready. */
    public void launch() {
        if (running()) {
            return;
        }
        requireFreePorts();
        try {
            Path scratch = data.scratch(name());
            DataDirectory.delete(scratch);
            Files.createDirectories(scratch);
            program.prepare();
            Process started = Processes.detached(program.command(), program.environment(), data.root(), log());
            pidFile.write(started.toHandle());
            child = started;
        } catch (IOException e) {
            throw new StackException("can't prepare " + name() + ": " + e, e);
        }
    }

    /** Returns once it is ready; throws where it ends before, or takes too long. */
    public void awaitReady() {
        boolean ready = Await.until(READY_AT_MOST, () -> {
            if (!running()) {
                throw new StackException(name() + " ended while it started (" + exit() + "): " + lastWords()
                        + " The whole of it is in " + log());
            }
            return program.ready();
        });
        if (!ready) {
            throw new StackException(name() + " runs, but is not ready after " + READY_AT_MOST.toSeconds()
                    + " s; it may say why in " + log());
        }
    }

    /** Ends it in order and returns once it is gone. */
    public void stop(Consumer<String> progress) {
        Optional<ProcessHandle> running = process();
        if (running.isPresent()) {
            ProcessHandle process = running.get();
            pidFile.markStopping();
            Processes.signal(process, program.stopSignal());
            if (!gone(process, SAY_WAITING_AFTER)) {
                progress.accept("waiting for " + name() + " (process " + process.pid() + ") to end, at most "
                        + STOP_AT_MOST.toSeconds() + " s");
                if (!gone(process, STOP_AT_MOST)) {
                    progress.accept(name() + " did not end in " + STOP_AT_MOST.toSeconds()
                            + " s and is killed; it picks up from its files at the next start");
                    destroy(process);
                }
            }
        }
        pidFile.delete();
    }

    /** Ends it at once, as a crash would (SIGKILL), and returns once it is gone with its children. */
    public void kill() {
        process().ifPresent(this::destroy);
    }

    /** Freezes it with its children (SIGSTOP), until {@link #resume}: it keeps its connections, and answers nobody. */
    public void pause() {
        process().ifPresent(process -> tree(process).forEach(each -> Processes.signal(each, "STOP")));
    }

    /** Lets a paused one go on (SIGCONT). */
    public void resume() {
        process().ifPresent(process -> tree(process).forEach(each -> Processes.signal(each, "CONT")));
    }

    /** A process, then its descendants. */
    private static List<ProcessHandle> tree(ProcessHandle process) {
        try (Stream<ProcessHandle> descendants = process.descendants()) {
            return Stream.concat(Stream.of(process), descendants).toList();
        }
    }

    private void destroy(ProcessHandle process) {
        List<ProcessHandle> tree = tree(process);
        process.destroyForcibly();
        for (ProcessHandle each : tree) {
            if (!gone(each, KILLED_AT_MOST)) {
                throw new StackException(name() + ": process " + each.pid() + " is still there "
                        + KILLED_AT_MOST.toSeconds() + " s after it was killed");
            }
        }
    }

    private static boolean gone(ProcessHandle process, Duration atMost) {
        return Await.until(atMost, () -> !Processes.isAlive(process));
    }

    /** The last lines of its log, as one. */
    private String lastWords() {
        try {
            List<String> lines = new String(Files.readAllBytes(log()), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank())
                    .toList();
            return String.join(" / ", lines.subList(Math.max(0, lines.size() - LAST_WORDS), lines.size())) + ".";
        } catch (IOException e) {
            return "(no log: " + e + ").";
        }
    }
}
