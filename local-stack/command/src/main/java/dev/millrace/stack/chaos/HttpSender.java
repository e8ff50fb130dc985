package dev.millrace.stack.chaos;

import dev.millrace.core.event.Event;
import dev.millrace.generator.SegmentNdjson;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/**
 * Sends as SDKs do: small batches by HTTP to the collector, the same batch again until it answers 200. So a batch whose
 * answer was lost arrives twice.
 */
final class HttpSender implements AutoCloseable {
    private static final int WORKERS = 3;
    private static final int BATCH = 20;
    private static final int MOST_WAITING = 100_000;
    private static final Duration FILLS_AT_MOST = Duration.ofMillis(50);
    private static final Duration BEFORE_AGAIN = Duration.ofMillis(250);
    /** The collector answers within 15 seconds, if it answers. */
    private static final Duration ANSWERS_AT_MOST = Duration.ofSeconds(20);

    private final URI batch;
    private final URI track;
    private final String authorization;
    private final Ledger ledger;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final BlockingQueue<Outgoing> waiting = new LinkedBlockingQueue<>(MOST_WAITING);
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicLong repeated = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final List<Thread> workers = new ArrayList<>();
    private volatile boolean closed;

    HttpSender(String collector, String writeKey, Ledger ledger) {
        this.batch = URI.create(collector + "/v1/batch");
        this.track = URI.create(collector + "/v1/track");
        this.authorization =
                "Basic " + Base64.getEncoder().encodeToString((writeKey + ":").getBytes(StandardCharsets.UTF_8));
        this.ledger = ledger;
        for (int i = 1; i <= WORKERS; i++) {
            Thread worker = new Thread(this::work, "chaos-http-" + i);
            worker.setDaemon(true);
            worker.start();
            workers.add(worker);
        }
    }

    /** Takes an event over; waits while too many are not acknowledged. */
    void send(Event event) throws InterruptedException {
        underWay.incrementAndGet();
        waiting.put(Outgoing.event(event));
    }

    /** Sends what is no event, once: the collector is to refuse it. Says whether it did, or could not be asked. */
    boolean isRefused(String text) throws InterruptedException {
        int status = post(track, text);
        if (status == 400) {
            refused.incrementAndGet();
        }
        return status == 400 || status == 0 || status / 100 == 5;
    }

    /** Events that are not acknowledged yet. */
    int underWay() {
        return underWay.get();
    }

    /** Events in batches that were sent again. */
    long repeated() {
        return repeated.get();
    }

    /** Requests that were refused for what they said, as they had to be. */
    long refused() {
        return refused.get();
    }

    private void work() {
        try {
            while (!closed) {
                List<Outgoing> events = take();
                if (!events.isEmpty()) {
                    deliver(events);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed; what is under way stays so
        }
    }

    private List<Outgoing> take() throws InterruptedException {
        List<Outgoing> events = new ArrayList<>();
        long deadline = System.nanoTime() + FILLS_AT_MOST.toNanos();
        while (events.size() < BATCH) {
            Outgoing next = waiting.poll(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (next == null) {
                break;
            }
            events.add(next);
        }
        return events;
    }

    private void deliver(List<Outgoing> events) throws InterruptedException {
        String body = events.stream()
                .map(each -> SegmentNdjson.write(each.event()))
                .collect(Collectors.joining(",", "{\"batch\":[", "]}"));
        while (true) {
            int status = post(batch, body);
            if (status == 200) {
                events.forEach(each -> ledger.acknowledged(each.id()));
                underWay.addAndGet(-events.size());
                return;
            }
            if (status / 100 == 4) {
                throw new IllegalStateException("the collector refuses a batch with " + status + ": " + body);
            }
            if (closed) {
                return;
            }
            repeated.addAndGet(events.size());
            Thread.sleep(BEFORE_AGAIN.toMillis());
        }
    }

    /** The status of the answer; 0: there was none. */
    private int post(URI to, String body) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(to)
                .timeout(ANSWERS_AT_MOST)
                .header("Authorization", authorization)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        try {
            HttpResponse<Void> response = client.send(request, BodyHandlers.discarding());
            return response.statusCode();
        } catch (IOException e) {
            return 0; // That is what is expected here: the collector is down, or ended under it.
        }
    }

    /** Gives up what is not acknowledged. */
    @Override
    public void close() {
        closed = true;
        workers.forEach(Thread::interrupt);
    }
}
