package dev.millrace.stack.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.core.oracle.Row;
import dev.millrace.generator.GeneratorOptions;
import dev.millrace.stack.Stack;
import dev.millrace.stack.part.Part;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import picocli.CommandLine;

/**
 * Events in at one end, rows and files out at the other, on the real processes. The steps build on each other. More
 * failures are in {@link ChaosITCase}.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EndToEndITCase {
    /** Just below Kafka's default limit of 1 MiB a record, with room for what a batch adds. */
    private static final int LARGEST_RAW_VALUE = (1 << 20) - 128;

    /** Of event time and of the clock. */
    private static final int LIVE_EVENTS_PER_SECOND = 400;

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

    /**
     * Somebody looks at a product on one device and orders on another: two people, until they log in on both. The rows
     * that were right by then are corrected, for what has happened since is known of what happened before.
     */
    @Test
    @Order(1)
    void twoVisitorsWhoLogInAsOneBecomeOneInEveryRow() throws IOException, InterruptedException, SQLException {
        Instant minute = Instant.now().minus(Duration.ofMinutes(10)).truncatedTo(ChronoUnit.MINUTES);
        visit("phone", minute, 0, "page", "Home");
        visit("phone", minute, 1, "track", "Product Viewed");
        visit("phone", minute, 2, "track", "Product Added");
        visit("laptop", minute, 10, "page", "Home");
        visit("laptop", minute, 11, "track", "Checkout Started");
        visit("laptop", minute, 12, "track", "Order Completed");
        await("two people").atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            assertThat(people()).isEqualTo(inEveryWindow(2));
            assertThat(funnel())
                    .containsExactly(
                            "abandoned: 1 at 2 Product Added",
                            "reached: 1 at 1 Product Viewed",
                            "reached: 1 at 2 Product Added");
        });

        long begunNanos = System.nanoTime();
        login("phone", minute, 20);
        login("laptop", minute, 21);
        await("one person")
                .atMost(Duration.ofMinutes(4))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> {
                    assertThat(people()).isEqualTo(inEveryWindow(1));
                    assertThat(funnel())
                            .containsExactly(
                                    "reached: 1 at 1 Product Viewed",
                                    "reached: 1 at 2 Product Added",
                                    "reached: 1 at 3 Checkout Started",
                                    "reached: 1 at 4 Order Completed");
                });
        System.out.printf(
                "From the login to the rows it took %d ms%n",
                Duration.ofNanos(System.nanoTime() - begunNanos).toMillis());
        FromScratch expected = stack.assertExact();
        assertThat(stack.recentEvents()).as("events for journeys").hasSameSizeAs(expected.recentEvents());
    }

    /** The metrics of people, as {@code metric size -> values of the windows}. */
    private static Map<String, List<Double>> people() throws SQLException {
        Map<String, List<Double>> values = new TreeMap<>();
        stack.metricValues().forEach((row, value) -> {
            if (Set.of("unique_profiles", "new_profiles", "sessions").contains(row.metric())) {
                values.computeIfAbsent(row.metric() + ' ' + row.windowSize(), any -> new ArrayList<>())
                        .add(value);
            }
        });
        return values;
    }

    /** What {@link #people} are while all there is has happened in one minute. */
    private static Map<String, List<Double>> inEveryWindow(double people) {
        List<Double> one = List.of(people);
        return Map.of(
                "unique_profiles 5m/1m", Collections.nCopies(5, people),
                "unique_profiles 1h", one,
                "unique_profiles 1d", one,
                "new_profiles 1h", one,
                "new_profiles 1d", one,
                "sessions 1h", one,
                "sessions 1d", one);
    }

    /** The shop's funnel, sorted. */
    private static List<String> funnel() throws SQLException {
        return stack.metricValues().entrySet().stream()
                .filter(row -> row.getKey().metric().startsWith("shop_funnel_"))
                .map(row -> "%s: %.0f at %s"
                        .formatted(
                                row.getKey().metric().substring("shop_funnel_".length()),
                                row.getValue(),
                                row.getKey().dimensions().get("step")))
                .sorted()
                .toList();
    }

    private static void visit(String device, Instant minute, int second, String type, String name)
            throws IOException, InterruptedException {
        String named = type.equals("page") ? "name" : "event";
        assertThat(post(
                        type,
                        "{\"anonymousId\":\"" + device + "\",\"messageId\":\"" + device + '-' + second + "\",\"" + named
                                + "\":\"" + name + "\",\"timestamp\":\"" + minute.plusSeconds(second) + "\"}"))
                .isEqualTo(200);
    }

    private static void login(String device, Instant minute, int second) throws IOException, InterruptedException {
        assertThat(post(
                        "identify",
                        "{\"userId\":\"somebody\",\"anonymousId\":\"" + device + "\",\"messageId\":\"" + device
                                + "-login\",\"timestamp\":\"" + minute.plusSeconds(second) + "\"}"))
                .isEqualTo(200);
    }

    @Test
    @Order(2)
    void generatedEventsBecomeExactRowsAndAVerbatimMirror() throws SQLException {
        stack.send(options(1, 20_000), false);
        // As large as a raw record may be: as a dead letter, with its coordinates and the reason, it is larger.
        stack.send(new byte[LARGEST_RAW_VALUE]);
        FromScratch expected = stack.assertExact();

        assertThat(expected.metricValues().keySet().stream().map(Row::metric).collect(Collectors.toSet()))
                .containsExactlyInAnyOrder(
                        "events",
                        "unique_profiles",
                        "new_profiles",
                        "sessions",
                        "sessions_length_seconds",
                        "sessions_bounce_rate",
                        "page_views",
                        "page_views_by_campaign",
                        "revenue",
                        "orders",
                        "average_order_value",
                        "shop_funnel_reached",
                        "shop_funnel_abandoned",
                        "top_products");
        assertThat(expected.sessions().values()).anyMatch(session -> session.orders() > 0);
        assertThat(expected.duplicates()).isPositive();
        assertThat(expected.rejected()).isNotEmpty();
        assertThat(stack.recentEvents()).as("events for journeys").hasSameSizeAs(expected.recentEvents());
        assertThat(stack.residentBytes()).as("memory of all processes").isLessThan(4L << 30);
    }

    @Test
    @Order(3)
    void anEventOverHttpIsInTheStoreWithinSeconds() throws IOException, InterruptedException, SQLException {
        String yesterday = Instant.now().minus(Duration.ofDays(1)).toString();
        int status = post(
                "track",
                "{\"userId\":\"http-user\",\"messageId\":\"http-1\",\"event\":\"Sent Over Http\",\"timestamp\":\""
                        + yesterday + "\"}");
        assertThat(status).isEqualTo(200);
        await("the row").atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            assertThat(stack.metricValues().entrySet())
                    .filteredOn(row -> row.getKey().metric().equals("events")
                            && "Sent Over Http".equals(row.getKey().dimensions().get("event")))
                    .hasSize(3)
                    .allSatisfy(row -> assertThat(row.getValue()).isEqualTo(1.0));
        });
    }

    @Test
    @Order(4)
    void aStoreThatIsAwayForTwentySecondsDelaysDashboardsAndNothingElse() throws SQLException {
        CompletableFuture<Void> sending = stack.sendLive(GeneratorOptions.ofSeed(13)
                .withPeople(2000)
                .withStart(Instant.now())
                .withEventsPerSecond(LIVE_EVENTS_PER_SECOND)
                .withEvents(30L * LIVE_EVENTS_PER_SECOND)
                .withDuplicates(0.05)
                .withMalformed(0.005));
        stack.awaitCheckpoint();
        Part postgres = stack.local().part("postgres");
        postgres.kill();
        long mirroredBefore = stack.cold().count();
        long restoresBefore = stack.restores("millrace-stitch") + stack.restores("millrace-mirror");
        Instant back = Instant.now().plusSeconds(20);
        await("20 s without a store, in which the mirror goes on")
                .atMost(Duration.ofSeconds(60))
                .until(() -> Instant.now().isAfter(back) && stack.cold().count() > mirroredBefore);
        postgres.start();
        sending.join();
        stack.assertExact();
        assertThat(stack.restores("millrace-stitch") + stack.restores("millrace-mirror"))
                .as("restarts of the jobs that need no store")
                .isEqualTo(restoresBefore);
    }

    @Test
    @Order(5)
    void aStackThatWasDownGoesOnWhereItWasAndVerifyFindsNothingButAPlantedError() throws IOException, SQLException {
        stack.local().down(System.out::println);
        assertThat(stack.local().running()).isFalse();
        // It counts nothing of before, and the others go on.
        Files.writeString(
                stack.local().options().configuration(),
                """

                measure:
                  metrics:
                    - {name: later, aggregate: unique_profiles, windows: [1m, 1d], match: {types: [page, track]}}
                """,
                StandardOpenOption.APPEND);
        stack.start();
        // In windows that begin after all that came before the stack was down.
        String soon = Instant.now().plusSeconds(120).toString();
        assertThat(run(new StringWriter(), "generate", "--events", "5000", "--start", soon))
                .isZero();

        StringWriter right = new StringWriter();
        int agreed = run(right, "verify", "--json");
        JsonNode report = new ObjectMapper().readTree(right.toString());
        assertThat(report.get("differences")).as(right.toString()).isEmpty();
        assertThat(agreed).isZero();
        assertThat(report.get("events").asLong()).isGreaterThanOrEqualTo(36_000);
        assertThat(report.get("people").asLong()).isGreaterThan(1);
        assertThat(report.get("notes").toString()).contains("metric later counts since");
        assertThat(report.get("compared"))
                .as("what came since is compared")
                .anyMatch(each -> each.path("what").asText().equals("metric later")
                        && each.path("expected").asLong() > 0);

        try (Connection store = stack.local().store();
                Statement statement = store.createStatement()) {
            assertThat(statement.executeUpdate("update metric_values set value = value + 1"
                            + " where metric = 'unique_profiles' and window_size = '1d'"))
                    .isPositive();
        }
        StringWriter wrong = new StringWriter();
        assertThat(run(wrong, "verify", "--no-wait")).isEqualTo(1);
        assertThat(wrong.toString()).contains("metric unique_profiles: window_size 1d");
    }

    private static int run(StringWriter out, String... arguments) {
        return new CommandLine(new Stack(stack.local()))
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(System.out, true))
                .execute(arguments);
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

    private static int post(String type, String event) throws IOException, InterruptedException {
        String credentials = Base64.getEncoder().encodeToString("dev:".getBytes(StandardCharsets.UTF_8));
        HttpRequest request = HttpRequest.newBuilder(URI.create(stack.local().collectorUrl() + "/v1/" + type))
                .header("Authorization", "Basic " + credentials)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(event))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }
}
