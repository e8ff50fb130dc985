package dev.millrace.stack.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;

/** A Java program in a process of its own, with a heap of its own, which tells its progress on standard error. */
public final class JavaProgram {
    private JavaProgram() {}

    /**
     * How a program ended.
     *
     * @param last line of its standard error, if there was any
     */
    public record Ending(int exit, Optional<String> last) {}

    /**
     * A command line: this process's own Java, with little beside the heap.
     *
     * @param heap as in {@code -Xmx256m}
     * @param options of the JVM, the class path among them
     */
    public static List<String> command(String heap, List<String> options, Class<?> main, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(Processes.java(), heap, "-XX:+UseSerialGC"));
        command.addAll(options);
        command.add(main.getName());
        command.addAll(arguments);
        return command;
    }

    /**
     * Returns once a program has ended; whoever started it reads its standard output.
     *
     * @param progress told each line of its standard error, by a thread of its own: a wait for a line is not to be interrupted
     */
    public static Ending await(Process program, Consumer<String> progress) throws IOException, InterruptedException {
        FutureTask<Optional<String>> reading = new FutureTask<>(() -> read(program, progress));
        Thread reader = new Thread(reading, "standard error of " + program.pid());
        reader.setDaemon(true);
        reader.start();
        int exit = program.waitFor();
        try {
            return new Ending(exit, reading.get());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException broken) {
                throw broken;
            }
            throw new IllegalStateException("what a program says could not be passed on", e.getCause());
        }
    }

    private static Optional<String> read(Process program, Consumer<String> progress) throws IOException {
        Optional<String> last = Optional.empty();
        try (BufferedReader lines = program.errorReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                last = Optional.of(line);
                progress.accept(line);
            }
        }
        return last;
    }
}
