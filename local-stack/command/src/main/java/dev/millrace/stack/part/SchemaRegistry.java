package dev.millrace.stack.part;

import dev.millrace.stack.Artefacts;
import dev.millrace.stack.DataDirectory;
import dev.millrace.stack.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;

/** Apicurio Registry, which speaks Confluent's API, on a database file of its own. */
public final class SchemaRegistry implements Program {
    private final Artefacts artefacts;
    private final DataDirectory data;
    private final Ports ports;
    private final Http http = new Http();

    public SchemaRegistry(Artefacts artefacts, DataDirectory data, Ports ports) {
        this.artefacts = artefacts;
        this.data = data;
        this.ports = ports;
    }

    @Override
    public String name() {
        return "registry";
    }

    @Override
    public String address() {
        return root() + "/apis/ccompat/v7";
    }

    @Override
    public Map<String, Integer> ports() {
        return Map.of("registry", ports.registry());
    }

    @Override
    public void prepare() throws IOException {
        Files.createDirectories(data.registry());
    }

    @Override
    public List<String> command() {
        List<String> command = Jvm.command(
                data, name(), List.of("-Xms64m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("-jar", artefacts.registryJar().toString()));
        return command;
    }

    @Override
    public Map<String, String> environment() {
        return Map.of(
                "QUARKUS_HTTP_HOST",
                "127.0.0.1",
                "QUARKUS_HTTP_PORT",
                Integer.toString(ports.registry()),
                "APICURIO_DATASOURCE_URL",
                "jdbc:h2:file:" + data.registry().resolve("registry"));
    }

    @Override
    public boolean ready() {
        return http.isOk(root() + "/health/ready") && http.isOk(address() + "/subjects");
    }

    private String root() {
        return "http://127.0.0.1:" + ports.registry();
    }
}
