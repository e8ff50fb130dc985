package dev.millrace.stack.flink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.stack.DataDirectory;
import dev.millrace.stack.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlinkConfigurationTest {
    @TempDir
    private Path directory;

    @Test
    void putsThisMachinesAddressesOverTheClustersDefaults() throws IOException {
        Path defaults = directory.resolve("defaults.yaml");
        Files.writeString(
                defaults,
                """
                rest.port: 8081
                execution:
                  checkpointing:
                    num-retained: 3
                """);
        Ports ports = new Ports(1, 2, 3, 4, 5, 6, 7);

        String text = new FlinkConfiguration(defaults, new DataDirectory(directory), ports, 6, Map.of()).text();

        assertThat(text)
                .contains("execution.checkpointing.num-retained: 3\n")
                .contains("rest.port: \"5\"\n")
                .contains("jobmanager.rpc.port: \"6\"\n")
                .contains("taskmanager.numberOfTaskSlots: \"6\"\n")
                .doesNotContain("8081");
    }

    @Test
    void putsWhatAStackIsTunedWithOverAllElse() throws IOException {
        Path defaults = directory.resolve("defaults.yaml");
        Files.writeString(defaults, "taskmanager.memory.process.size: 2048m\n");

        String text = new FlinkConfiguration(
                        defaults,
                        new DataDirectory(directory),
                        new Ports(1, 2, 3, 4, 5, 6, 7),
                        6,
                        Map.of("taskmanager.memory.process.size", "9g", "heartbeat.timeout", "50 s"))
                .text();

        assertThat(text)
                .contains("taskmanager.memory.process.size: \"9g\"\n")
                .contains("heartbeat.timeout: \"50 s\"\n");
    }
}
