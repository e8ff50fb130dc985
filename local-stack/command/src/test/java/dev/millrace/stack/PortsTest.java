package dev.millrace.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortsTest {
    private static final String ALL =
            "kafka=1001\nkafka.controller=1002\nregistry=1003\npostgres=1004\nflink=1005\nflink.rpc=1006\n";

    @TempDir
    private Path directory;

    @Test
    void readsEveryPort() throws IOException {
        assertThat(read(ALL + "collector = 1007\n")).isEqualTo(new Ports(1001, 1002, 1003, 1004, 1005, 1006, 1007));
    }

    @Test
    void namesWhatIsMissing() {
        assertThatThrownBy(() -> read(ALL)).hasMessageContaining("must name exactly the ports collector, flink,");
    }

    @Test
    void refusesWhatIsNoPort() {
        assertThatThrownBy(() -> read(ALL + "collector=http\n"))
                .hasMessageContaining("collector must be a port number");
        assertThatThrownBy(() -> read(ALL + "collector=70000\n")).hasMessageContaining("from 1 to 65535");
    }

    private Ports read(String text) throws IOException {
        Path file = directory.resolve("ports.properties");
        Files.writeString(file, text);
        return Ports.read(file);
    }
}
