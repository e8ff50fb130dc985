package dev.millrace.stack.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What {@code stack verify} says of a stack: people and metrics, recomputed from cold storage, beside the store.
 *
 * @param events raw records in cold storage
 * @param people profiles that they come to
 * @param rows that were compared
 * @param missing rows that the store should have and has not
 * @param surplus rows that the store has and should not have
 * @param other differences: rows that say something else
 * @param examples of differences, a line each
 * @param summary what was compared: what, expected, found, differences
 * @param notes what could not be compared, and why
 * @param trusted those of them that are the store's own word, which nothing here can make right
 */
record Verdict(
        long events,
        long people,
        long rows,
        long missing,
        long surplus,
        long other,
        List<String> examples,
        List<Compared> summary,
        List<String> notes,
        List<String> trusted) {
    private static final int EXAMPLES = 10;

    /** One line of what was compared. */
    record Compared(String what, long expected, long found, long differences) {}

    /** Of the JSON that {@code stack verify --json} prints. Differences that are counted but not told are "other". */
    static Verdict of(JsonNode report) {
        List<Compared> summary = new ArrayList<>();
        long differences = 0;
        for (JsonNode each : report.path("compared")) {
            summary.add(new Compared(
                    each.path("what").asText(),
                    each.path("expected").asLong(),
                    each.path("found").asLong(),
                    each.path("differences").asLong()));
            differences += each.path("differences").asLong();
        }
        List<String> notes = new ArrayList<>();
        report.path("notes").forEach(note -> notes.add(note.asText()));
        List<String> trusted = new ArrayList<>();
        report.path("trusted").forEach(note -> trusted.add(note.asText()));
        long missing = 0;
        long surplus = 0;
        List<String> examples = new ArrayList<>();
        for (JsonNode each : report.path("differences")) {
            boolean absent = each.path("found").isNull() || each.path("found").isMissingNode();
            boolean unexpected =
                    each.path("expected").isNull() || each.path("expected").isMissingNode();
            missing += absent ? 1 : 0;
            surplus += unexpected ? 1 : 0;
            if (examples.size() < EXAMPLES) {
                examples.add(line(each));
            }
        }
        return new Verdict(
                report.path("events").asLong(),
                report.path("people").asLong(),
                report.path("rows").asLong(),
                missing,
                surplus,
                differences - missing - surplus,
                List.copyOf(examples),
                List.copyOf(summary),
                List.copyOf(notes),
                List.copyOf(trusted));
    }

    /** How many rows of metrics were expected. */
    long metricRows() {
        return summary.stream()
                .filter(each -> each.what().startsWith("metric "))
                .mapToLong(Compared::expected)
                .sum();
    }

    private static String line(JsonNode difference) {
        StringBuilder line = new StringBuilder(difference.path("what").asText());
        for (Map.Entry<String, JsonNode> part : difference.path("key").properties()) {
            line.append(' ')
                    .append(part.getKey())
                    .append('=')
                    .append(part.getValue().asText());
        }
        line.append(": expected ").append(difference.path("expected").asText("no row"));
        line.append(", found ").append(difference.path("found").asText("no row"));
        for (Map.Entry<String, JsonNode> detail : difference.path("details").properties()) {
            line.append(", ")
                    .append(detail.getKey())
                    .append(' ')
                    .append(detail.getValue().asText());
        }
        return line.toString();
    }
}
