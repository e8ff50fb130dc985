package dev.millrace.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.runtime.config.ConfigFile;
import dev.millrace.runtime.config.MillraceConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StackConfigurationTest {
    private static final Ports PORTS = new Ports(1001, 1002, 1003, 1004, 1005, 1006, 1007);

    @TempDir
    private Path directory;

    @Test
    void keepsWhatIsTunedAndAddsTheAddresses() throws IOException {
        MillraceConfig config = written("flink: {checkpoint_interval: 3s}\nmeasure: {time_zone: Europe/Vienna}\n");

        assertThat(config.flink().checkpointInterval()).isEqualTo(Duration.ofSeconds(3));
        assertThat(config.flink().checkpointDir()).isEqualTo("file://" + directory + "/flink/checkpoints");
        assertThat(config.measure().timeZone()).isEqualTo("Europe/Vienna");
        assertThat(config.kafka().bootstrapServers()).isEqualTo("127.0.0.1:1001");
        assertThat(config.registry().url()).isEqualTo("http://127.0.0.1:1003/apis/ccompat/v7");
        assertThat(config.requireStore().url()).isEqualTo("jdbc:postgresql://127.0.0.1:1004/millrace");
        assertThat(config.requireStore().password()).isEqualTo("secret");
        assertThat(config.requireMirror().root()).isEqualTo("file://" + directory + "/cold");
    }

    @Test
    void takesATemplateThatTunesNothing() throws IOException {
        assertThat(written("# nothing\n").kafka().bootstrapServers()).isEqualTo("127.0.0.1:1001");
    }

    @Test
    void refusesASectionThatIsNoMapping() {
        assertThatThrownBy(() -> written("flink: fast\n"))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("'flink' must be a mapping");
    }

    private MillraceConfig written(String template) throws IOException {
        Path source = directory.resolve("template.yaml");
        Files.writeString(source, template);
        Path file = directory.resolve("millrace.yaml");
        Files.writeString(file, StackConfiguration.text(source, new DataDirectory(directory), PORTS));
        return ConfigFile.load(file, name -> name.equals("MILLRACE_STORE_PASSWORD") ? "secret" : null);
    }
}
