package dev.millrace.measure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.catalogue.ReadableCatalogue;
import dev.millrace.core.metric.InMemory;
import dev.millrace.core.metric.Measuring;
import dev.millrace.core.oracle.MetricsOracle;
import dev.millrace.core.oracle.OracleEvent;
import dev.millrace.core.oracle.RandomShop;
import dev.millrace.core.oracle.Row;
import dev.millrace.measure.History.Step;
import dev.millrace.measure.Stages.Backend;
import dev.millrace.measure.Stages.Snapshot;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A job goes on from a savepoint with another catalogue. */
class CatalogueChangeTest {
    private static final long DAY = Duration.ofDays(1).toMillis();
    private static final long HORIZON = 7 * DAY;

    private static final String STAYS =
            """
            - {name: a_events, aggregate: count, windows: [1h, 1d], dimensions: [type]}
            - {name: a_revenue, aggregate: sum, value: properties.total, windows: [1d]}
            - {name: a_people, aggregate: unique_profiles, windows: [1h, 1d], dimensions: [lifecycle]}
            - {name: a_new, aggregate: new_profiles, windows: [1d]}
            - {name: a_sessions, aggregate: sessions, gap: 30m, windows: [1d]}
            - {name: a_funnel, aggregate: funnel, within: 1d, windows: [1d], steps: [
               {name: viewed, match: {events: [Product Viewed]}}, {name: added, match: {events: [Product Added]}}]}
            """;
    private static final String GOES =
            """
            - {name: b_events, aggregate: count, windows: [1h]}
            - {name: b_people, aggregate: unique_profiles, windows: [1h]}
            - {name: b_sessions, aggregate: sessions, gap: 10m, windows: [1d]}
            - {name: b_funnel, aggregate: funnel, within: 1h, windows: [1d], steps: [
               {name: added, match: {events: [Product Added]}}, {name: paid, match: {events: [Order Completed]}}]}
            """;
    private static final String BEFORE =
            """
            - {name: c_events, aggregate: count, windows: [1h], match: {types: [track]}}
            - {name: c_people, aggregate: unique_profiles, windows: [1h], match: {types: [track]}}
            """;
    private static final String AFTER =
            """
            - {name: c_events, aggregate: count, windows: [1h], match: {types: [track, page]}}
            - {name: c_people, aggregate: unique_profiles, windows: [1h], match: {types: [track, page]}}
            """;
    private static final String COMES =
            """
            - {name: d_events, aggregate: count, windows: [15m], dimensions: [source]}
            - {name: d_people, aggregate: unique_profiles, windows: [15m]}
            - {name: d_sessions, aggregate: sessions, gap: 5m, windows: [1d]}
            """;

    /** Who came first before it was added is not known. */
    private static final String NEW_COMES = "- {name: e_new, aggregate: new_profiles, windows: [1d]}\n";

    @ParameterizedTest
    @CsvSource({"HEAP, 20", "ROCKSDB, 5"})
    void whatStaysGoesOnAndWhatIsNewBegins(Backend backend, int histories) throws Exception {
        for (int seed = 1; seed <= histories; seed++) {
            check(backend, seed);
        }
    }

    @Test
    void afterACatalogueOfNothingAllIsNew() throws Exception {
        ReadableCatalogue nothing = Records.catalogue("[]");
        ReadableCatalogue some = InMemory.catalogue(
                Records.metrics("[{name: people, aggregate: unique_profiles, windows: [1d]}]"),
                Records.metrics("{gap: 30m}"),
                ZoneOffset.UTC);
        StoreInMemory store = new StoreInMemory();
        Snapshot savepoint;
        try (Stages stages = new Stages(rules(nothing), nothing, Backend.HEAP, store, new Random(1), null, 0)) {
            savepoint = stages.checkpoint();
        }
        try (Stages stages = new Stages(rules(some), some, Backend.HEAP, store, new Random(1), savepoint, 1000)) {
            assertThat(store.countedSince()).containsOnlyKeys("metric people", "table sessions");
        }
    }

