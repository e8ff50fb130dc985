package dev.millrace.collector;

import dev.millrace.core.event.Event;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Where the collector hands events to. Safe for use by several threads. */
interface EventSink extends AutoCloseable {
    /**
     * Writes events; done when every one is acknowledged. Fails with {@link RefusedException}: 503 where they can't be
     * written now, 413 where one never can. Some may then be written all the same.
     */
    CompletableFuture<Void> send(List<Event> events);

    /** Why events can't be written now; empty while they can. */
    Optional<String> trouble();

    /** Waits for what is under way, for a bounded time. */
    @Override
    void close();
}
