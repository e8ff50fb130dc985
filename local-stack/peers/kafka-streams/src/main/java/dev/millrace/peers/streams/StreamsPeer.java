package dev.millrace.peers.streams;

import com.sun.net.httpserver.HttpServer;
import dev.millrace.runtime.config.ConfigFile;
import dev.millrace.runtime.config.MillraceConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;

/**
 * Millrace's default counts and people as far as Kafka Streams is to show them: reads the raw topic, writes the topics
 * of {@link StreamsTopology}. At-least-once, two threads. Runs until it is ended; a record that is no
 * {@code CustomerEvent} ends it.
 *
 * <pre>
 * --config FILE     the configuration of all jobs
 * --state DIR       where its stores are
 * --in-memory       stores on the heap; their changelogs are in Kafka either way
 * --from-start      forget what an earlier run has committed, stored and written
 * --progress PORT   tell over HTTP on loopback how many raw records are read so far
 * </pre>
 */
public final class StreamsPeer {
    /** Application id: consumer group, and what the names of its own topics begin with. */
    public static final String NAME = "peer-kafka-streams";

    private static final int THREADS = 2;
    private static final long CACHE_BYTES = 256L << 20;

    private StreamsPeer() {}

    /** @param progress port; 0: none */
    private record Arguments(String config, Path state, boolean inMemory, boolean fromStart, int progress) {
        static Arguments of(String[] arguments) {
            String config = null;
            Path state = Path.of(System.getProperty("java.io.tmpdir"), "kafka-streams");
            boolean inMemory = false;
            boolean fromStart = false;
            int progress = 0;
            Deque<String> left = new ArrayDeque<>(List.of(arguments));
            while (!left.isEmpty()) {
                String name = left.removeFirst();
                switch (name) {
                    case "--config" -> config = left.removeFirst();
                    case "--state" -> state = Path.of(left.removeFirst());
                    case "--in-memory" -> inMemory = true;
                    case "--from-start" -> fromStart = true;
                    case "--progress" -> progress = Integer.parseInt(left.removeFirst());
                    default -> throw new IllegalArgumentException("unknown argument " + name);
                }
            }
            if (config == null) {
                throw new IllegalArgumentException("--config FILE is missing");
            }
            return new Arguments(config, state, inMemory, fromStart, progress);
        }
    }

    public static void main(String[] args) throws Exception {
        Arguments arguments = Arguments.of(args);
        MillraceConfig config = ConfigFile.load(Path.of(arguments.config()));
        prepareTopics(config, arguments.fromStart());
        LongAdder read = new LongAdder();
        Properties properties = properties(config, arguments);
        StreamsBuilder builder = new StreamsBuilder();
        StreamsTopology.define(
                builder,
                config.topics().produced(),
                new EventDeserializer(config.registry()),
                arguments.inMemory(),
                read);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        CountDownLatch end = new CountDownLatch(1);
        try (KafkaStreams running = new KafkaStreams(builder.build(properties), properties)) {
            running.setUncaughtExceptionHandler(cause -> {
                failure.set(cause);
                end.countDown();
                return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
            });
            Runtime.getRuntime().addShutdownHook(new Thread(running::close, "end of the peer"));
            if (arguments.fromStart()) {
                running.cleanUp();
            }
            running.start();
            if (arguments.progress() > 0) {
                tellProgress(arguments.progress(), read);
            }
            end.await();
        }
        failure.get().printStackTrace();
        System.exit(1);
    }

    private static Properties properties(MillraceConfig config, Arguments arguments) {
        Properties properties = new Properties();
        properties.putAll(config.kafka().properties());
        properties.putAll(Map.of(
                StreamsConfig.APPLICATION_ID_CONFIG,
                NAME,
                StreamsConfig.BOOTSTRAP_SERVERS_CONFIG,
                config.kafka().bootstrapServers(),
                StreamsConfig.STATE_DIR_CONFIG,
                arguments.state().toString(),
                StreamsConfig.NUM_STREAM_THREADS_CONFIG,
                THREADS,
                StreamsConfig.REPLICATION_FACTOR_CONFIG,
                config.topics().replicationFactor(),
                StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
                config.flink().checkpointInterval().toMillis(),
                // Shared by the threads: what is counted again before a commit is written once.
                StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG,
                CACHE_BYTES,
                StreamsConfig.TOPOLOGY_OPTIMIZATION_CONFIG,
                StreamsConfig.OPTIMIZE,
                StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG),
                "earliest",
                StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG),
                "lz4"));
        return properties;
    }

    private static void prepareTopics(MillraceConfig config, boolean fromStart) throws Exception {
        Properties properties = new Properties();
        properties.putAll(config.kafka().properties());
        properties.put(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, config.kafka().bootstrapServers());
        try (Admin admin = Admin.create(properties)) {
            if (fromStart) {
                List<String> ours = admin.listTopics().names().get().stream()
                        .filter(topic -> topic.startsWith(NAME + "-")
                                || topic.equals(StreamsTopology.EVENTS)
                                || topic.equals(StreamsTopology.PEOPLE))
                        .toList();
                admin.deleteTopics(ours).all().get();
                await(admin.deleteConsumerGroups(List.of(NAME)).all(), GroupIdNotFoundException.class);
            }
            // Tables: the last value of each key is kept, however long ago its window was.
            Map<String, String> table = Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);
            short replicas = (short) config.topics().replicationFactor();
            for (String name : List.of(StreamsTopology.EVENTS, StreamsTopology.PEOPLE)) {
                NewTopic topic = new NewTopic(name, config.topics().partitions(), replicas).configs(table);
                await(admin.createTopics(List.of(topic)).all(), TopicExistsException.class);
            }
        }
    }

    private static void await(KafkaFuture<Void> done, Class<? extends Exception> expected)
            throws InterruptedException, ExecutionException {
        try {
            done.get();
        } catch (ExecutionException e) {
            if (!expected.isInstance(e.getCause())) {
                throw e;
            }
        }
    }

    private static void tellProgress(int port, LongAdder read) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/", exchange -> {
            byte[] answer = Long.toString(read.sum()).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
    }
}
