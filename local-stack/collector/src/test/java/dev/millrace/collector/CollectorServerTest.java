package dev.millrace.collector;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.millrace.core.event.Event;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CollectorServerTest {
    private static final int MAX_BODY_BYTES = 10_000;
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00.123Z");
    private static final String SUCCESS = "{\"success\":true}";
    private static final String EVENT = "{\"userId\":\"u1\",\"event\":\"Seen\"}";

    private static final FakeSink SINK = new FakeSink();
    private static final CollectorServer SERVER = server();

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static CollectorServer server() {
        return new CollectorServer(
                "127.0.0.1",
                0,
                SINK,
                new WriteKeys(Map.of("key1", "web", "key2", "ios")),
                MAX_BODY_BYTES,
                Clock.fixed(NOW, ZoneOffset.UTC));
    }

    @BeforeAll
    static void start() throws IOException {
        SERVER.start();
    }

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    @BeforeEach
    void reset() {
        SINK.reset();
    }

    @ParameterizedTest
    @CsvSource({
        "track, track",
        "identify, identify",
        "page, page",
        "screen, screen",
        "group, group",
        "alias, alias",
        "t, track",
        "i, identify",
        "p, page",
        "s, screen",
        "g, group",
        "a, alias",
        "track/, track"
    })
    void everyCallIsAnEventOfItsTypeReceivedNowFromTheKeysSource(String path, String type) throws Exception {
        HttpResponse<String> response =
                post("/v1/" + path, "{\"userId\":\"u1\",\"sentAt\":\"2026-03-01T11:00:00Z\",\"source\":\"forged\"}");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo(SUCCESS);
        assertThat(response.headers().firstValue("content-type")).hasValue("application/json;charset=utf-8");
        Event event = only();
        assertThat(event.type()).isEqualTo(type);
        assertThat(event.userId()).isEqualTo("u1");
        assertThat(event.source()).isEqualTo("web");
        assertThat(event.receivedAtMillis()).isEqualTo(NOW.toEpochMilli());
        assertThat(event.sentAtMillis())
                .isEqualTo(Instant.parse("2026-03-01T11:00:00Z").toEpochMilli());
        assertThat(event.messageId()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/batch", "/v1/import"})
    void eventsOfABatchKeepTheirSentAtOrTakeTheBatches(String path) throws Exception {
        HttpResponse<String> response = post(
                path,
                """
                {"sentAt": "2026-03-01T11:00:00Z", "batch": [
                  {"type": "track", "event": "Seen", "userId": "u1", "messageId": "m1"},
                  {"type": "identify", "anonymousId": "a1", "sentAt": "2026-03-01T10:00:00Z"}]}
                """);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(SINK.events())
                .extracting(Event::type, Event::messageId, e -> Instant.ofEpochMilli(e.sentAtMillis()), Event::source)
                .containsExactly(
                        tuple("track", "m1", Instant.parse("2026-03-01T11:00:00Z"), "web"),
                        tuple("identify", null, Instant.parse("2026-03-01T10:00:00Z"), "web"));
        assertThat(SINK.events()).allMatch(e -> e.receivedAtMillis() == NOW.toEpochMilli());
    }

    @Test
    void anEmptyBatchIsFine() throws Exception {
        assertThat(post("/v1/batch", "{\"batch\":[]}").statusCode()).isEqualTo(200);
    }

    @Test
    void aCompressedBodyIsInflated() throws Exception {
        HttpResponse<String> response = send(request("/v1/track")
                .header("Authorization", basic("key1"))
                .header("Content-Encoding", "gzip")
                .POST(BodyPublishers.ofByteArray(gzip(EVENT))));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(only().name()).isEqualTo("Seen");
    }

    @Test
    void whatClaimsToBeCompressedButIsNotIsRefused() throws Exception {
        HttpResponse<String> plain = send(request("/v1/track")
                .header("Authorization", basic("key1"))
                .header("Content-Encoding", "gzip")
                .POST(BodyPublishers.ofString(EVENT)));
        assertThat(plain.statusCode()).isEqualTo(400);
        assertThat(plain.body()).contains("not gzip");
        HttpResponse<String> brotli = send(request("/v1/track")
                .header("Authorization", basic("key1"))
                .header("Content-Encoding", "br")
                .POST(BodyPublishers.ofString(EVENT)));
        assertThat(brotli.statusCode()).isEqualTo(415);
        assertThat(SINK.events()).isEmpty();
    }

    @Test
    void aSmallBodyThatInflatesToALargeOneIsRefused() throws Exception {
        byte[] bomb = gzip("{\"userId\":\"" + "0".repeat(5_000_000) + "\"}");
        assertThat(bomb.length).isLessThan(MAX_BODY_BYTES);
        HttpResponse<String> response = send(request("/v1/track")
                .header("Authorization", basic("key1"))
                .header("Content-Encoding", "gzip")
                .POST(BodyPublishers.ofByteArray(bomb)));
        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(SINK.events()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {MAX_BODY_BYTES + 1, 10 * MAX_BODY_BYTES})
    void aBodyThatIsTooLargeIsRefusedInASentence(int length) throws Exception {
        HttpResponse<String> response = post("/v1/track", " ".repeat(length - EVENT.length()) + EVENT);
        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(response.body())
                .isEqualTo("{\"success\":false,\"message\":\"the body is larger than 10000 bytes;"
                        + " send fewer events in a batch\"}");
        assertThat(post("/v1/track", " ".repeat(MAX_BODY_BYTES - EVENT.length()) + EVENT)
                        .statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/v1/track | {\"userId\": | not JSON",
                "/v1/track | [] | must be a JSON object",
                "/v1/track | {} {} | more text",
                "/v1/batch | {\"events\":[]} | no array \\\"batch\\\"",
                "/v1/batch | {\"batch\":[7]} | batch[0]"
            })
    void badJsonIsRefusedInASentence(String path, String body, String sentence) throws Exception {
        HttpResponse<String> response = post(path, body);
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body())
                .startsWith("{\"success\":false,\"message\":\"")
                .contains(sentence);
        assertThat(SINK.events()).isEmpty();
    }

    @Test
    void textThatIsNotUtf8IsRefused() throws Exception {
        HttpResponse<String> response = send(request("/v1/track")
                .header("Authorization", basic("key1"))
                .POST(BodyPublishers.ofByteArray(new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'})));
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("not UTF-8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic !", "Basic a2V5Mzo=", "Bearer key1", "Basic "})
    void anUnknownWriteKeyIsRefused(String authorization) throws Exception {
        HttpResponse<String> response = send(request("/v1/track")
                .header("Authorization", authorization)
                .POST(BodyPublishers.ofString("{\"writeKey\":\"key1\"}")));
        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(response.headers().firstValue("www-authenticate")).isPresent();
        assertThat(SINK.events()).isEmpty();
    }

    @Test
    void aRequestWithoutAWriteKeyIsRefused() throws Exception {
        HttpResponse<String> response = send(request("/v1/track").POST(BodyPublishers.ofString(EVENT)));
        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(response.body()).contains("a write key is needed");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/v1/t     | {\"context\":{\"writeKey\":\"no\"},\"event\":\"Seen\",\"writeKey\":\"key2\"}",
                "/v1/batch | {\"batch\":[{\"type\":\"track\",\"event\":\"Seen\"}],\"writeKey\":\"key2\"}",
                "/v1/batch | {\"batch\":[{\"type\":\"track\",\"event\":\"Seen\",\"writeKey\":\"key2\"}]}"
            })
    void browsersPutTheWriteKeyIntoTheBody(String path, String body) throws Exception {
        HttpResponse<String> response = send(request(path)
                .header("Content-Type", "text/plain")
                .header("Origin", "https://shop.example")
                .POST(BodyPublishers.ofString(body)));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("access-control-allow-origin")).isPresent();
        assertThat(only().source()).isEqualTo("ios");
    }

    @Test
    void browsersMayAskFirst() throws Exception {
        HttpResponse<String> response = send(request("/v1/batch")
                .header("Origin", "https://shop.example")
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "authorization,content-type")
                .method("OPTIONS", BodyPublishers.noBody()));
        assertThat(response.statusCode()).isBetween(200, 204);
        assertThat(response.headers().firstValue("access-control-allow-origin"))
                .hasValueSatisfying(origin -> assertThat(origin).isIn("*", "https://shop.example"));
        assertThat(response.headers().firstValue("access-control-allow-methods"))
                .hasValueSatisfying(methods -> assertThat(methods).contains("POST"));
        assertThat(response.headers().firstValue("access-control-allow-headers"))
                .hasValueSatisfying(headers ->
                        assertThat(headers.toLowerCase(Locale.ROOT)).contains("authorization", "content-type"));
    }

    @Test
    void refusalsCanBeReadByBrowsersToo() throws Exception {
        HttpResponse<String> response = send(
                request("/v1/track").header("Origin", "https://shop.example").POST(BodyPublishers.ofString("{")));
        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(response.headers().firstValue("access-control-allow-origin")).isPresent();
    }

    @Test
    void otherPathsAndMethodsAreRefused() throws Exception {
        assertThat(post("/v2/track", EVENT).statusCode()).isEqualTo(404);
        assertThat(post("/", EVENT).statusCode()).isEqualTo(404);
        HttpResponse<String> get = send(request("/v1/track").GET());
        assertThat(get.statusCode()).isEqualTo(405);
        assertThat(get.headers().firstValue("allow")).hasValue("POST, OPTIONS");
        assertThat(post("/health", EVENT).statusCode()).isEqualTo(405);
    }

    @Test
    void whileKafkaIsAwayEventsAreRefusedForNowAndHealthSaysWhy() throws Exception {
        assertThat(send(request("/health").GET()).statusCode()).isEqualTo(200);
        SINK.fail("Kafka does not answer");

        HttpResponse<String> event = post("/v1/track", EVENT);
        assertThat(event.statusCode()).isEqualTo(503);
        assertThat(event.headers().firstValue("retry-after")).hasValue("2");
        HttpResponse<String> health = send(request("/health").GET());
        assertThat(health.statusCode()).isEqualTo(503);
        assertThat(health.body()).contains("Kafka does not answer");
    }

    @Test
    void aRequestIsAnsweredOnlyAfterItsEventsAreAcknowledged() throws Exception {
        CompletableFuture<Void> acknowledgement = SINK.hold();
        CompletableFuture<HttpResponse<String>> response = postAsync(SERVER.port(), "/v1/track", EVENT);
        await().until(() -> !SINK.events().isEmpty());
        // Another whole round trip takes place meanwhile.
        assertThat(send(request("/health").GET()).statusCode()).isEqualTo(200);
        assertThat(response).isNotDone();

        acknowledgement.complete(null);
        assertThat(response.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    }

    @Test
    void eventsThatAreNotAcknowledgedAreRefusedForNow() throws Exception {
        CompletableFuture<Void> acknowledgement = SINK.hold();
        CompletableFuture<HttpResponse<String>> response = postAsync(SERVER.port(), "/v1/track", EVENT);
        acknowledgement.completeExceptionally(new RefusedException(503, "Kafka did not acknowledge"));
        assertThat(response.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(503);
    }

    @Test
    void anUnexpectedFailureIsAnsweredToo() throws Exception {
        SINK.hold().completeExceptionally(new IllegalStateException("thrown by a test, on purpose"));
        assertThat(post("/v1/track", EVENT).statusCode()).isEqualTo(500);
    }

    @Test
    void stoppingAnswersTheRequestsUnderWay() throws Exception {
        CollectorServer stopping = server();
        stopping.start();
        int port = stopping.port();
        CompletableFuture<Void> acknowledgement = SINK.hold();
        CompletableFuture<HttpResponse<String>> response = postAsync(port, "/v1/track", EVENT);
        await().until(() -> !SINK.events().isEmpty());

        CompletableFuture<Void> stopped = CompletableFuture.runAsync(stopping::close);
        await().until(() -> stopping.port() < 0);
        assertThat(stopped).isNotDone();
        assertThat(response).isNotDone();
        acknowledgement.complete(null);

        assertThat(response.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        stopped.get(20, TimeUnit.SECONDS);
    }

    private Event only() {
        assertThat(SINK.events()).hasSize(1);
        return SINK.events().get(0);
    }

    private HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return send(request(path)
                .header("Authorization", basic("key1"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
    }

    private CompletableFuture<HttpResponse<String>> postAsync(int port, String path, String body) {
        return client.sendAsync(
                request(port, path)
                        .header("Authorization", basic("key1"))
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return request(SERVER.port(), path);
    }

    private HttpRequest.Builder request(int port, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private static String basic(String writeKey) {
        return "Basic " + Base64.getEncoder().encodeToString((writeKey + ":").getBytes(UTF_8));
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(UTF_8));
        }
        return bytes.toByteArray();
    }
}
