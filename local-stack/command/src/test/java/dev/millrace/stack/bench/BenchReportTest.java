package dev.millrace.stack.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.stack.bench.BenchReport.Latency;
import dev.millrace.stack.bench.BenchReport.Round;
import dev.millrace.stack.bench.BenchReport.RowLatency;
import dev.millrace.stack.bench.BenchReport.Summary;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BenchReportTest {
    private static final List<Round> ROUNDS = List.of(
            round(1, "limit", 1_000, 0),
            round(1, "stitch-heap", 200, 0.1),
            round(2, "limit", 1_200, 0),
            round(2, "stitch-heap", 400, 0.3),
            round(3, "limit", 800, 0),
            round(3, "stitch-heap", 250, 0.2));

    @Test
    void aSummaryHoldsMediansAndTheShareOfTheLimit() {
        assertThat(BenchReport.summaries(ROUNDS))
                .containsExactly(
                        new Summary("limit", 1_000, 800, 1_200, 1.0, 0, 0, 0),
                        new Summary("stitch-heap", 250, 200, 400, 0.25, 1.5, 0.2, 0.4));
    }

    @Test
    void withoutTheLimitThereIsNoShareOfIt() {
        assertThat(BenchReport.summaries(List.of(round(1, "stitch-heap", 200, 0.1))))
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
        JsonNode json =
                new ObjectMapper().readTree(report(latency(), rowLatency()).json());

        assertThat(json.path("options").path("warm_up").asLong()).isEqualTo(400);
        assertThat(json.path("machine").path("memory_bytes").asLong()).isEqualTo(1L << 33);
        assertThat(json.path("stream").path("identifiers").path("anonymous_ids").asLong())
                .isEqualTo(20);
        assertThat(json.path("rounds")).hasSize(6);
        assertThat(json.path("rounds").path(1).path("messages_per_event").asDouble())
                .isEqualTo(0.1);
        assertThat(json.path("summaries").path(1).path("of_limit").asDouble()).isEqualTo(0.25);
        assertThat(json.path("latency").path("logins").path("p99_millis").asLong())
                .isEqualTo(60);
        assertThat(json.path("row_latency")
                        .path("corrections")
                        .path("p50_millis")
                        .asLong())
                .isEqualTo(800);
        assertThat(json.path("row_latency").path("unseen").asInt()).isEqualTo(2);
    }

    @Test
    void jsonLeavesOutWhatWasNotMeasured() throws IOException {
        JsonNode json = new ObjectMapper().readTree(report(null, null).json());

        assertThat(json.has("latency")).isFalse();
        assertThat(json.has("row_latency")).isFalse();
    }

    @Test
    void peopleReadTables() {
        StringWriter text = new StringWriter();
        report(latency(), rowLatency()).print(new PrintWriter(text));

        assertThat(text.toString())
                .contains("2 cores (some cpu), 8 GiB; commit abc+")
                .containsPattern("stitch-heap +250 +200 +400 +0.250 +1.500 +0.200 +0.400")
                .containsPattern("raw event, its attribution +1,000 +5 +20 +30 +31")
                .containsPattern("login, the device's new profile +10 +8 +60 +61 +62")
                .contains("Latency to PostgreSQL at 79 events/s (wanted: 80), milliseconds; 2 not seen:")
                .containsPattern("raw event, its row +300 +400 +900 +950 +951")
                .containsPattern("login, one person instead of two +100 +800 +1200 +1300 +1301");
    }

    @Test
    void theLeastRateIsThatOfTheSlowestThatRan() {
        assertThat(BenchReport.leastRate(ROUNDS, List.of("limit", "stitch-heap", "stitch-rocksdb")))
                .isEqualTo(250);
    }

    private static BenchReport report(Latency latency, RowLatency rowLatency) {
        return new BenchReport(
                "2026-01-01T00:00:00Z",
                "abc+",
                new Machine(2, "some cpu", 1L << 33, "Linux", 0.5),
                Map.of("flink", "2.2.0"),
                new BenchOptions(400, 600, 3, 1_000, 2, 1, 0, 60, 0, List.of(), "10s", "9g", "2g"),
                new BenchReport.Stream(1_000, new RawStream.Identifiers(10, 20, 5), 300_000),
                ROUNDS,
                BenchReport.summaries(ROUNDS),
                latency,
                rowLatency);
    }

    private static RowLatency rowLatency() {
        return new RowLatency(
                80,
                79,
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

    private static Round round(int number, String contender, double rate, double messages) {
        boolean writes = !contender.equals("limit");
        return new Round(number, contender, rate, 0, writes ? 1.5 : 0, messages, 2 * messages, 0, 0, 0);
    }
}
