package dev.millrace.stack.verify;

import dev.millrace.stack.command.Table;
import dev.millrace.verify.Difference;
import dev.millrace.verify.VerifyReport;
import dev.millrace.verify.VerifyReport.Comparison;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A report, for people. */
final class ReportPage {
    private ReportPage() {}

    static void print(VerifyReport report, PrintWriter out) {
        Table table = new Table(List.of("compared", "expected", "found", "differences"));
        for (Comparison each : report.compared()) {
            table.row(List.of(
                    each.what(),
                    Long.toString(each.expected()),
                    Long.toString(each.found()),
                    Long.toString(each.differences())));
        }
        table.print(out);
        out.println();
        report.notes().forEach(note -> out.println("Note: " + note + "."));
        report.differences().forEach(difference -> print(difference, out));
        if (report.differences().size() < report.differenceCount()) {
            out.println((report.differenceCount() - report.differences().size())
                    + " more differences; --differences tells more of them.");
        }
        out.println(String.format(
                Locale.ROOT,
                "%,d records, %,d people, %,d rows compared in %.1f s: %s",
                report.events(),
                report.people(),
                report.rows(),
                report.millis() / 1000.0,
                report.agrees()
                        ? "no difference."
                        : String.format(Locale.ROOT, "%,d differ.", report.differenceCount())));
        out.flush();
    }

    private static void print(Difference difference, PrintWriter out) {
        out.println(difference.what() + ": " + text(difference.key()));
        out.println("  expected  " + (difference.expected() == null ? "no such row" : difference.expected()));
        out.println("  found     " + (difference.found() == null ? "no such row" : difference.found()));
        difference.details().forEach((name, value) -> out.println("  " + name + ": " + value));
        difference.records().forEach(place -> out.println("  see " + place));
        out.println();
    }

    private static String text(Map<String, String> key) {
        return key.entrySet().stream()
                .map(each -> each.getKey() + " " + each.getValue())
                .collect(Collectors.joining(", "));
    }
}
