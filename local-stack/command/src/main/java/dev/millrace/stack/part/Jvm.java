package dev.millrace.stack.part;

import dev.millrace.stack.DataDirectory;
import dev.millrace.stack.process.Processes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** How parts that run on Java are started: this process's own Java, and one logging setup for all. */
final class Jvm {
    private static final String LOGGING = "part-log4j2.properties";

    private Jvm() {}

    /** The start of a part's command line: java, options, log4j and scratch space. */
    static List<String> command(DataDirectory data, String part, List<String> options) {
        List<String> command = new ArrayList<>();
        command.add(Processes.java());
        command.addAll(options);
        command.add("-Dmillrace.part=" + part);
        command.add("-Djava.io.tmpdir=" + data.scratch(part));
        command.add("-Dlog4j2.configurationFile=" + data.conf().resolve(LOGGING));
        return command;
    }

    /** Writes the logging setup to where {@link #command} points. */
    static void prepareLogging(DataDirectory data) throws IOException {
        try (InputStream resource = Jvm.class.getResourceAsStream(LOGGING)) {
            Path draft = Files.createTempFile(data.conf(), LOGGING, ".new");
            Files.copy(resource, draft, StandardCopyOption.REPLACE_EXISTING);
            Files.move(
                    draft,
                    data.conf().resolve(LOGGING),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