    private static void check(Backend backend, long seed) throws Exception {
        Random random = new Random(seed);
        List<OracleEvent> events = RandomShop.events(random, 60, RandomShop.people(random));
        ReadableCatalogue before = Records.catalogue(STAYS + GOES + BEFORE);
        ReadableCatalogue after = Records.catalogue(AFTER + COMES + NEW_COMES + STAYS);
        List<Step> steps = History.of(random, before, events, came -> latest(events, came));
        int until = steps.size() / 2;
        // The same steps, read by the other catalogue.
        List<Step> later = History.of(again(seed), after, events, came -> latest(events, came))
                .subList(until, steps.size());

        StoreInMemory store = new StoreInMemory();
        Snapshot savepoint;
        Map<Row, Double> written;
        try (Stages stages = new Stages(rules(before), before, backend, store, random, null, 0)) {
            feed(stages, steps.subList(0, until));
            savepoint = stages.checkpoint();
            written = store.rows(Measuring.EVER);
        }
        try (Stages stages = new Stages(rules(after), after, backend, store, random, savepoint, 3_600_000)) {
            assertThat(store.countedSince())
                    .as("what begins, seed %d", seed)
                    .containsOnlyKeys(
                            "metric c_events",
                            "metric c_people",
                            "metric d_events",
                            "metric d_people",
                            "metric d_sessions",
                            "metric e_new");
            feed(stages, later);
            stages.checkpoint();
            Map<Row, Double> rows = store.rows(Measuring.EVER);
            List<OracleEvent> all = History.events(steps);
            List<OracleEvent> since =
                    all.subList(History.events(steps.subList(0, until)).size(), all.size());
            assertThat(of(rows, "a_"))
                    .as("goes on, seed %d", seed)
                    .isEqualTo(MetricsOracle.rows(all, Records.metrics(STAYS), ZoneOffset.UTC));
            assertThat(of(rows, "d_"))
                    .as("begins, seed %d", seed)
                    .isEqualTo(MetricsOracle.rows(since, Records.metrics(COMES), ZoneOffset.UTC));
            assertThat(of(rows, "e_").values())
                    .as("takes back what it counted alone, seed %d", seed)
                    .allMatch(people -> people >= 0);
            Map<Row, Double> anew = MetricsOracle.rows(since, Records.metrics(AFTER), ZoneOffset.UTC);
            assertThat(rows).as("begins anew, seed %d", seed).containsAllEntriesOf(anew);
            assertThat(of(rows, "b_")).as("is left, seed %d", seed).isEqualTo(of(written, "b_"));
            Map<Row, Double> untouched = of(written, "c_");
            untouched.keySet().removeIf(row -> anew.containsKey(row));
            assertThat(rows)
                    .as("is left where it does not begin anew, seed %d", seed)
                    .containsAllEntriesOf(untouched);

            for (int time = 1; time <= 2; time++) {
                stages.watermark(latest(events, events.size()) + time * (HORIZON + 4 * DAY));
            }
            stages.checkpoint();
            assertThat(stages.entries()).as("entries, seed %d", seed).isZero();
            assertThat(stages.timers()).as("timers, seed %d", seed).isZero();
        }
    }

    @Test
    void aMetricOfNewPeopleCountsThoseWhoComeFirstAfterItWasAdded() throws Exception {
        ReadableCatalogue before = Records.catalogue(STAYS);
        ReadableCatalogue after = Records.catalogue(NEW_COMES + STAYS);
        Records records = new Records(before);
        StoreInMemory store = new StoreInMemory();
        Random random = new Random(1);
        Snapshot savepoint;
        try (Stages stages = new Stages(rules(before), before, Backend.HEAP, store, random, null, 0)) {
            stages.take(records.event("a", "p", 10 * DAY, 0));
            stages.take(records.event("b", "q", 10 * DAY, 1));
            savepoint = stages.checkpoint();
        }
        records = new Records(after);
        try (Stages stages = new Stages(rules(after), after, Backend.HEAP, store, random, savepoint, 1)) {
            stages.take(Records.move("b", "p", 10 * DAY));
            stages.take(records.event("a", "p", 10 * DAY + 1, 2));
            stages.checkpoint();
            assertThat(of(store.rows(Measuring.EVER), "e_")).isEmpty();
            assertThat(of(store.rows(Measuring.EVER), "a_new").values()).containsExactly(1.0);

            stages.take(records.event("c", "r", 10 * DAY, 3));
            stages.take(records.event("d", "s", 10 * DAY, 4));
            stages.checkpoint();
            assertThat(of(store.rows(Measuring.EVER), "e_").values()).containsExactly(2.0);

            stages.take(Records.move("c", "p", 10 * DAY));
            stages.take(Records.move("d", "p", 10 * DAY));
            stages.checkpoint();
            assertThat(of(store.rows(Measuring.EVER), "e_")).isEmpty();
            assertThat(of(store.rows(Measuring.EVER), "a_new").values()).containsExactly(1.0);
        }
    }

    private static long latest(List<OracleEvent> events, int came) {
        return events.subList(0, came).stream()
                .mapToLong(OracleEvent::timeMillis)
                .max()
                .orElseThrow();
    }

    /** At the point from which on the steps are made. */
    private static Random again(long seed) {
        Random random = new Random(seed);
        RandomShop.events(random, 60, RandomShop.people(random));
        return random;
    }

    private static void feed(Stages stages, List<Step> steps) throws Exception {
        for (Step step : steps) {
            if (step.record() == null) {
                stages.watermark(step.watermarkMillis());
            } else {
                stages.take(step.record());
            }
            stages.hearSome();
        }
    }

    private static Map<Row, Double> of(Map<Row, Double> rows, String prefix) {
        Map<Row, Double> some = new HashMap<>(rows);
        some.keySet().removeIf(row -> !row.metric().startsWith(prefix));
        return some;
    }

    private static Measuring rules(ReadableCatalogue catalogue) {
        return new Measuring(catalogue.catalogue(), HORIZON, HORIZON, 1000, Measuring.MOST_AN_HOUR, DAY);
    }
}
