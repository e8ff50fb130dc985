package dev.millrace.core.metric;

/**
 * What is added to one window of a metric.
 *
 * @param dimensions the values, as {@link dev.millrace.core.catalogue.DimensionValues} writes them
 * @param amounts what is added, see {@link Amounts}
 * @param freshness of the events that it comes from
 */
public record TotalDelta(TotalKey key, String dimensions, long[] amounts, Freshness freshness) {}
