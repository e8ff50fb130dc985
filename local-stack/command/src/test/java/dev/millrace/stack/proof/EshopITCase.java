package dev.millrace.stack.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.stack.Stack;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * A real shop's click stream of 2008, against its published totals: M. Łapczyński, S. Białowąs, "Discovering Patterns of
 * Users' Behaviour in an E-shop" (2013); UCI "Clickstream Data for Online Shopping", CC BY 4.0.
 */
class EshopITCase {
    @TempDir
    private Path directory;

    @Test
    void theTotalsOfTheClickStreamAreThePublishedOnes() throws IOException, SQLException {
        String file = System.getProperty("millrace.eshop", "");
        assumeTrue(
                !file.isBlank(),
                "needs the public data set UCI \"Clickstream Data for Online Shopping\" as Segment NDJSON; name the file"
                        + " with -Dmillrace.eshop=FILE");
        try (TestStack stack = TestStack.up("eshop", Path.of("src", "test", "resources", "eshop.yaml"))) {
            load(stack, file, line -> !isOfAugust(line));
            await("April to July")
                    .atMost(Duration.ofMinutes(4))
                    .untilAsserted(() -> assertThat(sum(stack, "events", "1d")).isEqualTo(151_326.0));
            List<String> april = rowsOfApril(stack);
            assertThat(april).isNotEmpty();

            assertThat(load(stack, file, EshopITCase::isOfAugust))
                    .as("history goes on where it was")
                    .doesNotContain("beyond");
            Map<String, Double> events = Map.of(
                    "2008-04", 48_199.0, "2008-05", 35_654.0, "2008-06", 32_242.0, "2008-07", 35_231.0, "2008-08",
                    14_148.0);
            Map<String, Double> people = Map.of(
                    "2008-04", 6_941.0, "2008-05", 5_206.0, "2008-06", 4_884.0, "2008-07", 5_071.0, "2008-08", 1_924.0);
            await("the whole of 2008").atMost(Duration.ofMinutes(4)).untilAsserted(() -> {
                assertThat(byMonth(stack, "events")).isEqualTo(events);
                assertThat(byMonth(stack, "unique_profiles")).isEqualTo(people);
                assertThat(stack.cold().count()).isEqualTo(165_474);
            });
            // All rows, also those of windows that ended months of event time before the last was read: nothing was cut
            // as late.
            stack.assertExact();
            assertThat(byMonth(stack, "events")).isEqualTo(events);
            assertThat(byMonth(stack, "unique_profiles")).isEqualTo(people);
            assertThat(stack.cold().count()).isEqualTo(165_474);
            assertThat(sum(stack, "events", "1m")).isEqualTo(165_474.0);
            assertThat(sum(stack, "events", "1h")).isEqualTo(165_474.0);
            assertThat(sum(stack, "unique_profiles", "1d")).isEqualTo(24_026.0);
            assertThat(sum(stack, "deepest_page_1", "1d")).isEqualTo(24_026.0);
            assertThat(sum(stack, "deepest_page_2", "1d")).isEqualTo(14_504.0);
            assertThat(sum(stack, "deepest_page_3", "1d")).isEqualTo(9_125.0);
            assertThat(sum(stack, "deepest_page_4", "1d")).isEqualTo(4_779.0);
            assertThat(sum(stack, "deepest_page_5", "1d")).isEqualTo(1_631.0);
            assertThat(byDimension(stack, "events_by_page_depth", "page_depth"))
                    .isEqualTo(Map.of("1", 93_452.0, "2", 41_037.0, "3", 19_301.0, "4", 8_861.0, "5", 2_823.0));
            assertThat(byDimension(stack, "events_by_category", "category"))
                    .isEqualTo(Map.of("Trousers", 49_742.0, "Skirts", 38_408.0, "Blouses", 38_577.0, "Sale", 38_747.0));
            assertThat(stack.health("1d")).isEqualTo(Map.of("accepted", 165_474.0));
            assertThat(rowsOfApril(stack)).as("not written any more").isEqualTo(april);
        }
    }

    private static boolean isOfAugust(String line) {
        return line.contains("\"timestamp\":\"2008-08-");
    }

    /** Loads some of the lines; returns what was said. */
    private String load(TestStack stack, String file, Predicate<String> lines) throws IOException {
        Path part = Files.createTempFile(directory, "clicks-", ".ndjson");
        InputStream bytes = Files.newInputStream(Path.of(file));
        try (BufferedReader all = new BufferedReader(new InputStreamReader(
                        file.endsWith(".gz") ? new GZIPInputStream(bytes) : bytes, StandardCharsets.UTF_8));
                PrintWriter some = new PrintWriter(Files.newBufferedWriter(part))) {
            all.lines().filter(lines).forEach(some::println);
        }
        StringWriter said = new StringWriter();
        int exit = new CommandLine(new Stack(stack.local()))
                .setErr(new PrintWriter(said))
                .execute("load", part.toString());
        assertThat(exit).as(said::toString).isZero();
        return said.toString();
    }

    /** Each row of April, with when and how often it was written. */
    private static List<String> rowsOfApril(TestStack stack) throws SQLException {
        List<String> all = new ArrayList<>();
        try (Connection store = stack.local().store();
                Statement statement = store.createStatement();
                ResultSet rows = statement.executeQuery("select v::text from metric_values v"
                        + " where window_start < '2008-05-01T00:00:00Z' order by 1")) {
            while (rows.next()) {
                all.add(rows.getString(1));
            }
        }
        return all;
    }

    private static Map<String, Double> byDimension(TestStack stack, String metric, String dimension)
            throws SQLException {
        Map<String, Double> values = new TreeMap<>();
        try (Connection store = stack.local().store();
                Statement statement = store.createStatement();
                ResultSet rows = statement.executeQuery("select dimensions ->> '" + dimension + "', sum(value)"
                        + " from metric_values where metric = '" + metric + "' group by 1")) {
            while (rows.next()) {
                values.put(rows.getString(1), rows.getDouble(2));
            }
        }
        return values;
    }

    private static Map<String, Double> byMonth(TestStack stack, String metric) throws SQLException {
        Map<String, Double> months = new TreeMap<>();
        try (Connection store = stack.local().store();
                Statement statement = store.createStatement();
                ResultSet rows = statement.executeQuery("select to_char(window_start at time zone 'UTC', 'YYYY-MM'),"
                        + " sum(value) from metric_values where window_size = '1d' and metric = '" + metric
                        + "' group by 1")) {
            while (rows.next()) {
                months.put(rows.getString(1), rows.getDouble(2));
            }
        }
        return months;
    }

    private static double sum(TestStack stack, String metric, String windowSize) throws SQLException {
        try (Connection store = stack.local().store();
                Statement statement = store.createStatement();
                ResultSet rows = statement.executeQuery("select sum(value) from metric_values where metric = '" + metric
                        + "' and window_size = '" + windowSize + "'")) {
            rows.next();
            return rows.getDouble(1);
        }
    }
}
