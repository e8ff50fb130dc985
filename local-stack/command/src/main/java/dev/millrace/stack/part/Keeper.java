package dev.millrace.stack.part;

import dev.millrace.stack.Artefacts;
import dev.millrace.stack.DataDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Drops what the serving store need not keep: {@code millrace-setup retention}, again and again. */
public final class Keeper implements Program {
    private static final String EVERY = "10m";

    private final DataDirectory data;
    private final OwnJars jars;

    public Keeper(Artefacts artefacts, DataDirectory data) {
        this.data = data;
        this.jars = new OwnJars(artefacts, data.lib(name()));
    }

    @Override
    public String name() {
        return "keeper";
    }

    @Override
    public String address() {
        return "looks every " + EVERY;
    }

    @Override
    public Map<String, Integer> ports() {
        return Map.of();
    }

    @Override
    public void prepare() throws IOException {
        Jvm.prepareLogging(data);
        jars.copy();
    }

    @Override
    public List<String> command() {
        List<String> command =
                Jvm.command(data, name(), List.of("-Xmx48m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError"));
        command.addAll(List.of(
                "-cp",
                jars.classPath(),
                "dev.millrace.setup.Setup",
                "retention",
                "--config",
                data.config().toString(),
                "--every",
                EVERY));
        return command;
    }

    @Override
    public Map<String, String> environment() {
        return Map.of("MILLRACE_STORE_PASSWORD", data.password());
    }

    /** It has no port to ask; once it has read its configuration it says what it keeps. */
    @Override
    public boolean ready() {
        try {
            Path log = data.logs().resolve(name() + ".log");
            return Files.exists(log) && Files.readString(log).contains(" keeps ");
        } catch (IOException e) {
            return false;
        }
    }
}
