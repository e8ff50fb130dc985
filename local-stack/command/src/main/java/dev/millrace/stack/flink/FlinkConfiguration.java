package dev.millrace.stack.flink;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.millrace.stack.DataDirectory;
import dev.millrace.stack.Ports;
import dev.millrace.stack.StackException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The cluster's {@code config.yaml}: a cluster's defaults, with what differs on one machine. */
public final class FlinkConfiguration {
    private static final YAMLMapper YAML = new YAMLMapper();

    private final Path defaults;
    private final DataDirectory data;
    private final Ports ports;
    private final int slots;
    private final Map<String, String> tuning;

    /**
     * @param defaults the file that clusters use too
     * @param slots task slots of a TaskManager
     * @param tuning keys that win over all else
     */
    public FlinkConfiguration(Path defaults, DataDirectory data, Ports ports, int slots, Map<String, String> tuning) {
        this.defaults = defaults;
        this.data = data;
        this.ports = ports;
        this.slots = slots;
        this.tuning = Map.copyOf(tuning);
    }

    /** Writes the file into Flink's configuration directory. */
    public void write(Path directory) throws IOException {
        Files.createDirectories(directory);
        DataDirectory.writePrivately(directory.resolve("config.yaml"), text());
    }

    String text() {
        try {
            JsonNode tree = YAML.readTree(Files.readString(defaults));
            if (!(tree instanceof ObjectNode)) {
                throw new StackException(defaults + " must be a YAML mapping");
            }
            ObjectNode flat = YAML.createObjectNode();
            flatten("", (ObjectNode) tree, flat);
            local().forEach(flat::put);
            tuning.forEach(flat::put);
            return YAML.writeValueAsString(flat);
        } catch (IOException e) {
            throw new StackException("can't read Flink's configuration from " + defaults + ": " + e.getMessage(), e);
        }
    }

    private Map<String, String> local() {
        return Map.ofEntries(
                Map.entry("jobmanager.rpc.address", "127.0.0.1"),
                Map.entry("jobmanager.rpc.port", Integer.toString(ports.flinkRpc())),
                Map.entry("jobmanager.bind-host", "127.0.0.1"),
                Map.entry("taskmanager.host", "127.0.0.1"),
                Map.entry("taskmanager.bind-host", "127.0.0.1"),
                Map.entry("rest.address", "127.0.0.1"),
                Map.entry("rest.bind-address", "127.0.0.1"),
                Map.entry("rest.port", Integer.toString(ports.flink())),
                Map.entry("rest.bind-port", Integer.toString(ports.flink())),
                Map.entry("taskmanager.numberOfTaskSlots", Integer.toString(slots)),
                Map.entry("execution.checkpointing.dir", FlinkPath.of(data.checkpoints())),
                // All start at once; without this, a TaskManager that was early asks again after ten seconds.
                Map.entry("cluster.registration.error-delay", "500 ms"),
                // A process that was killed is missed after seconds.
                Map.entry("heartbeat.interval", "2 s"),
                Map.entry("heartbeat.timeout", "10 s"));
    }

    private static void flatten(String prefix, ObjectNode tree, ObjectNode flat) {
        for (Map.Entry<String, JsonNode> field : tree.properties()) {
            String key = prefix + field.getKey();
            if (field.getValue() instanceof ObjectNode below) {
                flatten(key + ".", below, flat);
            } else {
                flat.set(key, field.getValue());
            }
        }
    }
}
