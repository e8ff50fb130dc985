package dev.millrace.stack.bench;

import dev.millrace.stack.command.Table;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A table of a report under its title, for a terminal or as Markdown. */
record Section(String title, List<String> headings, List<List<String>> rows) {
    private static final List<String> WAITS = List.of("count", "p50", "p99", "p99.9", "most");

    /** All tables of a report, without those that would be empty. */
    static List<Section> of(BenchReport report) {
        List<Section> sections = new ArrayList<>();
        if (!report.summaries().isEmpty()) {
            sections.add(rates(report));
            sections.add(costs(report));
        }
        if (report.latency() != null) {
            sections.add(latency(report.latency()));
        }
        report.rowLatencies().forEach(latency -> sections.add(latency(latency)));
        if (report.latencyBudget() != null) {
            sections.add(budget(report.latencyBudget()));
        }
        if (!report.scaling().isEmpty()) {
            sections.add(scaling(report.scaling()));
        }
        return sections;
    }

    private static Section rates(BenchReport report) {
        return new Section(
                "Throughput, medians; rounds: " + report.options().rounds(),
                List.of(
                        "contender",
                        "events/s",
                        "least",
                        "most",
                        "of limit",
                        "records/event",
                        "messages/event",
                        "from the start"),
                report.summaries().stream()
                        .map(each -> List.of(
                                each.contender(),
                                format("%,.0f", each.eventsPerSecond()),
                                format("%,.0f", each.leastPerSecond()),
                                format("%,.0f", each.mostPerSecond()),
                                each.ofLimit() == null ? "" : format("%.3f", each.ofLimit()),
                                format("%.3f", each.recordsPerEvent()),
                                format("%.3f", each.messagesPerEvent()),
                                format("%.3f", each.messagesPerEventOverall())))
                        .toList());
    }

    private static Section costs(BenchReport report) {
        return new Section(
                "Cost: events a second and core of processor time, memory, state",
                List.of(
                        "contender",
                        "events/s/core",
                        "with Kafka and PostgreSQL",
                        "peak resident MiB",
                        "state bytes/identifier"),
                report.summaries().stream()
                        .map(each -> List.of(
                                each.contender(),
                                format("%,.0f", each.eventsPerCore()),
                                format("%,.0f", each.eventsPerCoreOfAll()),
                                format("%,.0f", each.peakResidentBytes() / (1 << 20)),
                                each.stateBytesPerIdentifier() == 0
                                        ? ""
                                        : format("%,.0f", each.stateBytesPerIdentifier())))
                        .toList());
    }

    private static Section latency(BenchReport.Latency latency) {
        return waits(
                format(
                        "Latency of %s at %,.0f events/s (wanted: %,.0f), milliseconds",
                        latency.contender(), latency.sentPerSecond(), latency.wantedPerSecond()),
                List.of("from, to"),
                List.of(
                        row(latency.events(), "raw event, its attribution"),
                        row(latency.logins(), "login, the device's new profile")));
    }

    private static Section latency(BenchReport.RowLatency latency) {
        return waits(
                format(
                        "Latency to PostgreSQL of %s at %,.0f events/s (wanted: %,.0f%s; a burst: %,.0f%s),"
                                + " milliseconds; %,d not seen",
                        latency.contender(),
                        latency.sentPerSecond(),
                        latency.wantedPerSecond(),
                        why(latency),
                        latency.mostPerSecond(),
                        latency.sustainedPerSecond() > 0
                                ? format("; sustained: %,.0f", latency.sustainedPerSecond())
                                : "",
                        latency.unseen()),
                List.of("from, to"),
                latency.corrections().count() == 0
                        ? List.of(row(latency.rows(), "raw event, its row"))
                        : List.of(
                                row(latency.rows(), "raw event, its row"),
                                row(latency.corrections(), "login, one person instead of two")));
    }

