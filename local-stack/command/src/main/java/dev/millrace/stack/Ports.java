package dev.millrace.stack;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where the parts listen, all on loopback.
 *
 * @param kafka the broker
 * @param kafkaController the broker's controller, which only it talks to
 * @param registry the schema registry
 * @param postgres the serving store
 * @param flink REST and web page of the JobManager
 * @param flinkRpc where TaskManagers register at the JobManager
 * @param collector the HTTP API
 */
public record Ports(
        int kafka, int kafkaController, int registry, int postgres, int flink, int flinkRpc, int collector) {
    private static final Set<String> KEYS = new TreeSet<>(
            List.of("kafka", "kafka.controller", "registry", "postgres", "flink", "flink.rpc", "collector"));

    /** The ports that a properties file names; every key must be there, and no other. */
    public static Ports read(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException e) {
            throw new StackException("can't read the ports from " + file + ": " + e, e);
        }
        if (!properties.stringPropertyNames().equals(KEYS)) {
            throw new StackException(file + " must name exactly the ports " + String.join(", ", KEYS) + ", but names "
                    + String.join(", ", new TreeSet<>(properties.stringPropertyNames())));
        }
        return new Ports(
                port(file, properties, "kafka"),
                port(file, properties, "kafka.controller"),
                port(file, properties, "registry"),
                port(file, properties, "postgres"),
                port(file, properties, "flink"),
                port(file, properties, "flink.rpc"),
                port(file, properties, "collector"));
    }

    /** Ports that were free a moment ago, for a stack beside another one. */
    public static Ports free() {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < KEYS.size(); i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            List<Integer> free =
                    sockets.stream().map(ServerSocket::getLocalPort).toList();
            return new Ports(free.get(0), free.get(1), free.get(2), free.get(3), free.get(4), free.get(5), free.get(6));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            for (ServerSocket socket : sockets) {
                close(socket);
            }
        }
    }

    private static void close(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int port(Path file, Properties properties, String key) {
        String text = properties.getProperty(key).strip();
        try {
            int port = Integer.parseInt(text);
            if (port > 0 && port < 65_536) {
                return port;
            }
        } catch (NumberFormatException e) {
            throw new StackException(file + ": " + key + " must be a port number, but is '" + text + "'", e);
        }
        throw new StackException(file + ": " + key + " must be from 1 to 65535, but is " + text);
    }
}
