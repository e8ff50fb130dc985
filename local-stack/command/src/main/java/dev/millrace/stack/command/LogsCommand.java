package dev.millrace.stack.command;

import dev.millrace.stack.LocalStack;
import dev.millrace.stack.Stack;
import dev.millrace.stack.StackException;
import dev.millrace.stack.part.Part;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code stack logs}. */
@Command(name = "logs", description = "Show the end of one part's log, or of all.")
public final class LogsCommand implements Runnable {
    private static final long LOOK_EVERY_MILLIS = 300;
    private static final int TAIL_BYTES = 1 << 20;

    @ParentCommand
    private Stack stack;

    @Parameters(index = "0", arity = "0..1", paramLabel = "PART", description = "The part (default: all).")
    private String name;

    @Option(
            names = {"-f", "--follow"},
            description = "Go on with what is written from now on, until Ctrl-C.")
    private boolean follow;

    @Option(
            names = {"-n", "--lines"},
            paramLabel = "N",
            description = "How many lines of each (default: 40).")
    private int lines = 40;

    @Override
    public void run() {
        LocalStack localStack = stack.localStack();
        List<Part> parts = name == null ? localStack.parts() : List.of(localStack.part(name));
        PrintWriter out = stack.out();
        Map<Part, Long> shown = new HashMap<>();
        try {
            for (Part part : parts) {
                shown.put(part, tail(part, prefix(part), out));
            }
            while (follow) {
                out.flush();
                Thread.sleep(LOOK_EVERY_MILLIS);
                for (Part part : parts) {
                    shown.put(part, since(part, shown.get(part), prefix(part), out));
                }
            }
        } catch (IOException e) {
            throw new StackException("can't read a log: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String prefix(Part part) {
        return name == null ? String.format("%-14s| ", part.name()) : "";
    }

    private long tail(Part part, String prefix, PrintWriter out) throws IOException {
        if (!Files.exists(part.log())) {
            return 0;
        }
        try (RandomAccessFile file = new RandomAccessFile(part.log().toFile(), "r")) {
            long end = file.length();
            long begin = Math.max(0, end - TAIL_BYTES);
            List<String> read = read(file, begin, end);
            read.subList(Math.max(0, read.size() - lines), read.size()).forEach(line -> out.println(prefix + line));
            return end;
        }
    }

    /** Whole lines since a position; from the beginning where the file was begun anew. */
    private static long since(Part part, long position, String prefix, PrintWriter out) throws IOException {
        if (!Files.exists(part.log())) {
            return 0;
        }
        try (RandomAccessFile file = new RandomAccessFile(part.log().toFile(), "r")) {
            long end = file.length();
            long begin = end < position ? 0 : position;
            if (end == begin) {
                return begin;
            }
            long whole = lastNewline(file, begin, end);
            read(file, begin, whole).forEach(line -> out.println(prefix + line));
            return whole;
        }
    }

    private static long lastNewline(RandomAccessFile file, long begin, long end) throws IOException {
        for (long position = end; position > begin; position--) {
            file.seek(position - 1);
            if (file.read() == '\n') {
                return position;
            }
        }
        return begin;
    }

    private static List<String> read(RandomAccessFile file, long begin, long end) throws IOException {
        byte[] bytes = new byte[Math.toIntExact(end - begin)];
        file.seek(begin);
        file.readFully(bytes);
        return new ArrayList<>(new String(bytes, StandardCharsets.UTF_8).lines().toList());
    }
}
