package dev.millrace.stack.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

    /** Returns once a program has ended; whoever started it reads its standard output. */
    public static Ending await(Process program, Consumer<String> progress) throws IOException, InterruptedException {
        Optional<String> last = Optional.empty();
        try (BufferedReader lines = program.errorReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                last = Optional.of(line);
                progress.accept(line);
            }
        }
        return new Ending(program.waitFor(), last);
    }
}
