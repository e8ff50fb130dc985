package dev.millrace.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.segment.analytics.Analytics;
import com.segment.analytics.messages.AliasMessage;
import com.segment.analytics.messages.GroupMessage;
import com.segment.analytics.messages.IdentifyMessage;
import com.segment.analytics.messages.MessageBuilder;
import com.segment.analytics.messages.PageMessage;
import com.segment.analytics.messages.ScreenMessage;
import com.segment.analytics.messages.TrackMessage;
import dev.millrace.core.event.Event;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Segment's own Java library as the client: nobody here decides what it sends. */
class SegmentLibraryTest {
    private static final Instant HAPPENED = Instant.parse("2026-02-28T10:11:12.345Z");

    private final FakeSink sink = new FakeSink();
    private final CollectorServer server = new CollectorServer(
            "127.0.0.1", 0, sink, new WriteKeys(Map.of("library-key", "backend")), 1_000_000, Clock.systemUTC());

    @BeforeEach
    void start() throws IOException {
        server.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void everyCallArrivesWithAllItsFields() {
        long before = System.currentTimeMillis();
        send(
                TrackMessage.builder("Order Completed")
                        .userId("u1")
                        .anonymousId("a1")
                        .timestamp(Date.from(HAPPENED))
                        .messageId("m-track")
                        .properties(Map.of("revenue", 12.5))
                        .context(Map.of("ip", "192.0.2.7")),
                IdentifyMessage.builder().userId("u1").messageId("m-identify").traits(Map.of("plan", "pro")),
                PageMessage.builder("Home")
                        .anonymousId("a1")
                        .messageId("m-page")
                        .properties(Map.of("path", "/")),
                ScreenMessage.builder("Start").anonymousId("a2").messageId("m-screen"),
                GroupMessage.builder("g1").userId("u1").messageId("m-group").traits(Map.of("name", "Acme")),
                AliasMessage.builder("a1").userId("u1").messageId("m-alias"));

        assertThat(sink.events()).hasSize(6).allSatisfy(event -> {
            assertThat(event.source()).isEqualTo("backend");
            assertThat(event.receivedAtMillis()).isBetween(before, System.currentTimeMillis());
            assertThat(event.sentAtMillis()).isBetween(before, System.currentTimeMillis());
            assertThat(event.timestampMillis()).isNotNull();
        });

        Event track = event("m-track");
        assertThat(track.type()).isEqualTo("track");
        assertThat(track.name()).isEqualTo("Order Completed");
        assertThat(track.userId()).isEqualTo("u1");
        assertThat(track.anonymousId()).isEqualTo("a1");
        assertThat(track.timestampMillis()).isEqualTo(HAPPENED.toEpochMilli());
        assertThat(track.properties()).isEqualTo("{\"revenue\":12.5}");
        assertThat(track.context()).contains("\"ip\":\"192.0.2.7\"");

        Event identify = event("m-identify");
        assertThat(identify.type()).isEqualTo("identify");
        assertThat(identify.traits()).isEqualTo("{\"plan\":\"pro\"}");

        Event page = event("m-page");
        assertThat(page.type()).isEqualTo("page");
        assertThat(page.name()).isEqualTo("Home");
        assertThat(page.properties()).isEqualTo("{\"path\":\"/\"}");

        Event screen = event("m-screen");
        assertThat(screen.type()).isEqualTo("screen");
        assertThat(screen.name()).isEqualTo("Start");
        assertThat(screen.anonymousId()).isEqualTo("a2");

        Event group = event("m-group");
        assertThat(group.type()).isEqualTo("group");
        assertThat(group.groupId()).isEqualTo("g1");
        assertThat(group.traits()).isEqualTo("{\"name\":\"Acme\"}");

        Event alias = event("m-alias");
        assertThat(alias.type()).isEqualTo("alias");
        assertThat(alias.previousId()).isEqualTo("a1");
        assertThat(alias.userId()).isEqualTo("u1");
    }

    private void send(MessageBuilder<?, ?>... messages) {
        Analytics analytics = analytics();
        try {
            for (MessageBuilder<?, ?> message : List.of(messages)) {
                analytics.enqueue(message);
            }
            analytics.flush();
            await().atMost(Duration.ofSeconds(30)).until(() -> sink.events().size() >= messages.length);
        } finally {
            analytics.shutdown();
        }
    }

    private Analytics analytics() {
        return Analytics.builder("library-key")
                .endpoint("http://127.0.0.1:" + server.port())
                .build();
    }

    private Event event(String messageId) {
        return sink.events().stream()
                .filter(event -> messageId.equals(event.messageId()))
                .findFirst()
                .orElseThrow();
    }
}
