package dev.millrace.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WriteKeysTest {
    @TempDir
    private Path directory;

    @Test
    void aFileGivesEachKeyItsSource() throws Exception {
        WriteKeys keys = WriteKeys.load(file("# clients\nk1=web\nk2 = ios\nk3=web\n"));
        assertThat(keys.source("k2")).isEqualTo("ios");
        assertThat(keys.sources()).containsExactly("ios", "web");
        assertThatThrownBy(() -> keys.source("k4"))
                .isInstanceOf(RefusedException.class)
                .hasMessageNotContaining("k4");
    }

    @Test
    void aFileThatCantBeUsedIsRefusedWithoutTellingAKey() throws IOException {
        Path absent = directory.resolve("absent");
        assertThatThrownBy(() -> WriteKeys.load(absent)).hasMessageContaining("can't read the write keys " + absent);
        assertThatThrownBy(() -> WriteKeys.load(file(""))).hasMessageContaining("has no write keys");
        assertThatThrownBy(() -> WriteKeys.load(file("secret=\n")))
                .hasMessageContaining("each line must be write_key=source")
                .hasMessageNotContaining("secret");
    }

    @Test
    void aBodysOwnKeyGoesBeforeThatOfItsEventsWhateverTheOrder() {
        assertThat(ofBody("{\"batch\":[{\"a\":{\"writeKey\":1}},[],{\"writeKey\":\"e\"},{\"writeKey\":\"f\"}],"
                        + "\"writeKey\":\"b\"}"))
                .isEqualTo("b");
        assertThat(ofBody("{\"batch\":[{\"a\":{\"writeKey\":\"no\"}},[],{\"writeKey\":\"e\"},{\"writeKey\":\"f\"}]}"))
                .isEqualTo("e");
        assertThat(ofBody("{\"properties\":{\"writeKey\":\"no\"}}")).isEqualTo("none");
        assertThat(ofBody("{\"writeKey\":7}")).isEqualTo("none");
        assertThat(ofBody("[")).isEqualTo("none");
        assertThat(ofBody("")).isEqualTo("none");
    }

    private static String ofBody(String json) {
        return WriteKeys.ofBody(json.getBytes(StandardCharsets.UTF_8)).orElse("none");
    }

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("write-keys.properties"), text);
    }
}
