package dev.millrace.stack.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Which process listens on a port of this machine. */
public final class PortOwner {
    private static final String LISTENING = "0A";
    private static final int COMMAND_LENGTH = 120;
    private static final int CONNECT_MILLIS = 1_000;

    private PortOwner() {}

    /** Whether a server listens there on loopback: asked by a connection, which takes the port from nobody about to. */
    public static boolean answers(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), CONNECT_MILLIS);
            return true;
        } catch (IOException e) {
            // That is the answer.
            return false;
        }
    }

    /**
     * Whether a server could listen there on loopback. For that it is taken for a moment: not to be asked of a port that
     * somebody else is about to listen on.
     */
    public static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port));
            return true;
        } catch (IOException e) {
            // That is the answer.
            return false;
        }
    }

    /** The listener as {@code process 42 (java -jar shop.jar)}, if this user may know. */
    public static Optional<String> describe(int port) {
        return pid(port).map(pid -> "process " + pid + command(pid));
    }

    /** The listener's process id, from Linux's tables or by {@code lsof}. */
    static Optional<Long> pid(int port) {
        try {
            if (Files.exists(Path.of("/proc/net/tcp"))) {
                Set<String> sockets = new HashSet<>();
                for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
                    if (Files.exists(Path.of(table))) {
                        sockets.addAll(listeners(Files.readAllLines(Path.of(table)), port));
                    }
                }
                return holder(sockets);
            }
        } catch (IOException e) {
            // A system that hides its tables: lsof may still tell.
            return byLsof(port);
        }
        return byLsof(port);
    }

    /** Socket names of those who listen on a port, from lines of {@code /proc/net/tcp}. */
    static Set<String> listeners(List<String> table, int port) {
        Set<String> sockets = new HashSet<>();
        String suffix = String.format(":%04X", port);
        for (String line : table) {
            String[] columns = line.strip().split("\\s+");
            if (columns.length > 9 && columns[1].endsWith(suffix) && columns[3].equals(LISTENING)) {
                sockets.add("socket:[" + columns[9] + "]");
            }
        }
        return sockets;
    }

    private static Optional<Long> holder(Set<String> sockets) throws IOException {
        if (sockets.isEmpty()) {
            return Optional.empty();
        }
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                if (holds(process.resolve("fd"), sockets)) {
                    return Optional.of(Long.parseLong(process.getFileName().toString()));
                }
            }
        }
        return Optional.empty();
    }

    private static boolean holds(Path descriptors, Set<String> sockets) {
        try (DirectoryStream<Path> open = Files.newDirectoryStream(descriptors)) {
            for (Path descriptor : open) {
                if (sockets.contains(Files.readSymbolicLink(descriptor).toString())) {
                    return true;
                }
            }
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            // Somebody else's process, or one that just ended: not to be known.
            return false;
        }
        return false;
    }

    private static Optional<Long> byLsof(int port) {
        if (!Processes.onPath("lsof")) {
            return Optional.empty();
        }
        return Processes.run(List.of("lsof", "-nP", "-iTCP:" + port, "-sTCP:LISTEN", "-t"))
                .output()
                .lines()
                .filter(line -> line.matches("[0-9]+"))
                .findFirst()
                .map(Long::parseLong);
    }

    private static String command(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().commandLine())
                .map(line -> line.length() > COMMAND_LENGTH ? line.substring(0, COMMAND_LENGTH) + "…" : line)
                .map(line -> " (" + line + ")")
                .orElse("");
    }
}
