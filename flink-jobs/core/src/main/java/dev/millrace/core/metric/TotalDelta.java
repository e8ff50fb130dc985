package dev.millrace.core.metric;

/**
 * What is added to one window of a metric.
 *
 * @param dimensions the values, as {@link dev.millrace.core.catalogue.DimensionValues} writes them
 * @param amounts what is added, see {@link Amounts}
 */
public record TotalDelta(TotalKey key, String dimensions, long[] amounts) {}
