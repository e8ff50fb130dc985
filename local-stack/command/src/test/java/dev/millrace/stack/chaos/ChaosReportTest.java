package dev.millrace.stack.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.stack.bench.Machine;
import dev.millrace.stack.chaos.ChaosReport.Happened;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChaosReportTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ColdAudit EXACT = new ColdAudit(1000, 0, 0, 0, 990, 0, List.of());

    private static final List<Happened> HAPPENED = List.of(
            new Happened(new Fault(1, FaultKind.PAUSE, "postgres", 14, Map.of(), 1), 12.3, 4.6),
            new Happened(new Fault(2, FaultKind.RESTART_ALL, "", 0, Map.of(), 1), 40.0, null));

    @Test
    void noughtEverywhereIsSuccess() throws IOException {
        ChaosReport report = report(EXACT, verdict("[]", 0), List.of());
        assertThat(report.successful()).isTrue();
        assertThat(report.result()).isEqualTo("lost = 0, duplicated = 0, wrong = 0");
    }

    @Test
    void whatIsNotInColdStorageIsLost() throws IOException {
        ChaosReport report = report(
                new ColdAudit(1000, 2, 0, 0, 990, 3, List.of("acknowledged, but not in cold storage: x")),
                verdict("[]", 0),
                List.of());
        assertThat(report.lost()).isEqualTo(5);
        assertThat(report.successful()).isFalse();
        assertThat(printed(report)).contains("not in cold storage: x", "lost = 5, duplicated = 0, wrong = 0");
    }

    @Test
    void differencesOfTheStoreAreLostDuplicatedOrWrongByWhichSideHasTheRow() throws IOException {
        String differences =
                """
                [{"what": "metric_values", "key": {"metric": "events"}, "expected": "3", "found": null},
                 {"what": "sessions", "key": {"profile_id": "p"}, "expected": null, "found": "1"},
                 {"what": "metric_values", "key": {"metric": "events"}, "expected": "3", "found": "4",
                  "details": {"revision": "2"}}]
                """;
        ChaosReport report = report(EXACT, verdict(differences, 7), List.of());
        assertThat(report.lost()).isEqualTo(1);
        assertThat(report.duplicated()).isEqualTo(1);
        // Four more were counted than told.
        assertThat(report.wrong()).isEqualTo(5);
        assertThat(printed(report)).contains("metric_values metric=events: expected 3, found 4, revision 2");
    }

    @Test
    void aRunThatWasNotVerifiedIsNoSuccess() throws IOException {
        ChaosReport report = report(null, null, List.of("interrupted: nothing was verified"));
        assertThat(report.successful()).isFalse();
        assertThat(report.result()).isEqualTo("not verified");
        assertThat(JSON.readTree(report.json()).path("lost").isNull()).isTrue();
    }

    @Test
    void whereNothingWasBrokenOrNotAllIsReadNothingIsProved() throws IOException {
        Verdict exact = verdict("[]", 0);
        assertThat(report(EXACT, exact, List.of(), HAPPENED, true).successful())
                .as("one kind of fault is left out")
                .isFalse();
        ChaosReport unbroken = report(EXACT, exact, List.of(), List.of(), false);
        assertThat(unbroken.successful()).isFalse();
        assertThat(printed(unbroken)).contains("there was no fault");
        ChaosReport partial = report(new ColdAudit(1001, 0, 0, 0, 990, 0, List.of()), exact, List.of());
        assertThat(partial.lost()).isZero();
        assertThat(partial.successful()).isFalse();
        assertThat(printed(partial)).contains("verify has read fewer raw records than there are");
        assertThat(report(new ColdAudit(0, 0, 0, 0, 0, 0, List.of()), exact, List.of())
                        .successful())
                .isFalse();
    }

    @Test
    void whatWasNotComparedIsTold() throws IOException {
        Verdict noted = Verdict.of(
                JSON.readTree(
                        """
                {"events": 1000, "people": 77, "rows": 500, "compared": [], "differences": [],
                 "notes": ["7 identifiers are near a bound"]}
                """));
        assertThat(printed(report(EXACT, noted, List.of()))).contains("not compared: 7 identifiers are near a bound");
    }

    /** Nobody changes the configuration while things are broken: the store has no reason to know less than cold storage. */
    @Test
    void whereTheStoreIsTakenAtItsWordOrNoMetricIsComparedNothingIsProved() throws IOException {
        ChaosReport trusting = report(
                EXACT,
                Verdict.of(
                        JSON.readTree(
                                """
                {"events": 1000, "people": 77, "rows": 500, "differences": [],
                 "compared": [{"what": "metric events", "expected": 400, "found": 400, "differences": 0}],
                 "notes": ["metric events counts since noon"], "trusted": ["metric events counts since noon"]}
                """)),
                List.of());
        assertThat(trusting.wrong()).isZero();
        assertThat(trusting.successful()).isFalse();
        assertThat(printed(trusting))
                .contains("nothing here can have made this right: metric events counts since noon");
        ChaosReport nothing = report(
                EXACT,
                Verdict.of(
                        JSON.readTree(
                                """
                {"events": 1000, "people": 77, "rows": 500, "differences": [],
                 "compared": [{"what": "metric events", "expected": 0, "found": 0, "differences": 0}]}
                """)),
                List.of());
        assertThat(nothing.successful()).isFalse();
        assertThat(printed(nothing)).contains("verify has compared no metrics");
    }

    @Test
    void aStackThatDoesNotRecoverIsNoSuccess() throws IOException {
        ChaosReport report = report(EXACT, verdict("[]", 0), List.of("no recovery from fault 2"));
        assertThat(report.lost()).isZero();
        assertThat(report.successful()).isFalse();
    }

    @Test
    void theReportSaysWhenWhatAndForHowLong(@TempDir Path directory) throws IOException {
        ChaosReport report = report(EXACT, verdict("[]", 0), List.of());
        List<Path> files = report.write(directory.resolve("reports"));
        String markdown = Files.readString(files.get(0));
        assertThat(markdown)
                .contains("# Chaos: lost = 0, duplicated = 0, wrong = 0")
                .contains("| 1 | 12.3 | pause | postgres, 14 s | 4.6 |")
                .contains("| 2 | 40.0 | restart-all | everything | not |")
                .contains("--minutes 3 --seed 9 ")
                .contains("no time for: rescale")
                .contains("| commit | abc+ |");
        JsonNode json = JSON.readTree(Files.readString(files.get(1)));
        assertThat(json.path("seed").asLong()).isEqualTo(9);
        assertThat(json.path("faults").path(0).path("held_seconds").asInt()).isEqualTo(14);
        assertThat(json.path("faults").path(0).path("recovery_seconds").asDouble())
                .isEqualTo(4.6);
        assertThat(json.path("faults").path(1).path("recovery_seconds").isNull())
                .isTrue();
        assertThat(json.path("verify").path("people").asLong()).isEqualTo(77);
        assertThat(json.path("lost").asLong()).isZero();
        assertThat(printed(report)).contains("pause", "postgres, 14 s", "77 people", "no time for: rescale");
    }

    private static String printed(ChaosReport report) {
        StringWriter text = new StringWriter();
        report.print(new PrintWriter(text));
        return text.toString();
    }

    private static Verdict verdict(String differences, long count) throws IOException {
        return Verdict.of(JSON.readTree(
                """
                {"events": 1000, "people": 77, "rows": 500,
                 "compared": [{"what": "metric events", "expected": 400, "found": 400, "differences": %d}],
                 "differences": %s}
                """
                        .formatted(count, differences)));
    }

    private static ChaosReport report(ColdAudit audit, Verdict verdict, List<String> troubles) {
        return report(audit, verdict, troubles, HAPPENED, false);
    }

    private static ChaosReport report(
            ColdAudit audit, Verdict verdict, List<String> troubles, List<Happened> faults, boolean once) {
        return new ChaosReport(
                new ChaosOptions(
                        Duration.ofMinutes(3),
                        9,
                        500,
                        10_000,
                        List.of(FaultKind.PAUSE, FaultKind.RESTART_ALL, FaultKind.RESCALE),
                        once,
                        2),
                new Surroundings(
                        new Machine(2, "a processor", 4L << 30, "Linux", 0.5), "abc+", Map.of("flink", "2.2.0")),
                Instant.parse("2026-05-01T10:00:00Z"),
                "a tmpfs",
                faults,
                List.of(FaultKind.RESCALE),
                new Traffic.Counts(900, 8, 9, 2, 30, 0, 70),
                0,
                audit,
                verdict,
                troubles);
    }
}
