package dev.millrace.core.store;

/**
 * A row of {@code event_time_progress}, see {@code schemas/postgres}. Times are milliseconds since the epoch.
 *
 * @param writer who says so
 * @param hotSinceMillis windows that end later still change; null: not known
 */
public record ProgressRow(String writer, long eventTimeMillis, Long hotSinceMillis, long updatedAtMillis) {}
