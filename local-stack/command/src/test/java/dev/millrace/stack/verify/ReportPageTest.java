package dev.millrace.stack.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.verify.Difference;
import dev.millrace.verify.Difference.RawPlace;
import dev.millrace.verify.VerifyReport;
import dev.millrace.verify.VerifyReport.Comparison;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportPageTest {
    private static final VerifyReport REPORT = new VerifyReport(
            10,
            3,
            7,
            List.of(new Comparison("identifiers", 4, 4, 0), new Comparison("metric orders", 3, 2, 2)),
            List.of(new Difference(
                    "metric orders",
                    Map.of("window_size", "1h"),
                    "2",
                    null,
                    Map.of("revision", "1"),
                    List.of(new RawPlace("millrace.raw", 1, 5, "file:/cold/part-0.parquet")))),
            List.of("windows that began before noon are past the hot horizon and not compared"),
            List.of(),
            1500);

    @Test
    void aReportSaysWhatDiffersAndWhereToLook() {
        StringWriter text = new StringWriter();
        ReportPage.print(REPORT, new PrintWriter(text));

        assertThat(text.toString().lines().map(String::strip).toList())
                .contains(
                        "metric orders         3      2            2",
                        "metric orders: window_size 1h",
                        "expected  2",
                        "found     no such row",
                        "revision: 1",
                        "see millrace.raw/1/5 in file:/cold/part-0.parquet",
                        "1 more differences; --differences tells more of them.",
                        "10 records, 3 people, 7 rows compared in 1.5 s: 2 differ.");
        assertThat(REPORT.agrees()).isFalse();
    }

    /** It comes from another process. */
    @Test
    void aReportIsTheSameAfterJson() throws JsonProcessingException {
        ObjectMapper json = new ObjectMapper();

        assertThat(json.readValue(json.writeValueAsString(REPORT), VerifyReport.class))
                .isEqualTo(REPORT);
    }
}
