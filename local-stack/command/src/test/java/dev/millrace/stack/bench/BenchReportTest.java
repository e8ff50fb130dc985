package dev.millrace.stack.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.stack.bench.BenchReport.Latency;
import dev.millrace.stack.bench.BenchReport.Round;
import dev.millrace.stack.bench.BenchReport.RowLatency;
import dev.millrace.stack.bench.BenchReport.Summary;
import dev.millrace.stack.bench.ScalingCurve.Point;
import dev.millrace.stack.bench.UsageCurve.Usage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchReportTest {
    private static final long MIB = 1 << 20;
    private static final List<Round> ROUNDS = List.of(
            round(1, "limit", 1_000, 0),
            round(1, "stitch-heap", 200, 0.1),
            round(2, "limit", 1_200, 0),
            round(2, "stitch-heap", 400, 0.3),
            round(3, "limit", 800, 0),
            round(3, "stitch-heap", 250, 0.2));

    @Test
    void aSummaryHoldsMediansAndTheShareOfTheLimit() {
        assertThat(BenchReport.summaries(ROUNDS, 50))
                .containsExactly(
                        new Summary("limit", 1_000, 800, 1_200, 1.0, 0, 0, 0, 500, 250, 300 * MIB, 0),
                        new Summary("stitch-heap", 250, 200, 400, 0.25, 1.5, 0.2, 0.4, 125, 62.5, 300 * MIB, 80));
    }

    @Test
    void withoutTheLimitThereIsNoShareOfIt() {
        assertThat(BenchReport.summaries(List.of(round(1, "stitch-heap", 200, 0.1)), 50))
                .singleElement()
                .extracting(Summary::ofLimit)
                .isNull();
    }

    @Test
    void theMedianOfAnEvenNumberIsBetweenTheMiddleOnes() {
        assertThat(BenchReport.median(List.of(4.0, 1.0, 3.0, 2.0))).isEqualTo(2.5);
    }

    @Test
    void jsonHoldsEveryRoundUnderNamesInSnakeCase() throws IOException {
        JsonNode json = new ObjectMapper().readTree(whole().json());

        assertThat(json.path("command_line").asText()).isEqualTo("bench --all");
        assertThat(json.path("options").path("warm_up").asLong()).isEqualTo(400);
        assertThat(json.path("machine").path("memory_bytes").asLong()).isEqualTo(1L << 33);
        assertThat(json.path("stream").path("identifiers").path("anonymous_ids").asLong())
                .isEqualTo(20);
        assertThat(json.path("rounds")).hasSize(6);
        assertThat(json.path("rounds").path(1).path("messages_per_event").asDouble())
                .isEqualTo(0.1);
        assertThat(json.path("rounds")
                        .path(1)
                        .path("cost")
                        .path("job_cpu_seconds")
                        .asDouble())
                .isEqualTo(4);
        assertThat(json.path("summaries").path(1).path("of_limit").asDouble()).isEqualTo(0.25);
        assertThat(json.path("latency").path("logins").path("p99_millis").asLong())
                .isEqualTo(60);
        assertThat(json.path("row_latencies")
                        .path(0)
                        .path("corrections")
                        .path("p50_millis")
                        .asLong())
                .isEqualTo(800);
        assertThat(json.path("row_latencies").path(0).path("unseen").asInt()).isEqualTo(2);
        assertThat(json.path("row_latencies").path(0).path("most_per_second").asDouble())
                .isEqualTo(200);
        assertThat(json.path("row_latencies")
                        .path(0)
                        .path("sustained_per_second")
                        .asDouble())
                .isEqualTo(160);
        assertThat(json.path("latency_budget").path("hops")).hasSize(7);
        assertThat(json.path("scaling").path(0).path("rise").asDouble()).isEqualTo(1.2);
        assertThat(json.path("scaling").path(0).path("flat").asBoolean()).isTrue();
        assertThat(json.path("scaling")
                        .path(1)
                        .path("points")
                        .path(1)
                        .path("problem")
                        .asText())
                .isEqualTo("out of memory");
    }

    @Test
    void jsonLeavesOutWhatWasNotMeasured() throws IOException {
        JsonNode json = new ObjectMapper().readTree(rounds().json());

        assertThat(json.has("latency")).isFalse();
        assertThat(json.has("latency_budget")).isFalse();
    }

    @Test
    void peopleReadTables() {
        StringWriter text = new StringWriter();
        new ReportFiles(whole()).print(new PrintWriter(text));

        assertThat(text.toString())
                .contains("2 cores (some cpu), 8 GiB; commit abc+")
                .containsPattern("stitch-heap +250 +200 +400 +0.250 +1.500 +0.200 +0.400")
                .containsPattern("stitch-heap +125 +63 +300 +80\n")
                .containsPattern("raw event, its attribution +1,000 +5 +20 +30 +31")
                .containsPattern("login, the device's new profile +10 +8 +60 +61 +62")
                .contains("Latency to PostgreSQL of together-rocksdb at 79 events/s"
                        + " (wanted: 80, half of what is sustained; a burst: 200; sustained: 160),"
                        + " milliseconds; 2 not seen:")
                .containsPattern("raw event, its row +300 +400 +900 +950 +951")
                .containsPattern("login, one person instead of two +100 +800 +1200 +1300 +1301")
                .containsPattern("StitchJob +append to raw +append to stitched +1 +30 ")
                .containsPattern("stitch-rocksdb +2 +1,000,000 +12.0 +15.0 +24.0 +1.20 +1.20 +400")
                .containsPattern("stitch-heap +1 +1,000,000 .*out of memory")
                .containsPattern("stitch-heap +1 +not flat");
    }

    @Test
    void aTableOfRowsSaysWhatItsRateIsHalfOf() {
        assertThat(Section.of(report(
                        null,
                        List.of(
                                rowLatency(200, 160, 80),
                                rowLatency(200, 160, 100),
                                rowLatency(200, 200, 100),
                                rowLatency(200, 0, 100),
                                rowLatency(200, 0, 70)),
                        null,
                        List.of())))
                .extracting(Section::title)
                .filteredOn(title -> title.startsWith("Latency"))
                .map(title -> title.substring(title.indexOf('('), title.indexOf(')') + 1))
                .containsExactly(
                        "(wanted: 80, half of what is sustained; a burst: 200; sustained: 160)",
                        "(wanted: 100, half of a burst; a burst: 200; sustained: 160)",
                        "(wanted: 100, half of what is sustained, and of a burst; a burst: 200; sustained: 200)",
                        "(wanted: 100, half of a burst; a burst: 200)",
                        "(wanted: 70; a burst: 200)");
    }

    @Test
    void whatWasNotMeasuredHasNoTable() {
        assertThat(Section.of(rounds()))
                .extracting(Section::title)
                .containsExactly(
                        "Throughput, medians; rounds: 3",
                        "Cost: events a second and core of processor time, memory, state");
    }

    @Test
    void aReportIsADirectoryWithPlotsThatTheTextShows(@TempDir Path parent) throws IOException {
        Path directory = parent.resolve("made/by/it");
        new ReportFiles(whole()).write(directory);

        String text = Files.readString(directory.resolve("report.md"));
        assertThat(text)
                .contains("local-stack/stack bench --all", "commit abc+", "flink 2.2.0", "Linux", "[report.json]")
                .contains("| stitch-heap | 250 | 200 | 400 | 0.250 | 1.500 | 0.200 | 0.400 |");
        for (String plot :
                List.of("throughput.svg", "throughput-per-core.svg", "scaling-stitch.svg", "scaling-stitch-time.svg")) {
            assertThat(text).contains("![](" + plot + ")");
            assertThat(directory.resolve(plot)).isNotEmptyFile();
        }
        assertThat(Files.readString(directory.resolve("report.json"))).isEqualTo(whole().json() + "\n");
    }

    private static BenchReport whole() {
        return report(latency(), List.of(rowLatency(200, 160, 80)), budget(), curves());
    }

    private static BenchReport rounds() {
        return report(null, List.of(), null, List.of());
    }

    private static BenchReport report(
            Latency latency, List<RowLatency> rowLatencies, LatencyBudget budget, List<ScalingCurve> scaling) {
        return new BenchReport(
                "2026-01-01T00:00:00Z",
                "bench --all",
                "abc+",
                new Machine(2, "some cpu", 1L << 33, "Linux", 0.5),
                Map.of("flink", "2.2.0"),
                new BenchOptions(
                        400,
                        600,
                        3,
                        1_000,
                        2,
                        1,
                        24,
                        0,
                        60,
                        0,
                        List.of(),
                        "10s",
                        "9g",
                        "2g",
                        EnumSet.allOf(BenchOptions.Part.class),
                        List.of(10_000L, 1_000_000L),
                        1_000),
                new BenchReport.Stream(1_000, new RawStream.Identifiers(10, 20, 5), 300_000),
                ROUNDS,
                BenchReport.summaries(ROUNDS, 50),
                latency,
                rowLatencies,
                budget,
                scaling);
    }

    private static RowLatency rowLatency(double burst, double sustained, double wanted) {
        return new RowLatency(
                "together-rocksdb",
                burst,
                sustained,
                wanted,
                wanted - 1,
                new Latencies.Summary(300, 400, 900, 950, 951),
                new Latencies.Summary(100, 800, 1_200, 1_300, 1_301),
                2);
    }

    private static Latency latency() {
        return new Latency(
                "stitch-rocksdb",
                100,
                99,
                new Latencies.Summary(1_000, 5, 20, 30, 31),
                new Latencies.Summary(10, 8, 60, 61, 62));
    }

    private static LatencyBudget budget() {
        HopTraces traces = new HopTraces();
        HopTraces.Trace trace = traces.of("one");
        trace.sent(1_000);
        trace.answered(1_020);
        trace.raw(1_005, 1_010);
        trace.stitched(1_040);
        trace.row(1_500, 1_510);
        return new LatencyBudget(2_000, traces.hops(), traces.incomplete());
    }

    private static List<ScalingCurve> curves() {
        return List.of(
                new ScalingCurve(
                        "stitch-rocksdb",
                        2,
                        List.of(new Point(10_000, 10, 13, 20, 500, null), new Point(1_000_000, 12, 15, 24, 400, null))),
                new ScalingCurve(
                        "stitch-heap",
                        1,
                        List.of(new Point(10_000, 8, 10, 16, 500, null), Point.without(1_000_000, "out of memory"))));
    }

    private static Round round(int number, String contender, double rate, double messages) {
        boolean writes = !contender.equals("limit");
        Cost cost = Cost.of(2 * rate, new Usage(4, 3, 1), 300 * MIB, writes ? 4_000 : 0);
        return new Round(number, contender, rate, 0, writes ? 1.5 : 0, messages, 2 * messages, 0, 0, cost);
    }
}
