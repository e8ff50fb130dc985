package dev.millrace.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.millrace.runtime.config.ConfigFile;
import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.runtime.config.MillraceConfig.RegistryOptions;
import dev.millrace.runtime.config.MillraceConfig.StoreOptions;
import dev.millrace.runtime.kafka.RecordLimits;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class SetupTest {
    private static final String YAML =
            """
            kafka: {bootstrap_servers: "127.0.0.1:%d"}
            registry: {url: "http://127.0.0.1:1/apis/ccompat/v7"}
            topics:
              raw: [{name: clicks, format: avro}, {name: segment, format: json}]
              partitions: 6
              replication_factor: 3
            store: {url: "jdbc:postgresql://127.0.0.1:%d/millrace?password=hunter2", user: m, password: hunter2}
            """;

    @TempDir
    private Path directory;

    @Test
    void everyTopicOfTheConfigurationIsExpectedAndRejectedHasOnePartition() throws IOException {
        assertThat(Topics.expected(config(1).topics()))
                .extracting(NewTopic::name, NewTopic::numPartitions, NewTopic::replicationFactor)
                .containsExactly(
                        tuple("clicks", 6, (short) 3),
                        tuple("segment", 6, (short) 3),
                        tuple("millrace.stitched", 6, (short) 3),
                        tuple("millrace.identity-loop", 6, (short) 3),
                        tuple("millrace.rejected", 1, (short) 3));
        assertThat(Topics.expected(config(1).topics()).get(0).configs())
                .isEqualTo(Map.of("message.timestamp.type", "LogAppendTime", "cleanup.policy", "delete"));
    }

    @Test
    void theLoopTakesWhatItsSinkSendsAndKeepsItUntilNoSavepointNeedsIt() throws IOException {
        Map<String, Map<String, String>> configs = Topics.expected(config(1).topics()).stream()
                .collect(Collectors.toMap(NewTopic::name, NewTopic::configs));
        assertThat(configs.get("millrace.identity-loop"))
                .isEqualTo(Map.of(
                        "message.timestamp.type",
                        "LogAppendTime",
                        "cleanup.policy",
                        "delete",
                        "max.message.bytes",
                        String.valueOf(RecordLimits.MAX_RECORD_BYTES),
                        "retention.ms",
                        String.valueOf(Duration.ofDays(7).toMillis()),
                        "retention.bytes",
                        "-1"));
        for (String topic : List.of("millrace.stitched", "millrace.rejected")) {
            assertThat(configs.get(topic))
                    .isEqualTo(Map.of(
                            "message.timestamp.type",
                            "LogAppendTime",
                            "cleanup.policy",
                            "delete",
                            "max.message.bytes",
                            String.valueOf(RecordLimits.MAX_RECORD_BYTES)));
        }
    }

    @Test
    void aTopicThatDiffersIsDescribedAndOneThatDoesNotIsNot() throws IOException {
        NewTopic expected = Topics.expected(config(1).topics()).get(0);
        assertThat(Topics.differences(expected, 6, 3, expected.configs())).isEmpty();
        assertThat(Topics.differences(
                        expected, 1, 1, Map.of("message.timestamp.type", "CreateTime", "cleanup.policy", "delete")))
                .isEqualTo(", and left as it is, with 1 partition instead of 6, replication factor 1 instead of 3,"
                        + " message.timestamp.type=CreateTime instead of LogAppendTime");
    }

    @Test
    void aJsonTopicHasNoSchema() throws IOException {
        Map<String, Schema> contracts = Schemas.contracts(config(1).topics());
        assertThat(contracts.keySet())
                .containsExactly("clicks", "millrace.stitched", "millrace.identity-loop", "millrace.rejected");
        assertThat(contracts.values())
                .extracting(Schema::getName)
                .containsExactly("CustomerEvent", "StitchedRecord", "IdentityMessage", "RejectedRecord");
    }

    @Test
    void anAbsentRegistryIsNamed() throws IOException {
        RegistryOptions absent = new RegistryOptions("http://127.0.0.1:" + closedPort(), null, null);
        assertThatThrownBy(() -> Schemas.register(absent, config(1).topics(), line -> {}))
                .isInstanceOf(SetupException.class)
                .hasMessageContaining("can't reach the schema registry " + absent.url())
                .hasMessageEndingWith("is it running, and is registry.url right?");
    }

    @Test
    void anAbsentStoreIsNamedWithoutThePassword() throws IOException {
        int port = closedPort();
        StoreOptions store = config(port).requireStore();
        List<String> progress = new ArrayList<>();
        assertThatThrownBy(() -> Store.migrate(store, progress::add))
                .isInstanceOf(SetupException.class)
                .hasMessageStartingWith("can't connect to jdbc:postgresql://127.0.0.1:" + port
                        + "/millrace as m: is PostgreSQL up, and is store.url right?")
                .hasMessageNotContaining("hunter2");
        assertThat(progress).isEmpty();
    }

    @Test
    void aRefusedPasswordAndAnAbsentDatabaseAreToldApart() {
        assertThat(Store.advice(new SQLException("x", "28P01"))).contains("store.password");
        assertThat(Store.advice(new SQLException("x", "3D000"))).contains("no such database");
    }

    @Test
    void anAbsentKafkaIsNamedAndTheCommandFails() throws IOException {
        int port = closedPort();
        Outcome outcome = run("topics", "--config", file(port).toString());
        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.errors()).startsWith("millrace-setup: can't reach Kafka at 127.0.0.1:" + port);
    }

    @Test
    void unusableArgumentsAndConfigurationExitWithTwo() throws IOException {
        assertThat(run().exitCode()).isEqualTo(2);
        Outcome part = run("tables", "--config", file(1).toString());
        assertThat(part.exitCode()).isEqualTo(2);
        assertThat(part.errors()).contains("'tables' is none of all, topics, schemas, store");
        Path absent = directory.resolve("absent.yaml");
        Outcome config = run("--config", absent.toString());
        assertThat(config.exitCode()).isEqualTo(2);
        assertThat(config.errors()).contains("can't read the configuration " + absent);
    }

    @Test
    void retentionNamesAnAbsentStoreAndAPauseThatIsNone() throws IOException {
        int port = closedPort();
        Outcome absent = run("retention", "--config", file(port).toString());
        assertThat(absent.exitCode()).isEqualTo(1);
        assertThat(absent.errors())
                .startsWith("millrace-setup: can't connect to jdbc:postgresql://127.0.0.1:" + port + "/millrace as m")
                .doesNotContain("hunter2");
        Outcome pause = run("retention", "--config", file(port).toString(), "--every", "0s");
        assertThat(pause.exitCode()).isEqualTo(2);
        assertThat(pause.errors()).contains("'0s' is no pause; use 10m or 1h");
        Outcome config = run("retention");
        assertThat(config.exitCode()).isEqualTo(2);
        assertThat(config.errors()).contains("--config");
    }

    @Test
    void retentionIsWhatTheConfigurationSays() throws IOException {
        Path file = Files.writeString(
                directory.resolve("millrace.yaml"),
                YAML.formatted(1, 1)
                        + """
                        measure:
                          retention: {metrics: 30d, sessions: 2d, journeys: 36h}
                          journeys: {events: 20}
                        """);
        assertThat(Retention.Limits.of(ConfigFile.load(file).measure()))
                .isEqualTo(new Retention.Limits(Duration.ofDays(30), Duration.ofDays(2), Duration.ofHours(36), 20));
    }

    private record Outcome(int exitCode, String errors) {}

    private static Outcome run(String... arguments) {
        StringWriter errors = new StringWriter();
        CommandLine command = Setup.commandLine().setErr(new PrintWriter(errors, true));
        return new Outcome(command.execute(arguments), errors.toString());
    }

    private MillraceConfig config(int port) throws IOException {
        return ConfigFile.load(file(port));
    }

    private Path file(int port) throws IOException {
        return Files.writeString(directory.resolve("millrace.yaml"), YAML.formatted(port, port));
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
