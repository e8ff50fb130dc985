package dev.millrace.stack.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.stack.Artefacts;
import dev.millrace.stack.DataDirectory;
import dev.millrace.stack.part.Keeper;
import dev.millrace.stack.part.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The keeper as a process, where there is no store: it says so, stays, and ends when it is told to. */
class KeeperITCase {
    @TempDir
    private Path directory;

    @Test
    void waitsForAStoreThatIsAwayAndEndsInOrder() throws IOException {
        DataDirectory data = new DataDirectory(directory.resolve("data"));
        data.create();
        Files.writeString(
                data.config(),
                """
                kafka: {bootstrap_servers: "127.0.0.1:1"}
                registry: {url: "http://127.0.0.1:1"}
                measure: {retention: {sessions: 36h}}
                store: {url: "jdbc:postgresql://127.0.0.1:1/millrace", user: m, password: "${MILLRACE_STORE_PASSWORD}"}
                """);
        Part keeper = new Part(
                new Keeper(new Artefacts(Path.of("../..").toAbsolutePath().normalize()), data), data);
        List<String> said = new ArrayList<>();

        keeper.start();
        try {
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(Files.readString(keeper.log()))
                    .contains("keeps 400d of metrics, 36h of sessions")
                    .contains("can't connect to jdbc:postgresql://127.0.0.1:1/millrace as m: is PostgreSQL up"));
            assertThat(keeper.state()).isEqualTo(Part.State.READY);
        } finally {
            keeper.stop(said::add);
        }
        assertThat(said).isEmpty();
        assertThat(keeper.state()).isEqualTo(Part.State.DOWN);
        assertThat(Files.readString(keeper.log())).doesNotContain("did not end").doesNotContain("Exception");
    }
}
