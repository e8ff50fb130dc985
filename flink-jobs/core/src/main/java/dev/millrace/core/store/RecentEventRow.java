package dev.millrace.core.store;

/**
 * A row of {@code recent_events}, see {@code schemas/postgres}.
 *
 * @param identifier the event's leaf
 * @param eventTimeMillis milliseconds since the epoch
 * @param topic of the raw record, like {@code partition} and {@code offset}
 * @param event null where there is none, like {@code source}, {@code campaign} and {@code page}
 */
public record RecentEventRow(
        String identifier,
        long eventTimeMillis,
        String topic,
        int partition,
        long offset,
        String type,
        String event,
        String source,
        String campaign,
        String page) {}
