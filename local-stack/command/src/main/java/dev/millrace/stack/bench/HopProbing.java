package dev.millrace.stack.bench;

import dev.millrace.stack.Await;
import dev.millrace.stack.LocalStack;
import dev.millrace.stack.StackException;
import dev.millrace.stack.StackOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends events to the collector as a library would, each with a name that no other has, and looks until PostgreSQL shows
 * the row that counts it. One thread sends, another looks.
 */
final class HopProbing implements AutoCloseable {
    /** Names of events begin with it; a number follows. */
    static final String EVENT = "bench_hop_";

    private static final Duration SEND_EVERY = Duration.ofMillis(100);
    private static final Duration LOOK_EVERY = Duration.ofMillis(5);
    private static final Duration SEEN_AT_MOST = Duration.ofSeconds(60);
    private static final Duration ANSWER_AT_MOST = Duration.ofSeconds(30);
    private static final String ROWS =
            """
            select dimensions ->> 'event', updated_at from metric_values
            where metric = 'events' and window_size = '1d' and window_start = any(?) and dimensions = any(?)
            """;

    private final HopTraces traces;
    private final Duration after;
    private final URI track;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(ANSWER_AT_MOST)
            .build();
    private final Connection connection;
    private final PreparedStatement rows;
    private final Set<String> unseen = ConcurrentHashMap.newKeySet();
    private final Thread sender = new Thread(() -> run(this::send), "hop requests");
    private final Thread looker = new Thread(() -> run(this::look), "hop rows");
    private volatile boolean sending = true;
    private volatile boolean ended;
    private volatile RuntimeException failure;

    private HopProbing(HopTraces traces, Duration after, String collectorUrl, Connection connection)
            throws SQLException {
        this.traces = traces;
        this.after = after;
        this.track = URI.create(collectorUrl + "/v1/track");
        this.connection = connection;
        this.rows = connection.prepareStatement(ROWS);
    }

    /** Begins after so long. */
    static HopProbing start(LocalStack stack, HopTraces traces, Duration after) {
        HopProbing probing;
        try {
            probing = new HopProbing(traces, after, stack.collectorUrl(), stack.store());
        } catch (SQLException e) {
            throw new StackException("no connection to PostgreSQL for the probes: " + e.getMessage(), e);
        }
        probing.sender.setDaemon(true);
        probing.looker.setDaemon(true);
        probing.sender.start();
        probing.looker.start();
        return probing;
    }

    private void run(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    private void send() {
        long dueNanos = System.nanoTime() + after.toNanos();
        while (sending && dueNanos > System.nanoTime()) {
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
        }
        for (int number = 0; sending; number++) {
            String name = EVENT + number;
            HopTraces.Trace trace = traces.of(name);
            HttpRequest request = request(name);
            trace.sent(System.currentTimeMillis());
            unseen.add(name);
            try {
                HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
                if (response.statusCode() != 200) {
                    throw new StackException("the collector answers " + response.statusCode() + ": " + response.body());
                }
            } catch (IOException e) {
                throw new StackException("the collector does not answer: " + e.getMessage(), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            trace.answered(System.currentTimeMillis());
            dueNanos = Math.max(dueNanos + SEND_EVERY.toNanos(), System.nanoTime());
            LockSupport.parkNanos(dueNanos - System.nanoTime());
        }
    }

    private HttpRequest request(String name) {
        String body = "{\"event\":\"%s\",\"anonymousId\":\"hop-%s\",\"messageId\":\"%s\",\"properties\":{\"price\":1}}"
                .formatted(name, name, name);
        String key =
                Base64.getEncoder().encodeToString((StackOptions.WRITE_KEY + ":").getBytes(StandardCharsets.UTF_8));
        return HttpRequest.newBuilder(track)
                .timeout(ANSWER_AT_MOST)
                .header("Authorization", "Basic " + key)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    private void look() {
        long giveUpNanos = Long.MAX_VALUE;
        while (!ended && (sender.isAlive() || !unseen.isEmpty())) {
            long nextNanos = System.nanoTime() + LOOK_EVERY.toNanos();
            if (!unseen.isEmpty()) {
                lookOnce();
            }
            if (sending) {
                giveUpNanos = System.nanoTime() + SEEN_AT_MOST.toNanos();
            } else if (System.nanoTime() > giveUpNanos) {
                return;
            }
            LockSupport.parkNanos(nextNanos - System.nanoTime());
        }
    }

    private void lookOnce() {
        Instant today = Instant.now().truncatedTo(ChronoUnit.DAYS);
        Timestamp[] days = {Timestamp.from(today), Timestamp.from(today.minus(1, ChronoUnit.DAYS))};
        Object[] dimensions = unseen.stream()
                .map(name -> "{\"type\": \"track\", \"event\": \"" + name + "\"}")
                .toArray();
        try {
            rows.setArray(1, connection.createArrayOf("timestamptz", days));
            rows.setArray(2, connection.createArrayOf("jsonb", dimensions));
            try (ResultSet row = rows.executeQuery()) {
                long now = System.currentTimeMillis();
                while (row.next()) {
                    String name = row.getString(1);
                    traces.of(name).row(row.getTimestamp(2).getTime(), now);
                    unseen.remove(name);
                }
            }
        } catch (SQLException e) {
            throw new StackException("PostgreSQL can't tell what it has of the probes: " + e.getMessage(), e);
        }
    }

    /** Sends no more, and returns once all is seen that was sent, or given up. */
    void finish() {
        sending = false;
        if (!Await.until(SEEN_AT_MOST.plus(ANSWER_AT_MOST), () -> !sender.isAlive() && !looker.isAlive())) {
            throw new StackException("the probes do not end");
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Ends at once where it has not ended. */
    @Override
    public void close() {
        sending = false;
        ended = true;
        try {
            sender.join(ANSWER_AT_MOST.toMillis());
            looker.join(ANSWER_AT_MOST.toMillis());
            connection.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException e) {
            throw new StackException("can't close the probes' connection: " + e.getMessage(), e);
        }
    }
}
