package dev.millrace.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.runtime.config.ConfigFile;
import dev.millrace.runtime.config.MillraceConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Configurations as the jobs read them. */
final class Configurations {
    static final String KEY = "a key for tests, and no other";
    private static final ObjectMapper JSON = new ObjectMapper();

    private Configurations() {}

    /**
     * Writes and reads one.
     *
     * @param measure the section of that name
     */
    static MillraceConfig of(Path directory, Path root, JsonNode measure, String storeUrl) {
        ObjectNode config = JSON.createObjectNode();
        config.putObject("kafka").put("bootstrap_servers", "127.0.0.1:1");
        config.putObject("registry").put("url", "http://127.0.0.1:1");
        config.putObject("mirror").put("root", "file://" + root);
        config.putObject("identity").put("hash_key", KEY);
        config.putObject("store").put("url", storeUrl).put("user", "postgres");
        config.set("measure", measure);
        try {
            Path file = Files.createTempFile(directory, "millrace-", ".yaml");
            Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(config));
            return ConfigFile.load(file, name -> null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
