package dev.millrace.stack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.millrace.stack.flink.FlinkPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The configuration that a stack's jobs and commands share: what can be tuned, with the stack's own addresses. */
final class StackConfiguration {
    private static final YAMLMapper YAML = new YAMLMapper();

    private StackConfiguration() {}

    /**
     * The file's text.
     *
     * @param template the tunable part; what it says of addresses and places is replaced
     */
    static String text(Path template, DataDirectory data, Ports ports) {
        try {
            JsonNode tree = YAML.readTree(Files.readString(template));
            ObjectNode merged;
            if (tree instanceof ObjectNode object) {
                merged = object;
            } else if (tree.isMissingNode() || tree.isNull()) {
                merged = YAML.createObjectNode();
            } else {
                throw new StackException(template + " must be a YAML mapping");
            }
            section(merged, "kafka", template).put("bootstrap_servers", "127.0.0.1:" + ports.kafka());
            section(merged, "registry", template)
                    .put("url", "http://127.0.0.1:" + ports.registry() + "/apis/ccompat/v7");
            section(merged, "flink", template).put("checkpoint_dir", FlinkPath.of(data.checkpoints()));
            section(merged, "mirror", template).put("root", FlinkPath.of(data.cold()));
            section(merged, "store", template)
                    .put("url", "jdbc:postgresql://127.0.0.1:" + ports.postgres() + "/millrace")
                    .put("user", "millrace")
                    .put("password", "${MILLRACE_STORE_PASSWORD}");
            return "# Written by 'stack up' and 'stack submit' from " + template + "; change that one.\n"
                    + YAML.writeValueAsString(merged);
        } catch (IOException e) {
            throw new StackException("can't read " + template + ": " + e.getMessage(), e);
        }
    }

    private static ObjectNode section(ObjectNode tree, String key, Path template) {
        JsonNode section = tree.get(key);
        if (section == null || section.isNull()) {
            return tree.putObject(key);
        }
        if (section instanceof ObjectNode object) {
            return object;
        }
        throw new StackException(template + ": '" + key + "' must be a mapping");
    }
}
