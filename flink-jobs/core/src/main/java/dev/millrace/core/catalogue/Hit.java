package dev.millrace.core.catalogue;

/**
 * What one event is to one metric.
 *
 * @param dimensions the event's values of the metric's dimensions, as {@link DimensionValues} writes them; of a funnel
 *     those of its first step
 * @param micros the value in millionths; 0 where the metric has none. Session rows: the revenue of an order
 * @param steps funnel: the steps that the event is, as bits, the first step lowest. Session rows: 1 for an order, else 0
 * @param page session rows: the page, else null
 */
public record Hit(Metric metric, String dimensions, long micros, int steps, String page) {}
