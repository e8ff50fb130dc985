package dev.millrace.measure;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.core.catalogue.ReadableCatalogue;
import dev.millrace.core.metric.InMemory;
import dev.millrace.core.metric.Measuring;
import dev.millrace.core.oracle.MetricsOracle;
import dev.millrace.core.oracle.OracleEvent;
import dev.millrace.core.oracle.RandomCatalogue;
import dev.millrace.core.oracle.RandomShop;
import dev.millrace.core.oracle.Row;
import dev.millrace.measure.History.Step;
import dev.millrace.measure.Stages.Backend;
import dev.millrace.measure.Stages.Snapshot;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever comes in whatever order, and fails in between: the store has the rows that a from-scratch computation gives. */
class MeasuringHarnessTest {
    private static final long DAY = Duration.ofDays(1).toMillis();
    /** Wider than the histories are. */
    private static final long NOTHING_IS_TOO_OLD = 7 * DAY;

    private static final int MOST_MESSAGE_IDS = 1000;

    @ParameterizedTest
    @CsvSource({"HEAP, 60", "ROCKSDB, 15"})
    void rowsAreExactAtEveryPrefixThoughTheJobFailsAndGoesOnFromItsCheckpoints(Backend backend, int histories)
            throws Exception {
        for (int seed = 1; seed <= histories; seed++) {
            new Run(backend, seed, NOTHING_IS_TOO_OLD).exactAtEveryPrefix();
        }
    }

    @ParameterizedTest
    @CsvSource({"HEAP, 40", "ROCKSDB, 5"})
    void rowsOfHotWindowsAreExactAndInTheEndNothingIsKept(Backend backend, int histories) throws Exception {
        for (int seed = 1; seed <= histories; seed++) {
            new Run(backend, seed, 2 * DAY).exactWhileHot();
        }
    }

    /** One history, by one catalogue. */
    private static final class Run {
        private final Backend backend;
        private final long seed;
        private final long horizonMillis;
        private final Random random;
        private final StoreInMemory store = new StoreInMemory();
        private ObjectNode sessions;
        private ArrayNode metrics;
        private ReadableCatalogue catalogue;
        private Measuring rules;
        private Stages stages;

        Run(Backend backend, long seed, long horizonMillis) throws Exception {
            this.backend = backend;
            this.seed = seed;
            this.horizonMillis = horizonMillis;
            this.random = new Random(seed);
            while (catalogue == null) {
                sessions = RandomCatalogue.sessions(random);
                metrics = RandomCatalogue.metrics(random, 1 + random.nextInt(8));
                catalogue = InMemory.catalogue(metrics, sessions, ZoneOffset.UTC);
            }
            rules = new Measuring(
                    catalogue.catalogue(),
                    horizonMillis,
                    NOTHING_IS_TOO_OLD,
                    MOST_MESSAGE_IDS,
                    Measuring.MOST_AN_HOUR,
                    Duration.ofHours(1).toMillis());
            stages = open(null, 1_000_000);
        }

        private Stages open(Snapshot from, long clockMillis) throws Exception {
            return new Stages(rules, catalogue, backend, store, random, from, clockMillis);
        }

        private void goOnFrom(Snapshot snapshot) throws Exception {
            long clockMillis = stages.clockMillis();
            stages.close();
            stages = open(snapshot, clockMillis + 5000);
        }

        private void feed(Step step) throws Exception {
            if (step.record() == null) {
                stages.watermark(step.watermarkMillis());
            } else {
                stages.take(step.record());
            }
            stages.hearSome();
            if (random.nextInt(3) > 0) {
                stages.pass(random.nextInt(1000));
            }
        }

