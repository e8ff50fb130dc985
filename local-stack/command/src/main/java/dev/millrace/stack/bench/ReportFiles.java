package dev.millrace.stack.bench;

import dev.millrace.stack.StackException;
import dev.millrace.stack.bench.Plot.Bar;
import dev.millrace.stack.bench.Plot.Dot;
import dev.millrace.stack.bench.Plot.Line;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** A report for people: on a terminal, and as files to keep. */
final class ReportFiles {
    static final String JSON = "report.json";
    static final String MARKDOWN = "report.md";
    static final String THROUGHPUT = "throughput.svg";
    static final String PER_CORE = "throughput-per-core.svg";

    private final BenchReport report;

    ReportFiles(BenchReport report) {
        this.report = report;
    }

    void print(PrintWriter out) {
        heading().forEach(out::println);
        Section.of(report).forEach(section -> section.print(out));
        out.flush();
    }

    private List<String> heading() {
        Machine machine = report.machine();
        String what = format(
                "%,d cores (%s), %.0f GiB; commit %s",
                machine.cores(), machine.cpu(), machine.memoryBytes() / (double) (1 << 30), report.commit());
        if (report.stream() == null) {
            return List.of(what);
        }
        RawStream.Identifiers identifiers = report.stream().identifiers();
        return List.of(
                what,
                format(
                        "%,d events to warm up and %,d measured, of about %,d user ids, %,d anonymous ids, %,d e-mail"
                                + " addresses",
                        report.options().warmUp(),
                        report.options().events(),
                        identifiers.userIds(),
                        identifiers.anonymousIds(),
                        identifiers.emails()));
    }

    /** Writes JSON, Markdown and plots; makes the directory where it is missing. */
    void write(Path directory) {
        try {
            Files.createDirectories(directory);
            Files.writeString(directory.resolve(JSON), report.json() + "\n");
            Map<String, String> plots = plots();
            for (Map.Entry<String, String> plot : plots.entrySet()) {
                Files.writeString(directory.resolve(plot.getKey()), plot.getValue());
            }
            Files.writeString(directory.resolve(MARKDOWN), markdown(plots));
        } catch (IOException e) {
            throw new StackException("can't write the report to " + directory + ": " + e.getMessage(), e);
        }
    }

    String markdown(Map<String, String> plots) {
        StringBuilder text = new StringBuilder(
                "# Bench of " + report.begunAt() + "\n\n```\nlocal-stack/stack " + report.commandLine() + "\n```\n\n");
        heading().forEach(line -> text.append(line).append("  \n"));
        text.append(report.machine().system()).append("; load before: ");
        text.append(format("%.2f", report.machine().loadBefore())).append("  \n");
        report.versions()
                .forEach((name, version) ->
                        text.append(name).append(' ').append(version).append("  \n"));
        text.append('\n');
        plots.keySet().forEach(name -> text.append("![](").append(name).append(")\n"));
        Section.of(report).forEach(section -> text.append('\n').append(section.markdown()));
        text.append("\nAll figures, each round's too: [")
                .append(JSON)
                .append("](")
                .append(JSON)
                .append(").\n");
        return text.toString();
    }

    /** By file name. */
    Map<String, String> plots() {
        Map<String, String> plots = new LinkedHashMap<>();
        if (!report.summaries().isEmpty()) {
            plots.put(
                    THROUGHPUT,
                    Plot.bars(
                            "Throughput",
                            "events a second (share of limit)",
                            bars(BenchReport.Summary::eventsPerSecond)));
            plots.put(
                    PER_CORE,
                    Plot.bars(
                            "Throughput a core",
                            "events a second of processor time of the job's own processes",
                            bars(BenchReport.Summary::eventsPerCore)));
        }
        List<String> jobs = report.scaling().stream()
                .map(curve -> curve.contender().replaceFirst("-.*", ""))
                .distinct()
                .toList();
        for (String job : jobs) {
            plots.put("scaling-" + job + ".svg", scaling(job, ScalingCurve.Point::cpuMicros, "processor time"));
            plots.put("scaling-" + job + "-time.svg", scaling(job, ScalingCurve.Point::micros, "time"));
        }
        return plots;
    }

    private List<Bar> bars(ToDoubleFunction<BenchReport.Summary> value) {
        double limit = report.summaries().stream()
                .filter(each -> each.contender().equals(Contender.LIMIT))
                .mapToDouble(value)
                .findFirst()
                .orElse(0);
        return report.summaries().stream()
                .map(each -> {
                    double its = value.applyAsDouble(each);
                    String share = limit > 0 ? format(" (%.1f%%)", 100 * its / limit) : "";
                    return new Bar(each.contender(), its, format("%,.0f", its) + share);
                })
                .toList();
    }

    private String scaling(String job, ToDoubleFunction<ScalingCurve.Point> cost, String what) {
        List<Line> lines = report.scaling().stream()
                .filter(curve -> curve.contender().startsWith(job + "-"))
                .map(curve -> new Line(
                        curve.contender() + ", parallelism " + curve.parallelism(),
                        curve.points().stream()
                                .filter(ScalingCurve.Point::isMeasured)
                                .map(point -> new Dot(point.identifiers(), cost.applyAsDouble(point)))
                                .toList()))
                .toList();
        return Plot.lines(
                format("%s: %s an event as state grows", job, what),
                "identifiers",
                "microseconds an event, " + what,
                lines);
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
