package dev.millrace.stack;

import dev.millrace.stack.process.PortOwner;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Iterator;
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
    private static final int LOWEST_FREE = 20_000;
    private static final int HIGHEST_FREE = 32_000;
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

    /**
     * Ports that were free a moment ago, for a stack beside another one. None of those that systems hand out to clients:
     * one of them could be taken while a part of the stack is down.
     */
    public static Ports free() {
        Iterator<Integer> free = new SecureRandom()
                .ints(LOWEST_FREE, HIGHEST_FREE)
                .distinct()
                .filter(PortOwner::isFree)
                .limit(KEYS.size())
                .iterator();
        return new Ports(free.next(), free.next(), free.next(), free.next(), free.next(), free.next(), free.next());
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
