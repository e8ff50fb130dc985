package dev.millrace.stack.produce;

import dev.millrace.core.event.Event;
import java.util.ArrayList;
import java.util.List;

/** Keeps what it is sent, in order: events, and bytes that are none. */
final class RecordedSink implements RawSink {
    final List<Object> records = new ArrayList<>();
    int flushed = -1;

    @Override
    public void send(Event event) {
        records.add(event);
    }

    @Override
    public void send(byte[] record) {
        records.add(record);
    }

    @Override
    public void flush() {
        flushed = records.size();
    }

    @Override
    public void close() {}

    List<Event> events() {
        return records.stream()
                .filter(Event.class::isInstance)
                .map(Event.class::cast)
                .toList();
    }
}
