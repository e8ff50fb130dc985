package dev.millrace.stack.part;

import dev.millrace.stack.Artefacts;
import dev.millrace.stack.DataDirectory;
import dev.millrace.stack.Ports;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The Segment HTTP API in front of the raw topic. */
public final class Collector implements Program {
    private final Artefacts artefacts;
    private final DataDirectory data;
    private final Ports ports;
    private final List<String> writeKeys;
    private final Http http = new Http();

    /** @param writeKeys each {@code KEY=SOURCE} */
    public Collector(Artefacts artefacts, DataDirectory data, Ports ports, List<String> writeKeys) {
        this.artefacts = artefacts;
        this.data = data;
        this.ports = ports;
        this.writeKeys = writeKeys;
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
        copyOwnJars();
        DataDirectory.writePrivately(writeKeysFile(), String.join("\n", writeKeys) + "\n");
    }

    /** A build replaces the jars of the checkout, which would pull the classes from under a collector that runs. */
    private void copyOwnJars() throws IOException {
        Files.createDirectories(ownJars());
        for (Path jar : artefacts.collectorClassPath()) {
            if (artefacts.isBuilt(jar)) {
                Files.copy(jar, ownJars().resolve(jar.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private Stream<Path> classPath() {
        return artefacts.collectorClassPath().stream()
                .map(jar -> artefacts.isBuilt(jar) ? ownJars().resolve(jar.getFileName()) : jar);
    }

    private Path ownJars() {
        return data.lib(name());
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
                classPath().map(Path::toString).collect(Collectors.joining(File.pathSeparator)),
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
