package dev.millrace.collector;

import dev.millrace.core.event.Event;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps the events in memory, and acknowledges them at once, when it is told to, or never. */
final class FakeSink implements EventSink {
    private final List<Event> events = new CopyOnWriteArrayList<>();
    private volatile CompletableFuture<Void> acknowledgement = CompletableFuture.completedFuture(null);
    private volatile String trouble;

    /** From here on, {@code send} is done when the returned future is. */
    CompletableFuture<Void> hold() {
        acknowledgement = new CompletableFuture<>();
        return acknowledgement;
    }

    /** From here on, events are refused with that sentence. */
    void fail(String sentence) {
        trouble = sentence;
    }

    /** As new. */
    void reset() {
        events.clear();
        trouble = null;
        acknowledgement = CompletableFuture.completedFuture(null);
    }

    List<Event> events() {
        return events;
    }

    @Override
    public CompletableFuture<Void> send(List<Event> sent) {
        if (trouble != null) {
            return CompletableFuture.failedFuture(new RefusedException(503, trouble));
        }
        events.addAll(sent);
        return acknowledgement;
    }

    @Override
    public Optional<String> trouble() {
        return Optional.ofNullable(trouble);
    }

    @Override
    public void close() {}
}
