package dev.millrace.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.millrace.core.event.Event;
import dev.millrace.core.event.SegmentJson;
import dev.millrace.runtime.config.MillraceConfig.KafkaOptions;
import dev.millrace.runtime.config.MillraceConfig.RegistryOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class KafkaEventSinkTest {
    @Test
    void withoutKafkaEventsAreRefusedAtOnceAndTheTroubleIsNamed() throws Exception {
        String absent = "127.0.0.1:" + closedPort();
        Event event = SegmentJson.read("{\"userId\":\"u1\"}", "track");
        try (KafkaEventSink sink = new KafkaEventSink(
                new KafkaOptions(absent, null), new RegistryOptions("http://127.0.0.1:1", null, null), "raw")) {
            assertThat(sink.trouble()).hasValue("not connected to Kafka at " + absent + " yet");
            sink.start();
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> sink.trouble().orElseThrow().equals("Kafka at " + absent + " does not answer"));

            CompletableFuture<Void> sent = sink.send(List.of(event));
            assertThat(sent).isCompletedExceptionally();
            ExecutionException failure = catchThrowableOfType(ExecutionException.class, sent::get);
            assertThat(failure.getCause())
                    .isInstanceOfSatisfying(RefusedException.class, refused -> assertThat(refused.status())
                            .isEqualTo(503));
        }
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