    /** Why that rate was wanted, unless it was asked for. */
    private static String why(BenchReport.RowLatency latency) {
        double wanted = latency.wantedPerSecond();
        boolean ofBurst = wanted == latency.mostPerSecond() / 2;
        if (latency.sustainedPerSecond() > 0 && wanted == latency.sustainedPerSecond() / 2) {
            return ofBurst ? ", half of what is sustained, and of a burst" : ", half of what is sustained";
        }
        return ofBurst ? ", half of a burst" : "";
    }

    private static Section budget(LatencyBudget budget) {
        return waits(
                format(
                        "Latency budget at %,.0f events/s, milliseconds; %,d incomplete",
                        budget.sentPerSecond(), budget.incomplete()),
                List.of("hop", "from", "to"),
                budget.hops().stream()
                        .map(hop -> row(hop.waits(), hop.what(), hop.from(), hop.to()))
                        .toList());
    }

    private static Section scaling(List<ScalingCurve> curves) {
        List<List<String>> rows = new ArrayList<>();
        for (ScalingCurve curve : curves) {
            for (ScalingCurve.Point point : curve.points()) {
                List<String> row = new ArrayList<>(List.of(
                        curve.contender(), Integer.toString(curve.parallelism()), format("%,d", point.identifiers())));
                if (point.isMeasured()) {
                    row.addAll(List.of(
                            format("%.1f", point.micros()),
                            format("%.1f", point.jobCpuMicros()),
                            format("%.1f", point.cpuMicros()),
                            format("%.2f", curve.ratio(point, ScalingCurve.Point::micros)),
                            format("%.2f", curve.ratio(point, ScalingCurve.Point::cpuMicros)),
                            format("%,.0f", point.stateBytesPerIdentifier()),
                            ""));
                } else {
                    row.addAll(List.of("", "", "", "", "", "", point.problem()));
                }
                rows.add(row);
            }
            List<String> verdict = new ArrayList<>(List.of(
                    curve.contender(),
                    Integer.toString(curve.parallelism()),
                    curve.isFlat() ? "flat" : "not flat",
                    "",
                    "",
                    "",
                    format("%.2f", curve.riseOfTime()),
                    format("%.2f", curve.rise()),
                    "",
                    format("within %.1f: %s", ScalingCurve.FLAT, curve.isFlat() ? "yes" : "no")));
            rows.add(verdict);
        }
        return new Section(
                "Scaling: microseconds an event by number of identifiers; ratios to the fewest",
                List.of(
                        "job",
                        "parallelism",
                        "identifiers",
                        "time",
                        "CPU of the job",
                        "CPU of all",
                        "time ratio",
                        "CPU ratio",
                        "state bytes/identifier",
                        "remark"),
                rows);
    }

    private static Section waits(String title, List<String> headings, List<List<String>> rows) {
        return new Section(
                title, Stream.concat(headings.stream(), WAITS.stream()).toList(), rows);
    }

    private static List<String> row(Latencies.Summary waits, String... what) {
        return Stream.concat(
                        Stream.of(what),
                        Stream.of(
                                format("%,d", waits.count()),
                                Long.toString(waits.p50Millis()),
                                Long.toString(waits.p99Millis()),
                                Long.toString(waits.p999Millis()),
                                Long.toString(waits.maxMillis())))
                .toList();
    }

    void print(PrintWriter out) {
        out.println();
        out.println(title + ":");
        Table table = new Table(headings);
        rows.forEach(table::row);
        table.print(out);
    }

    String markdown() {
        StringBuilder text = new StringBuilder("## " + title + "\n\n");
        text.append(line(headings));
        text.append("|---".repeat(headings.size())).append("|\n");
        rows.forEach(row -> text.append(line(row)));
        return text.toString();
    }

    private static String line(List<String> cells) {
        return cells.stream()
                .map(cell -> cell.replace("|", "\\|").replace("\n", " "))
                .collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
