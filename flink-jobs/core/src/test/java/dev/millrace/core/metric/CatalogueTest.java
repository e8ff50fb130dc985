package dev.millrace.core.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class CatalogueTest {
    @Test
    void aMetricHasAnEntryAWindow() {
        ZoneId zone = ZoneId.of("Europe/Vienna");
        Catalogue catalogue = Catalogue.of(
                List.of(
                        new MetricDefinition("events", Aggregate.COUNT, List.of("type"), List.of("1m", "1d")),
                        new MetricDefinition("people", Aggregate.UNIQUE_PROFILES, null, List.of("1h"))),
                zone);
        assertThat(catalogue.counts())
                .containsExactly(
                        new Catalogue.Entry("events", List.of("type"), WindowSize.parse("1m", zone)),
                        new Catalogue.Entry("events", List.of("type"), WindowSize.parse("1d", zone)));
        assertThat(catalogue.uniques())
                .containsExactly(new Catalogue.Entry("people", List.of(), WindowSize.parse("1h", zone)));
        assertThat(Catalogue.of(List.of(), zone)).isEqualTo(new Catalogue(List.of(), List.of()));
    }

    @Test
    void theDefaultCatalogueCountsEventsAndPeopleByMinuteHourAndDay() {
        Catalogue catalogue = Catalogue.of(MetricDefinition.DEFAULT_CATALOGUE, ZoneOffset.UTC);
        assertThat(catalogue.counts())
                .allMatch(entry -> entry.metric().equals("events"))
                .allMatch(entry -> entry.dimensions().equals(List.of("type", "event")))
                .extracting(entry -> entry.window().text())
                .containsExactly("1m", "1h", "1d");
        assertThat(catalogue.uniques())
                .allMatch(entry -> entry.metric().equals("unique_profiles"))
                .extracting(entry -> entry.window().text())
                .containsExactly("1m", "1h", "1d");
    }

    @Test
    void aDefinitionDoesNotChangeUnderItsReader() {
        List<String> windows = new ArrayList<>(List.of("1h"));
        MetricDefinition metric = new MetricDefinition("events", Aggregate.COUNT, null, windows);
        windows.clear();
        assertThat(metric.windows()).containsExactly("1h");
        assertThat(metric.dimensions()).isEmpty();
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "Events", "1st", "_a", "a-b", "a b", "ä"})
    void aNameThatIsNotLowerCaseIsRefused(String name) {
        refused(name, Aggregate.COUNT, List.of(), List.of("1h"), "metric name '" + name + "' must be lower-case");
    }

    @Test
    void aNameThatIsTooLongIsRefused() {
        new MetricDefinition("x".repeat(63), Aggregate.COUNT, List.of(), List.of("1h"));
        refused("x".repeat(64), Aggregate.COUNT, List.of(), List.of("1h"), "must be lower-case");
    }

    @Test
    void aMetricThatCantBeMeasuredIsRefusedWithAReason() {
        List<String> hour = List.of("1h");
        refused("m", null, List.of(), hour, "metric 'm' has no aggregate: count or unique_profiles");
        refused("m", Aggregate.COUNT, List.of("country"), hour, "'m' has the unknown dimension 'country'; known are");
        refused("m", Aggregate.UNIQUE_PROFILES, List.of("type"), hour, "'m': unique_profiles takes no dimensions");
        refused("m", Aggregate.COUNT, List.of(), null, "metric 'm' has no windows, as in [1m, 1h, 1d]");
        refused("m", Aggregate.COUNT, List.of(), List.of(), "metric 'm' has no windows, as in [1m, 1h, 1d]");
        refused("m", Aggregate.COUNT, List.of(), List.of("1h", "soon"), "window 'soon' is not a number");
        refused("m", Aggregate.COUNT, List.of(), List.of("7h"), "window '7h' does not divide a day evenly");
    }

    @Test
    void whatIsNamedTwiceWouldCountTwiceAndIsRefused() {
        refused("m", Aggregate.COUNT, List.of(), List.of("1h", "1d", "1h"), "metric 'm' names a window twice");
        refused("m", Aggregate.UNIQUE_PROFILES, List.of(), List.of("1h", "1h"), "metric 'm' names a window twice");
        refused("m", Aggregate.COUNT, List.of("type", "type"), List.of("1h"), "metric 'm' names a dimension twice");
    }

    private static void refused(
            String name, Aggregate aggregate, List<String> dimensions, List<String> windows, String sentence) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new MetricDefinition(name, aggregate, dimensions, windows))
                .withMessageContaining(sentence);
    }
}
