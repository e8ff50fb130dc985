package dev.millrace.stack.part;

import dev.millrace.stack.Artefacts;
import dev.millrace.stack.DataDirectory;
import dev.millrace.stack.Ports;
import dev.millrace.stack.StackException;
import dev.millrace.stack.process.PortOwner;
import dev.millrace.stack.process.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.common.Uuid;

/** One Kafka node, broker and controller in one (KRaft). */
public final class KafkaBroker implements Program {
    private final Artefacts artefacts;
    private final DataDirectory data;
    private final Ports ports;

    public KafkaBroker(Artefacts artefacts, DataDirectory data, Ports ports) {
        this.artefacts = artefacts;
        this.data = data;
        this.ports = ports;
    }

    @Override
    public String name() {
        return "kafka";
    }

    @Override
    public String address() {
        return "127.0.0.1:" + ports.kafka();
    }

    @Override
    public Map<String, Integer> ports() {
        return Map.of("kafka", ports.kafka(), "kafka.controller", ports.kafkaController());
    }

    @Override
    public void prepare() throws IOException {
        Jvm.prepareLogging(data);
        Files.writeString(serverProperties(), properties(data.kafka()));
        if (!Files.exists(data.kafka().resolve("meta.properties"))) {
            format();
        }
    }

    /** Formats beside the final place, so that an interrupted format leaves nothing half done. */
    private void format() throws IOException {
        Path draft = data.root().resolve("kafka.new");
        Path draftProperties = data.conf().resolve("kafka-format.properties");
        DataDirectory.delete(draft);
        Files.writeString(draftProperties, properties(draft));
        UUID random = UUID.randomUUID();
        Uuid clusterId = new Uuid(random.getMostSignificantBits(), random.getLeastSignificantBits());
        List<String> command =
                Jvm.command(data, name(), List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of(
                "-cp",
                artefacts.kafkaClassPath(),
                "kafka.tools.StorageTool",
                "format",
                // An id that starts with a dash would be taken for an option.
                "--cluster-id=" + clusterId,
                "-c",
                draftProperties.toString()));
        Processes.Outcome outcome = Processes.run(command);
        if (outcome.exit() != 0) {
            throw new StackException("Kafka's storage tool can't format " + data.kafka() + ": "
                    + outcome.output().strip());
        }
        Files.move(draft, data.kafka(), StandardCopyOption.ATOMIC_MOVE);
        Files.delete(draftProperties);
    }

    private Path serverProperties() {
        return data.conf().resolve("kafka.properties");
    }

    private String properties(Path directory) {
        return """
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@127.0.0.1:%2$d
                listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
                advertised.listeners=PLAINTEXT://127.0.0.1:%1$d
                controller.listener.names=CONTROLLER
                inter.broker.listener.name=PLAINTEXT
                listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
                log.dirs=%3$s
                auto.create.topics.enable=false
                group.initial.rebalance.delay.ms=0
                # One node holds everything there is.
                offsets.topic.replication.factor=1
                offsets.topic.num.partitions=1
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                transaction.state.log.num.partitions=1
                share.coordinator.state.topic.replication.factor=1
                share.coordinator.state.topic.min.isr=1
                share.coordinator.state.topic.num.partitions=1
                # A broker that was killed may register again only when its old session is over.
                broker.session.timeout.ms=3000
                broker.heartbeat.interval.ms=500
                """
                .formatted(ports.kafka(), ports.kafkaController(), directory);
    }

    @Override
    public List<String> command() {
        List<String> command = Jvm.command(
                data, name(), List.of("-Xms256m", "-Xmx512m", "-XX:+UseG1GC", "-XX:+ExitOnOutOfMemoryError"));
        command.addAll(List.of(
                "-cp",
                artefacts.kafkaClassPath(),
                "kafka.Kafka",
                serverProperties().toString()));
        return command;
    }

    @Override
    public boolean ready() {
        if (!PortOwner.answers(ports.kafka())) {
            return false;
        }
        Map<String, Object> client = Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, address(),
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 2_000,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 2_000);
        try (Admin admin = Admin.create(client)) {
            DescribeClusterResult cluster = admin.describeCluster();
            return !cluster.nodes().get(3, TimeUnit.SECONDS).isEmpty();
        } catch (ExecutionException | TimeoutException e) {
            // It listens, but does not answer yet.
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
