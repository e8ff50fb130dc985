package dev.millrace.core.metric;

/** A change of one row of {@code metric_values}: its key, the end of its window, and what is added to its value. */
public record TotalDelta(TotalKey key, double value) {}
