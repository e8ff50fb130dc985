package dev.millrace.stack.part;

import dev.millrace.stack.Artefacts;
import dev.millrace.stack.DataDirectory;
import dev.millrace.stack.Ports;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The Segment HTTP API in front of the raw topic. */
public final class Collector implements Program {
    private final DataDirectory data;
    private final Ports ports;
    private final List<String> writeKeys;
    private final OwnJars jars;
    private final Http http = new Http();

    /** @param writeKeys each {@code KEY=SOURCE} */
    public Collector(Artefacts artefacts, DataDirectory data, Ports ports, List<String> writeKeys) {
        this.data = data;
        this.ports = ports;
        this.writeKeys = writeKeys;
        this.jars = new OwnJars(artefacts, data.lib(name()));
    }

    @Override
    public String name() {
        return "collector";
    }

    @Override
    public String address() {
        return "http://127.0.0.1:" + ports.collector();
    }

    @Override
    public Map<String, Integer> ports() {
        return Map.of("collector", ports.collector());
    }

    @Override
    public void prepare() throws IOException {
        Jvm.prepareLogging(data);
        jars.copy();
        DataDirectory.writePrivately(writeKeysFile(), String.join("\n", writeKeys) + "\n");
    }

    private Path writeKeysFile() {
        return data.conf().resolve("write-keys.properties");
    }

    @Override
    public List<String> command() {
        List<String> command = Jvm.command(
                data, name(), List.of("-Xms64m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError"));
        command.addAll(List.of(
                "-cp",
                jars.classPath(),
                "dev.millrace.collector.Collector",
                "--config",
                data.config().toString(),
                "--port",
                Integer.toString(ports.collector()),
                "--write-keys",
                writeKeysFile().toString()));
        return command;
    }

    /** The file refers to the store's password, though the collector does not use the store. */
    @Override
    public Map<String, String> environment() {
        return Map.of("MILLRACE_STORE_PASSWORD", data.password());
    }

    @Override
    public boolean ready() {
        return http.isOk(address() + "/health");
    }
}
