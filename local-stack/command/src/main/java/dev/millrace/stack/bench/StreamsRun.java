package dev.millrace.stack.bench;

import dev.millrace.stack.Await;
import dev.millrace.stack.DataDirectory;
import dev.millrace.stack.Ports;
import dev.millrace.stack.StackException;
import dev.millrace.stack.part.TaskManager;
import dev.millrace.stack.process.Processes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One start of the Kafka Streams peer, in a process of its own, without any state. It tells itself how many raw records
 * it has read; what it still has to do then is left out, since what it writes waits for its next commit.
 */
final class StreamsRun implements AutoCloseable {
    /** Nearly all of its state is RocksDB's, beside the heap. */
    private static final String HEAP = "2g";

    private static final Duration ENDS_AT_MOST = Duration.ofSeconds(60);
    private static final Duration ANSWERS_AT_MOST = Duration.ofSeconds(10);
    private static final Duration SAY_EVERY = Duration.ofSeconds(10);
    private static final long LOOK_EVERY_MILLIS = 100;

    private final Conditions conditions;
    private final Contender contender;
    private final Path state;
    private final Process process;
    private final HttpRequest progress;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(ANSWERS_AT_MOST)
            .build();

    private StreamsRun(Conditions conditions, Contender contender, Path state, Process process, int port) {
        this.conditions = conditions;
        this.contender = contender;
        this.state = state;
        this.process = process;
        this.progress = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                .timeout(ANSWERS_AT_MOST)
                .build();
    }

    static StreamsRun start(Conditions conditions, Contender contender) {
        Run.clear(conditions);
        conditions.topics().forget(contender.jobName());
        BenchStack stack = conditions.stack();
        Path state = stack.data().scratch(contender.name());
        try {
            DataDirectory.delete(state);
            Files.createDirectories(state);
        } catch (IOException e) {
            throw new StackException("can't make " + state + ": " + e.getMessage(), e);
        }
        int port = Ports.free().collector();
        // Tuned as a TaskManager is.
        List<String> command = new ArrayList<>(List.of(Processes.java(), "-Xms" + HEAP, "-Xmx" + HEAP));
        command.addAll(TaskManager.collector());
        command.addAll(BenchStack.JVM);
        command.addAll(List.of(
                "-Djava.io.tmpdir=" + state,
                "-cp",
                contender.jar().toString(),
                contender.entryClass(),
                "--config",
                stack.config(contender).toString(),
                "--progress",
                Integer.toString(port)));
        Map<String, String> environment =
                Map.of("MILLRACE_STORE_PASSWORD", stack.data().password());
        Process process = Processes.detached(command, environment, stack.data().root(), log(stack));
        StreamsRun run = new StreamsRun(conditions, contender, state, process, port);
        stack.alsoEnd(process.toHandle());
        return run;
    }

    private static Path log(BenchStack stack) {
        return stack.data().logs().resolve("streams.log");
    }

    ProcessHandle process() {
        return process.toHandle();
    }

    /** Returns once it has read so many raw records. */
    ReadingCurve awaitDone(long total) {
        ReadingCurve curve = new ReadingCurve();
        long begun = System.nanoTime();
        long said = begun;
        while (System.nanoTime() - begun < conditions.atMost().toNanos()) {
            long read = read();
            long now = System.nanoTime();
            curve.add(now, read);
            if (read >= total) {
                return curve;
            }
            requireHealth();
            if (now - said > SAY_EVERY.toNanos()) {
                conditions
                        .progress()
                        .accept(String.format(Locale.ROOT, "%s has read %,d of %,d", contender.name(), read, total));
                said = now;
            }
            pause();
        }
        throw new StackException(
                contender.name() + " is not done after " + conditions.atMost().toMinutes() + " minutes");
    }

    /** 0 as long as it does not answer. */
    private long read() {
        try {
            return Long.parseLong(
                    client.send(progress, HttpResponse.BodyHandlers.ofString()).body());
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("interrupted", e);
        }
    }

    private void requireHealth() {
        if (!process.isAlive()) {
            throw new StackException(contender.name() + " ended by itself; its log is " + log(conditions.stack()));
        }
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK_EVERY_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("interrupted", e);
        }
    }

    /** What it keeps on disk. */
    long stateBytes() {
        try (Stream<Path> files = Files.walk(state)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(StreamsRun::sizeBytes)
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** RocksDB deletes files whenever it likes. */
    private static long sizeBytes(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return 0;
        }
    }

    @Override
    public void close() {
        process.destroy();
        if (!Await.until(ENDS_AT_MOST, () -> !process.isAlive())) {
            throw new StackException(contender.name() + " does not end");
        }
        try {
            DataDirectory.delete(state);
        } catch (IOException e) {
            throw new StackException("can't delete the state of " + contender.name() + ": " + e.getMessage(), e);
        }
    }
}
