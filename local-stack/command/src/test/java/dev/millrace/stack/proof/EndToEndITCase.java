package dev.millrace.stack.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.generator.GeneratorOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Events in at one end, rows and files out at the other, on the real processes. The steps build on each other. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EndToEndITCase {
    /** Just below Kafka's default limit of 1 MiB a record, with room for what a batch adds. */
    private static final int LARGEST_RAW_VALUE = (1 << 20) - 128;

    private static TestStack stack;

    @BeforeAll
    static void up() {
        stack = TestStack.up("end-to-end");
    }

    @AfterAll
    static void down() throws IOException {
        if (stack != null) {
            stack.close();
        }
    }

    @Test
    @Order(1)
    void generatedEventsBecomeExactRowsAndAVerbatimMirror() throws SQLException {
        stack.send(options(1, 20_000), false);
        // As large as a raw record may be: as a dead letter, with its coordinates and the reason, it is larger.
        stack.send(new byte[LARGEST_RAW_VALUE]);
        FromScratch expected = stack.assertExact();

        assertThat(expected.metricValues()).hasSizeGreaterThan(100);
        assertThat(expected.duplicates()).isPositive();
        assertThat(expected.rejected()).isNotEmpty();
        Map<String, byte[]> deadLetters = stack.deadLetters();
        assertThat(deadLetters.keySet())
                .containsExactlyInAnyOrderElementsOf(
                        expected.rejected().stream().map(TestStack::coordinates).toList());
        assertThat(expected.rejected()).allSatisfy(record -> assertThat(deadLetters.get(TestStack.coordinates(record)))
                .as(TestStack.coordinates(record))
                .isEqualTo(record.value()));
        assertThat(stack.residentBytes()).as("memory of all processes").isLessThan(4L << 30);
    }

    @Test
    @Order(2)
    void anEventOverHttpIsInTheStoreWithinSeconds() throws IOException, InterruptedException, SQLException {
        String yesterday = Instant.now().minus(Duration.ofDays(1)).toString();
        int status =
                post("{\"userId\":\"http-user\",\"messageId\":\"http-1\",\"event\":\"Sent Over Http\",\"timestamp\":\""
                        + yesterday + "\"}");
        assertThat(status).isEqualTo(200);
        await("the row").atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            Map<String, Double> rows = stack.metricValues();
            assertThat(rows.entrySet())
                    .filteredOn(row -> row.getKey().contains("|Sent Over Http"))
                    .hasSize(3)
                    .allSatisfy(row -> assertThat(row.getValue()).isEqualTo(1.0));
        });
        stack.assertExact();
    }

    @Test
    @Order(3)
    void aStackThatWasDownGoesOnWhereItWas() throws SQLException {
        stack.local().down(System.out::println);
        assertThat(stack.local().running()).isFalse();
        stack.start();
        stack.send(options(2, 5_000), false);
        stack.assertExact();
    }

    /** Events of the last minutes, all within the hot horizon. */
    private static GeneratorOptions options(long seed, long events) {
        return GeneratorOptions.ofSeed(seed)
                .withPeople(500)
                .withStart(Instant.now().minus(Duration.ofMinutes(20)))
                .withEvents(events)
                .withDuplicates(0.05)
                .withMalformed(0.01);
    }

    private static int post(String event) throws IOException, InterruptedException {
        String credentials = Base64.getEncoder().encodeToString("dev:".getBytes(StandardCharsets.UTF_8));
        HttpRequest request = HttpRequest.newBuilder(URI.create(stack.local().collectorUrl() + "/v1/track"))
                .header("Authorization", "Basic " + credentials)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(event))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }
}
