package dev.millrace.stack.bench;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.millrace.stack.command.Table;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What came of it.
 *
 * @param begunAt when the bench began, in ISO 8601
 * @param commit of the checkout
 * @param stream what it was measured with
 * @param summaries a contender each
 * @param latency null: not measured
 * @param rowLatency null: not measured
 */
record BenchReport(
        String begunAt,
        String commit,
        Machine machine,
        Map<String, String> versions,
        BenchOptions options,
        Stream stream,
        List<Round> rounds,
        List<Summary> summaries,
        Latency latency,
        RowLatency rowLatency) {
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
     * One contender in one round. All but the rate is 0 where the contender writes nothing.
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
     * @param checkpointBytes of the last checkpoint, as far as it was not in those before
     * @param checkpointMillis how long that took
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
            long checkpointBytes,
            long checkpointMillis) {}

    /**
     * All rounds of a contender: medians.
     *
     * @param ofLimit its rate as a share of that of the contender {@code limit}; null where that did not run
     */
    record Summary(
            String contender,
            double eventsPerSecond,
            double leastPerSecond,
            double mostPerSecond,
            Double ofLimit,
            double recordsPerEvent,
            double messagesPerEvent,
            double messagesPerEventOverall) {}

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
     * How long rows take at a rate below the most, with StitchJob and MeasureJob side by side; see {@link Probes}.
     *
     * @param wantedPerSecond events a second that were to be sent
     * @param sentPerSecond those that were
     * @param rows from the append of a raw event to the first look that sees the row which counts it
     * @param corrections from the append of a login to the first look that sees the row which counts two people as one
     * @param unseen rows and corrections that were not seen within a minute
     */
    record RowLatency(
            double wantedPerSecond,
            double sentPerSecond,
            Latencies.Summary rows,
            Latencies.Summary corrections,
            int unseen) {}

    /** Medians and ratios, in the order in which the contenders first ran. */
    static List<Summary> summaries(List<Round> rounds) {
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
                    median(its.stream().map(Round::recordsPerEvent).toList()),
                    median(its.stream().map(Round::messagesPerEvent).toList()),
                    median(its.stream().map(Round::messagesPerEventOverall).toList())));
        }
        return summaries;
    }

    /** Median of the rates of a contender. */
    static double rate(List<Round> rounds, String contender) {
        return median(rounds.stream()
                .filter(round -> round.contender().equals(contender))
                .map(Round::eventsPerSecond)
                .toList());
    }

    /** The least of the rates of those contenders that ran. */
    static double leastRate(List<Round> rounds, List<String> contenders) {
        return contenders.stream()
                .filter(name ->
                        rounds.stream().anyMatch(round -> round.contender().equals(name)))
                .mapToDouble(name -> rate(rounds, name))
                .min()
                .orElseThrow();
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

    void print(PrintWriter out) {
        RawStream.Identifiers identifiers = stream.identifiers();
        out.println(format(
                "%,d cores (%s), %.0f GiB; commit %s",
                machine.cores(), machine.cpu(), machine.memoryBytes() / (double) (1 << 30), commit));
        out.println(format(
                "%,d events to warm up and %,d measured, of about %,d user ids, %,d anonymous ids, %,d e-mail"
                        + " addresses",
                options.warmUp(),
                options.events(),
                identifiers.userIds(),
                identifiers.anonymousIds(),
                identifiers.emails()));
        out.println();
        Table table = new Table(List.of(
                "contender",
                "events/s",
                "least",
                "most",
                "of limit",
                "records/event",
                "messages/event",
                "from the start"));
        for (Summary each : summaries) {
            table.row(List.of(
                    each.contender(),
                    format("%,.0f", each.eventsPerSecond()),
                    format("%,.0f", each.leastPerSecond()),
                    format("%,.0f", each.mostPerSecond()),
                    each.ofLimit() == null ? "" : format("%.3f", each.ofLimit()),
                    format("%.3f", each.recordsPerEvent()),
                    format("%.3f", each.messagesPerEvent()),
                    format("%.3f", each.messagesPerEventOverall())));
        }
        table.print(out);
        if (latency != null) {
            out.println();
            out.println(format(
                    "Latency of %s at %,.0f events/s (wanted: %,.0f), milliseconds:",
                    latency.contender(), latency.sentPerSecond(), latency.wantedPerSecond()));
            Table waits = new Table(List.of("from, to", "count", "p50", "p99", "p99.9", "most"));
            waits.row(row("raw event, its attribution", latency.events()));
            waits.row(row("login, the device's new profile", latency.logins()));
            waits.print(out);
        }
        if (rowLatency != null) {
            out.println();
            out.println(format(
                    "Latency to PostgreSQL at %,.0f events/s (wanted: %,.0f), milliseconds; %,d not seen:",
                    rowLatency.sentPerSecond(), rowLatency.wantedPerSecond(), rowLatency.unseen()));
            Table waits = new Table(List.of("from, to", "count", "p50", "p99", "p99.9", "most"));
            waits.row(row("raw event, its row", rowLatency.rows()));
            waits.row(row("login, one person instead of two", rowLatency.corrections()));
            waits.print(out);
        }
        out.flush();
    }

    private static List<String> row(String what, Latencies.Summary waits) {
        return List.of(
                what,
                format("%,d", waits.count()),
                Long.toString(waits.p50Millis()),
                Long.toString(waits.p99Millis()),
                Long.toString(waits.p999Millis()),
                Long.toString(waits.maxMillis()));
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
