package dev.millrace.stack.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.stack.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class PortOwnerTest {
    @Test
    void findsTheListenersSocketInLinuxTable() {
        List<String> table = List.of(
                "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
                "   0: 0100007F:4A38 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0",
                "   1: 0100007F:4A38 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0",
                "   2: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4713 1 0");

        assertThat(PortOwner.listeners(table, 19_000)).containsExactly("socket:[4711]");
    }

    @Test
    void namesTheProcessThatListens() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            assertThat(PortOwner.isFree(socket.getLocalPort())).isFalse();
            assertThat(PortOwner.answers(socket.getLocalPort())).isTrue();
            assertThat(PortOwner.describe(socket.getLocalPort()).orElseThrow())
                    .startsWith("process " + ProcessHandle.current().pid());
        }
    }

    @Test
    void takesAPortThatNobodyListensOnForFree() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            port = socket.getLocalPort();
        }

        assertThat(PortOwner.isFree(port)).isTrue();
        assertThat(PortOwner.answers(port)).isFalse();
    }

    /** A part that starts must not find its port taken by those who wait for it. */
    @Test
    void whoAsksForAnAnswerNeverTakesThePort() throws Exception {
        int port = Ports.free().postgres(); // None that a client's end of the connection could be.
        AtomicBoolean over = new AtomicBoolean();
        Thread asking = new Thread(() -> {
            while (!over.get()) {
                PortOwner.answers(port);
            }
        });
        asking.start();
        try {
            for (int i = 0; i < 500; i++) {
                try (ServerSocket socket = new ServerSocket()) {
                    socket.setReuseAddress(true);
                    socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port));
                }
            }
        } finally {
            over.set(true);
            asking.join();
        }
    }
}
