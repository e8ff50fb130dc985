package dev.millrace.stack.bench;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What came of it.
 *
 * @param begunAt when the bench began, in ISO 8601
 * @param commandLine what was typed behind {@code stack}
 * @param commit of the checkout
 * @param stream what the contenders were measured with; null: none was
 * @param summaries a contender each
 * @param latency null: not measured
 * @param rowLatencies up to two a contender: at half of what is sustained, and of a burst
 * @param latencyBudget null: not measured
 * @param scaling a job, state backend and parallelism each
 */
record BenchReport(
        String begunAt,
        String commandLine,
        String commit,
        Machine machine,
        Map<String, String> versions,
        BenchOptions options,
        Stream stream,
        List<Round> rounds,
        List<Summary> summaries,
        Latency latency,
        List<RowLatency> rowLatencies,
        LatencyBudget latencyBudget,
        List<ScalingCurve> scaling) {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .serializationInclusion(JsonInclude.Include.NON_NULL)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    /**
     * The events that were in the raw topic before any job started.
     *
     * @param producedPerSecond how fast they came there
     */
    record Stream(long events, RawStream.Identifiers identifiers, double producedPerSecond) {}

    /**
     * One contender in one round. All but the rate and the cost is 0 where the contender writes nothing that is counted.
     *
     * @param eventsPerSecond of the measured part
     * @param eventsOut records with an event in all: those read, less those dropped as duplicates; where rows are written,
     *     those read
     * @param recordsPerEvent records of any kind written while the measured part was read, an event of it; where rows are
     *     written, rows from the start on, an event read
     * @param messagesPerEvent messages of the loop, likewise
     * @param messagesPerEventOverall messages of the loop from the start on, an event read
     * @param drainSeconds from the last event out, or handled, to the last record, message or row; part of the measured
     *     time
     * @param checkpointMillis how long a full checkpoint took in the end
     */
    record Round(
            int round,
            String contender,
            double eventsPerSecond,
            long eventsOut,
            double recordsPerEvent,
            double messagesPerEvent,
            double messagesPerEventOverall,
            double drainSeconds,
            long checkpointMillis,
            Cost cost) {
        /** Of a contender whose reading alone is looked at. */
        static Round reading(int round, String contender, double eventsPerSecond, Cost cost) {
            return new Round(round, contender, eventsPerSecond, 0, 0, 0, 0, 0, 0, cost);
        }
    }

    /**
     * All rounds of a contender: medians.
     *
     * @param ofLimit its rate as a share of that of the contender {@code limit}; null where that did not run
     * @param eventsPerCore that one core of its own processes does in a second
     * @param eventsPerCoreOfAll likewise, with the work of Kafka and PostgreSQL
     * @param peakResidentBytes of its TaskManager or process
     * @param stateBytesPerIdentifier of a full checkpoint
     */
    record Summary(
            String contender,
            double eventsPerSecond,
            double leastPerSecond,
            double mostPerSecond,
            Double ofLimit,
            double recordsPerEvent,
            double messagesPerEvent,
            double messagesPerEventOverall,
            double eventsPerCore,
            double eventsPerCoreOfAll,
            double peakResidentBytes,
            double stateBytesPerIdentifier) {}

    /**
     * How long things take at a rate below the most.
     *
     * @param wantedPerSecond events a second that were to be sent
     * @param sentPerSecond those that were
     * @param events from the append of a raw record to that of the record with its event
     * @param logins from the append of an identify call to that of the record which says that its anonymous id belongs
     *     to another profile
     */
    record Latency(
            String contender,
            double wantedPerSecond,
            double sentPerSecond,
            Latencies.Summary events,
            Latencies.Summary logins) {}

    /**
     * How long rows take at a rate below the most; see {@link Probes}.
     *
     * @param contender {@code measure-rocksdb}: StitchJob and MeasureJob side by side; {@code together-rocksdb}: MirrorJob
     *     runs too; {@code sql-rocksdb}: Flink SQL, which has no pairs
     * @param mostPerSecond events a second of a burst, from the first sent to the last row
     * @param sustainedPerSecond events a second that are kept up with for a minute, see {@link SustainedRate}; 0: not
     *     measured, or none
     * @param wantedPerSecond events a second that were to be sent
     * @param sentPerSecond those that were
     * @param rows from the append of a raw event to the first look that sees the row which counts it
     * @param corrections from the append of a login to the first look that sees the row which counts two people as one
     * @param unseen rows and corrections that were not seen within a minute
     */
    record RowLatency(
            String contender,
            double mostPerSecond,
            double sustainedPerSecond,
            double wantedPerSecond,
            double sentPerSecond,
            Latencies.Summary rows,
            Latencies.Summary corrections,
            int unseen) {}

    /**
     * Medians and ratios, in the order in which the contenders first ran.
     *
     * @param identifiers how many the stream named
     */
    static List<Summary> summaries(List<Round> rounds, long identifiers) {
        List<String> names = rounds.stream().map(Round::contender).distinct().toList();
        Double limit = names.contains(Contender.LIMIT) ? rate(rounds, Contender.LIMIT) : null;
        List<Summary> summaries = new ArrayList<>();
        for (String name : names) {
            List<Round> its = rounds.stream()
                    .filter(round -> round.contender().equals(name))
                    .toList();
            double rate = rate(rounds, name);
            summaries.add(new Summary(
                    name,
                    rate,
                    its.stream().mapToDouble(Round::eventsPerSecond).min().orElseThrow(),
                    its.stream().mapToDouble(Round::eventsPerSecond).max().orElseThrow(),
                    limit == null ? null : Double.valueOf(rate / limit),
                    median(its, Round::recordsPerEvent),
                    median(its, Round::messagesPerEvent),
                    median(its, Round::messagesPerEventOverall),
                    median(its, round -> round.cost().eventsPerJobCpuSecond()),
                    median(its, round -> round.cost().eventsPerCpuSecond()),
                    median(its, round -> round.cost().peakResidentBytes()),
                    median(its, round -> (double) round.cost().stateBytes() / Math.max(1, identifiers))));
        }
        return summaries;
    }

    /** Median of the rates of a contender. */
    static double rate(List<Round> rounds, String contender) {
        return median(
                rounds.stream()
                        .filter(round -> round.contender().equals(contender))
                        .toList(),
                Round::eventsPerSecond);
    }

    private static double median(List<Round> rounds, ToDoubleFunction<Round> value) {
        return median(rounds.stream().map(value::applyAsDouble).toList());
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    String json() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