        void exactAtEveryPrefix() throws Exception {
            List<OracleEvent> events =
                    new ArrayList<>(RandomShop.events(random, 5 + random.nextInt(40), RandomShop.people(random)));
            Collections.shuffle(events, random);
            List<Step> steps = new ArrayList<>(History.of(random, catalogue, events, came -> latest(events, came)));

            Snapshot last = stages.checkpoint();
            int lastAt = 0;
            int at = 0;
            int known = 0;
            while (at < steps.size()) {
                feed(steps.get(at++));
                switch (random.nextInt(20)) {
                    case 0, 1 -> {
                        last = stages.checkpoint();
                        lastAt = at;
                    }
                    case 2, 3 -> {
                        // The identifiers' records come in another order the second time, as far as they were read.
                        known = Math.max(known, at);
                        goOnFrom(last);
                        List<Step> again = steps.subList(lastAt, known);
                        List<Step> otherwise = History.otherwise(again, random);
                        for (int i = 0; i < otherwise.size(); i++) {
                            again.set(i, otherwise.get(i));
                        }
                        at = lastAt;
                    }
                    case 4, 5 -> {
                        if (at >= known) {
                            if (known > lastAt) {
                                // Only with the next checkpoint is made good what came about for a moment.
                                last = stages.checkpoint();
                                lastAt = at;
                                stages.settle();
                            } else {
                                stages.settle();
                            }
                            check(steps.subList(0, at));
                        }
                    }
                    default -> {}
                }
            }
            stages.checkpoint();
            check(steps);
            stages.close();
        }

        private static long latest(List<OracleEvent> events, int came) {
            return events.subList(0, came).stream()
                    .mapToLong(OracleEvent::timeMillis)
                    .max()
                    .orElseThrow();
        }

        private void check(List<Step> steps) {
            List<OracleEvent> attributed = History.events(steps);
            assertThat(store.rows(Measuring.EVER))
                    .as("rows, seed %d, after %d steps", seed, steps.size())
                    .isEqualTo(MetricsOracle.rows(attributed, metrics, ZoneOffset.UTC));
            assertThat(store.sessions())
                    .as("sessions, seed %d, after %d steps", seed, steps.size())
                    .containsExactlyInAnyOrderElementsOf(MetricsOracle.sessions(attributed, sessions));
        }

        void exactWhileHot() throws Exception {
            List<OracleEvent> events = new ArrayList<>(
                    inOrder(RandomShop.events(random, 5 + random.nextInt(40), RandomShop.people(random))));
            List<Step> steps = History.of(random, catalogue, events, came -> earliestLeft(events, came));

            long watermark = Long.MIN_VALUE;
            Snapshot last = null;
            for (int at = 0; at < steps.size(); at++) {
                feed(steps.get(at));
                watermark = steps.get(at).record() == null ? steps.get(at).watermarkMillis() : watermark;
                if (random.nextInt(8) == 0) {
                    last = stages.checkpoint();
                    goOnFrom(last);
                }
                if (random.nextInt(4) == 0) {
                    stages.settle();
                    checkHot(steps.subList(0, at + 1), rules.hotSince(watermark));
                }
            }
            stages.checkpoint();
            checkHot(steps, rules.hotSince(watermark));
            for (int time = 1; time <= 2; time++) {
                stages.watermark(latest(events, events.size()) + time * (horizonMillis + 3 * DAY));
            }
            stages.checkpoint();
            assertThat(stages.entries()).as("entries, seed %d", seed).isZero();
            assertThat(stages.timers()).as("timers, seed %d", seed).isZero();
            stages.close();
        }

        /** By time, but for up to a day. */
        private List<OracleEvent> inOrder(List<OracleEvent> events) {
            Map<OracleEvent, Long> arrivals = new HashMap<>();
            events.forEach(event -> arrivals.put(event, event.timeMillis() + random.nextLong(DAY)));
            return events.stream().sorted(Comparator.comparing(arrivals::get)).toList();
        }

        /** As far as event time can have come, if what is left is at most half a day late. */
        private static long earliestLeft(List<OracleEvent> events, int came) {
            return events.subList(came - 1, events.size()).stream()
                            .mapToLong(OracleEvent::timeMillis)
                            .min()
                            .orElseThrow()
                    + DAY / 2;
        }

        private void checkHot(List<Step> steps, long hotSinceMillis) {
            Map<Row, Double> expected =
                    new HashMap<>(MetricsOracle.rows(History.events(steps), metrics, ZoneOffset.UTC));
            expected.keySet().removeIf(row -> row.windowEndMillis() <= hotSinceMillis);
            assertThat(store.rows(hotSinceMillis))
                    .as("rows, seed %d, after %d steps", seed, steps.size())
                    .isEqualTo(expected);
        }
    }
}
