package dev.millrace.stack.chaos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.millrace.stack.StackException;
import dev.millrace.stack.command.Table;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What came of a run.
 *
 * @param surroundings what it ran on, and of what
 * @param started when the first fault could begin
 * @param checkpointDisk how it was filled
 * @param notFitted kinds of faults for which there was no time
 * @param unacknowledged records that were never acknowledged, though sent again and again until the end
 * @param audit null where it did not come to it
 * @param verdict null where it did not come to it
 * @param troubles what went wrong beside the stack's answers: no recovery, an interruption, a verification that failed
 */
record ChaosReport(
        ChaosOptions options,
        Surroundings surroundings,
        Instant started,
        String checkpointDisk,
        List<Happened> faults,
        List<FaultKind> notFitted,
        Traffic.Counts sent,
        long unacknowledged,
        ColdAudit audit,
        Verdict verdict,
        List<String> troubles) {
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /**
     * A fault that was done.
     *
     * @param atSeconds after the start
     * @param recoverySeconds from when the fault was over until the stack kept up again; null: it did not in time
     */
    record Happened(Fault fault, double atSeconds, Double recoverySeconds) {}

    /** Acknowledged records and raw records that are not in cold storage, and rows that are not in the store. */
    long lost() {
        return audit == null || verdict == null ? -1 : audit.unknown() + audit.missing() + verdict.missing();
    }

    /** Raw records that are in cold storage more than once, and rows that the store has and should not have. */
    long duplicated() {
        return audit == null || verdict == null ? -1 : audit.twice() + verdict.surplus();
    }

    /** Raw records that are not the same in cold storage, and rows of the store that say something else: a count that is off. */
    long wrong() {
        return audit == null || verdict == null ? -1 : audit.different() + verdict.other();
    }

    /**
     * Whether there were faults (with {@code --once} one of each kind), every one was recovered from, and of all that was
     * sent all was checked, metrics included, nothing of it on the store's word alone, and nothing found.
     */
    boolean successful() {
        boolean broken = !faults.isEmpty() && (!options.once() || notFitted.isEmpty());
        return broken && lost() == 0 && duplicated() == 0 && wrong() == 0 && isAll() && troubles.isEmpty();
    }

    private boolean isAll() {
        return audit.records() > 0
                && verdict.events() >= audit.records()
                && verdict.metricRows() > 0
                && verdict.trusted().isEmpty();
    }

    String result() {
        return lost() < 0
                ? "not verified"
                : String.format(Locale.ROOT, "lost = %d, duplicated = %d, wrong = %d", lost(), duplicated(), wrong());
    }

    void print(PrintWriter out) {
        Table table = new Table(List.of("#", "at s", "fault", "target", "recovered s"));
        for (Happened each : faults) {
            table.row(List.of(
                    Integer.toString(each.fault().number()),
                    decimal(each.atSeconds()),
                    each.fault().kind().label(),
                    each.fault().target(),
                    recovery(each)));
        }
        out.println();
        table.print(out);
        out.println();
        lines().forEach(out::println);
        out.println();
        out.println(result());
        out.flush();
    }

    private static String recovery(Happened each) {
        return each.recoverySeconds() == null ? "not" : decimal(each.recoverySeconds());
    }

    private static String decimal(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private static String grouped(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    private List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("seed " + options.seed() + ", " + decimal(options.eventsPerSecond()) + " events/s, "
                + options.taskManagers() + " TaskManagers");
        lines.add("sent: " + grouped(sent.events()) + " events of " + grouped(sent.users())
                + " users, half by HTTP, half"
                + " to Kafka; " + grouped(sent.skewed()) + " with a clock that is far off; " + grouped(sent.malformed())
                + " malformed records and requests, " + grouped(sent.refused()) + " of them refused by the collector; "
                + grouped(sent.repeated()) + " sent again for want of an answer; " + grouped(unacknowledged)
                + " never acknowledged");
        if (audit != null) {
            lines.add("ledger: " + grouped(audit.acknowledged()) + " different records acknowledged, "
                    + grouped(audit.unknown()) + " not in cold storage");
            lines.add("cold storage: " + grouped(audit.records()) + " raw records, " + grouped(audit.missing())
                    + " missing, " + grouped(audit.twice()) + " twice, " + grouped(audit.different()) + " different");
            audit.examples().forEach(example -> lines.add("  " + example));
        }
        if (verdict != null) {
            lines.add("verify: " + grouped(verdict.events()) + " raw records, " + grouped(verdict.people())
                    + " people, " + grouped(verdict.rows()) + " rows compared; " + grouped(verdict.missing())
                    + " missing, " + grouped(verdict.surplus()) + " too many, " + grouped(verdict.other())
                    + " different");
            verdict.examples().forEach(example -> lines.add("  " + example));
            verdict.notes().forEach(note -> lines.add("not compared: " + note));
            verdict.trusted().forEach(note -> lines.add("nothing here can have made this right: " + note));
            if (audit != null && verdict.events() < audit.records()) {
                lines.add("verify has read fewer raw records than there are");
            }
            if (verdict.metricRows() == 0) {
                lines.add("verify has compared no metrics");
            }
        }
        if (faults.isEmpty()) {
            lines.add("there was no fault: give it more minutes");
        }
        if (!notFitted.isEmpty()) {
            lines.add("no time for: " + FaultKind.labels(notFitted));
        }
        troubles.forEach(trouble -> lines.add("trouble: " + trouble));
        return lines;
    }

    /** Writes the report into a directory, for people and for programs; says where. */
    List<Path> write(Path directory) {
        String name = "chaos-" + started.toString().replaceAll("[:.]", "-").replaceAll("-[0-9]+Z$", "Z") + "-seed-"
                + options.seed();
        try {
            Files.createDirectories(directory);
            Path markdown = Files.writeString(directory.resolve(name + ".md"), markdown());
            Path json = Files.writeString(directory.resolve(name + ".json"), json() + "\n");
            return List.of(markdown, json);
        } catch (IOException e) {
            throw new StackException("can't write the report into " + directory + ": " + e.getMessage(), e);
        }
    }

    String markdown() {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        out.println("# Chaos: " + result());
        out.println();
        out.println("`local-stack/stack chaos --minutes " + minutes() + " --seed " + options.seed() + " --rate "
                + decimal(options.eventsPerSecond()) + " --people " + options.people() + " --task-managers "
                + options.taskManagers() + (options.once() ? " --once" : "") + " --faults "
                + FaultKind.labels(options.faults()).replace(" ", "") + "`, " + started);
        out.println();
        out.println("| | |");
        out.println("|---|---|");
        out.println("| commit | " + surroundings.commit() + " |");
        out.println("| machine | " + surroundings.machine().cores() + " × "
                + surroundings.machine().cpu() + ", " + (surroundings.machine().memoryBytes() >> 20) + " MiB, "
                + surroundings.machine().system() + " |");
        surroundings.versions().forEach((program, version) -> out.println("| " + program + " | " + version + " |"));
        out.println("| checkpoint disk full | " + checkpointDisk + " |");
        out.println();
        out.println("| # | at s | fault | target | recovered s |");
        out.println("|---:|---:|---|---|---:|");
        for (Happened each : faults) {
            out.println("| " + each.fault().number() + " | " + decimal(each.atSeconds()) + " | "
                    + each.fault().kind().label() + " | " + each.fault().target() + " | " + recovery(each) + " |");
        }
        out.println();
        out.println(
                "Recovered: from when the fault was over (a killed process dead, a paused one going on, room on the disk"
                        + " again; of a rescaling from its begin) until every part and job ran, the senders were at most two seconds"
                        + " behind, and event time in the store, told since, at most " + Pulse.FRESH.toSeconds()
                        + " seconds, of which five are what StitchJob waits for stragglers; after a TaskManager was killed or paused for"
                        + " longer than Flink's heartbeats, jobs have failed before; after the disk was full, each job has had a checkpoint"
                        + " fail, and completed one that was begun since. Looked at twice a second.");
        out.println();
        lines().forEach(line -> out.println((line.startsWith("  ") ? "  - " : "- ") + line.strip()));
        if (verdict != null) {
            out.println();
            out.println("| compared | expected | found | differences |");
            out.println("|---|---:|---:|---:|");
            verdict.summary()
                    .forEach(each -> out.println("| " + each.what() + " | " + grouped(each.expected()) + " | "
                            + grouped(each.found()) + " | " + grouped(each.differences()) + " |"));
        }
        out.flush();
        return text.toString();
    }

    private String minutes() {
        double minutes = options.atMost().toMillis() / 60_000.0;
        return minutes == Math.rint(minutes) ? Long.toString((long) minutes) : Double.toString(minutes);
    }

    String json() {
        Map<String, Object> tree = new TreeMap<>();
        tree.put("started", started.toString());
        tree.put("seed", options.seed());
        tree.put("minutes", options.atMost().toMillis() / 60_000.0);
        tree.put("events_per_second", options.eventsPerSecond());
        tree.put("people", options.people());
        tree.put("task_managers", options.taskManagers());
        tree.put("kinds", options.faults().stream().map(FaultKind::label).toList());
        tree.put("surroundings", surroundings);
        tree.put("checkpoint_disk", checkpointDisk);
        tree.put("faults", faults.stream().map(ChaosReport::row).toList());
        tree.put("not_fitted", notFitted.stream().map(FaultKind::label).toList());
        tree.put("sent", sent);
        tree.put("unacknowledged", unacknowledged);
        tree.put("audit", audit);
        tree.put("verify", verdict);
        tree.put("troubles", troubles);
        tree.put("lost", lost() < 0 ? null : lost());
        tree.put("duplicated", duplicated() < 0 ? null : duplicated());
        tree.put("wrong", wrong() < 0 ? null : wrong());
        try {
            return JSON.writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the report is of plain values", e);
        }
    }

    private static Map<String, Object> row(Happened each) {
        Map<String, Object> row = new TreeMap<>();
        row.put("number", each.fault().number());
        row.put("kind", each.fault().kind().label());
        row.put("target", each.fault().target());
        row.put("at_seconds", each.atSeconds());
        row.put("held_seconds", each.fault().seconds());
        row.put("recovery_seconds", each.recoverySeconds());
        return row;
    }
}
