package dev.millrace.runtime.postgres;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;

/** Metrics of one group and those below it, by their names. */
final class RecordedMetrics extends UnregisteredMetricsGroup {
    private final Map<String, Metric> metrics = new ConcurrentHashMap<>();

    @Override
    public MetricGroup addGroup(String name) {
        return this;
    }

    /** One counter a name, whoever asks. */
    @Override
    public Counter counter(String name) {
        return (Counter) metrics.computeIfAbsent(name, unused -> new SimpleCounter());
    }

    @Override
    public <T, G extends Gauge<T>> G gauge(String name, G gauge) {
        metrics.put(name, gauge);
        return gauge;
    }

    long count(String counter) {
        return ((Counter) metrics.get(counter)).getCount();
    }

    long gauge(String name) {
        return ((Number) ((Gauge<?>) metrics.get(name)).getValue()).longValue();
    }
}
