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
import dev.millrace.core.oracle.SessionOracleRow;
import dev.millrace.measure.History.Step;
import dev.millrace.measure.Stages.Backend;
import dev.millrace.measure.Stages.Snapshot;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever comes in whatever order, and fails in between: the store has the rows that a from-scratch computation gives. */
class MeasuringHarnessTest {
    private static final long DAY = Duration.ofDays(1).toMillis();
    /** Wider than the histories are. */
    private static final long NOTHING_IS_TOO_OLD = 7 * DAY;

    private static final int MOST_MESSAGE_IDS = 1000;
    /** So many of the next steps may have been read of one identifier before those of another. */
    private static final int MOST_READ_AHEAD = 10;

    @ParameterizedTest
    @CsvSource({"HEAP, 60", "ROCKSDB, 15"})
    void rowsAreExactAtEveryPrefixThoughTheJobFailsAndGoesOnFromItsCheckpoints(Backend backend, int histories)
            throws Exception {
        Set<String> lifecycles = new HashSet<>();
        for (int seed = 1; seed <= histories; seed++) {
            Run run = new Run(backend, seed, NOTHING_IS_TOO_OLD);
            run.exactAtEveryPrefix();
            lifecycles.addAll(run.values("lifecycle"));
        }
        assertThat(lifecycles).containsExactlyInAnyOrder("new", "returning");
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
            boolean failed = false;
            while (at < steps.size()) {
                feed(steps.get(at++));
                switch (random.nextInt(20)) {
                    case 0, 1 -> {
                        last = stages.checkpoint();
                        lastAt = at;
                        failed = false;
                    }
                    case 2, 3 -> {
                        // The identifiers' records come in another order each time, as far as any were read.
                        known = Math.min(steps.size(), Math.max(known, at + random.nextInt(MOST_READ_AHEAD)));
                        List<Step> again = steps.subList(lastAt, known);
                        failOften(last, again);
                        goOnFrom(last);
                        List<Step> otherwise = History.otherwise(again, random);
                        for (int i = 0; i < otherwise.size(); i++) {
                            again.set(i, otherwise.get(i));
                        }
                        at = lastAt;
                        failed = true;
                    }
                    case 4, 5 -> {
                        if (failed) {
                            // Only with the next checkpoint is made good what came about for a moment.
                            last = stages.checkpoint();
                            lastAt = at;
                            failed = false;
                        }
                        stages.settle();
                        check(steps.subList(0, at), at >= known);
                    }
                    default -> {}
                }
            }
            stages.checkpoint();
            check(steps, true);
            stages.close();
        }

        /**
         * Goes on from a checkpoint a few times, and fails each time: what is in the store then came about of some of the
         * records, in some order, and some of it never does so again.
         */
        private void failOften(Snapshot last, List<Step> left) throws Exception {
            for (int time = random.nextInt(4); time > 0; time--) {
                goOnFrom(last);
                for (Step step : History.otherwise(left, random).subList(0, random.nextInt(left.size() + 1))) {
                    feed(step);
                }
                stages.settle();
            }
        }

        /** The values that a dimension has in the store. */
        List<String> values(String dimension) {
            return store.rows(Measuring.EVER).keySet().stream()
                    .filter(row -> row.dimensions().containsKey(dimension))
                    .map(row -> row.dimensions().get(dimension))
                    .toList();
        }

        private static long latest(List<OracleEvent> events, int came) {
            return events.subList(0, came).stream()
                    .mapToLong(OracleEvent::timeMillis)
                    .max()
                    .orElseThrow();
        }

        /**
         * @param caughtUp whether all has been read that was read before a failure; until then, sessions may be missing that
         *     something had joined with others
         */
        private void check(List<Step> steps, boolean caughtUp) {
            List<OracleEvent> attributed = History.events(steps);
            assertThat(store.rows(Measuring.EVER))
                    .as("rows, seed %d, after %d steps", seed, steps.size())
                    .isEqualTo(MetricsOracle.rows(attributed, metrics, ZoneOffset.UTC));
            List<SessionOracleRow> expected = MetricsOracle.sessions(attributed, sessions);
            assertThat(store.sessions())
                    .as("sessions, seed %d, after %d steps", seed, steps.size())
                    .isSubsetOf(expected)
                    .hasSizeGreaterThanOrEqualTo(caughtUp ? expected.size() : 0);
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
