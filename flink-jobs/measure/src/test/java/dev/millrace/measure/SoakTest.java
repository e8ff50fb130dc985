package dev.millrace.measure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.catalogue.ReadableCatalogue;
import dev.millrace.core.event.Event;
import dev.millrace.core.metric.Measuring;
import dev.millrace.core.metric.Observation;
import dev.millrace.core.oracle.OracleEvent;
import dev.millrace.measure.Stages.Backend;
import dev.millrace.runtime.config.ConfigFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** With steady traffic, what is kept stays as large as it is. */
class SoakTest {
    private static final Logger LOG = LoggerFactory.getLogger(SoakTest.class);

    private static final long MINUTE = Duration.ofMinutes(1).toMillis();
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;
    private static final long HORIZON = 2 * DAY;
    private static final List<String> NAMES =
            List.of("Product Viewed", "Product Added", "Checkout Started", "Order Completed");

    private final Random random = new Random(5);
    private long offset;

    /** A visitor: some pages, perhaps again the next day, and one of two logs in. */
    private record Visit(long timeMillis, String leaf, String profile, long firstSeenMillis, boolean event) {}

    @ParameterizedTest
    @CsvSource({"HEAP, 10, 5000", "ROCKSDB, 5, 500"})
    void stateStaysLevel(Backend backend, int horizons, int leavesAHorizon) throws Exception {
        ReadableCatalogue catalogue = ConfigFile.load(Path.of("src/test/resources/millrace.yaml"))
                .measure()
                .catalogue();
        Measuring rules = new Measuring(catalogue.catalogue(), HORIZON, DAY, 1000, Measuring.MOST_AN_HOUR, HOUR);
        Records records = new Records(catalogue);
        List<Long> sizes = new ArrayList<>();
        List<Integer> entries = new ArrayList<>();
        List<Integer> timers = new ArrayList<>();
        PriorityQueue<Visit> visits = new PriorityQueue<>(Comparator.comparingLong(Visit::timeMillis));
        StoreInMemory store = new StoreInMemory();
        try (Stages stages = new Stages(rules, catalogue, backend, store, random, null, 0)) {
            int leaves = 0;
            long events = 0;
            for (long now = HORIZON; now < (horizons + 1) * HORIZON; now += HOUR) {
                for (; leaves < (now - HORIZON + HOUR) * leavesAHorizon / HORIZON; leaves++) {
                    visitor(visits, "anonymous_id:" + leaves, now);
                }
                while (!visits.isEmpty() && visits.peek().timeMillis() < now + HOUR) {
                    Visit visit = visits.remove();
                    events += visit.event() ? 1 : 0;
                    stages.take(
                            visit.event()
                                    ? page(records, visit)
                                    : Records.move(visit.leaf(), visit.profile(), visit.firstSeenMillis()));
                    stages.hearSome();
                }
                stages.watermark(now + HOUR - 5 * MINUTE);
                stages.pass(HOUR);
                store.writes().clear();
                if ((now + HOUR) % HORIZON == 0) {
                    // RocksDB's own files hold what is deleted until it finds the time to compact them.
                    sizes.add(stages.savepoint().sizeBytes());
                    entries.add(stages.entries());
                    timers.add(stages.timers());
                }
            }
            LOG.info(
                    "{}, {} leaves a horizon, {} events; after each horizon: savepoints of {} bytes, {} entries, {} timers",
                    backend,
                    leavesAHorizon,
                    events,
                    sizes,
                    entries,
                    timers);
            assertThat(sizes).hasSize(horizons);
            level("bytes of savepoints", sizes);
            level("entries", entries);
            level("timers", timers);

            for (int time = 1; time <= 3; time++) {
                stages.watermark((horizons + 1) * HORIZON + time * (HORIZON + 4 * DAY));
            }
            stages.checkpoint();
            assertThat(stages.entries()).isZero();
            assertThat(stages.timers()).isZero();
        }
    }

    private static void level(String what, List<? extends Number> figures) {
        List<Double> settled = figures.subList(2, figures.size()).stream()
                .map(Number::doubleValue)
                .toList();
        double least = settled.stream().min(Comparator.naturalOrder()).orElseThrow();
        assertThat(least).as("%s after each horizon: %s", what, figures).isPositive();
        assertThat(settled)
                .as("%s after each horizon: %s", what, figures)
                .allMatch(figure -> figure <= 1.3 * least, "at most 1.3 times the least from the third on");
    }

    private void visitor(PriorityQueue<Visit> visits, String leaf, long now) {
        long first = now + random.nextLong(HOUR);
        String profile = leaf;
        int days = random.nextInt(5) == 0 ? 2 : 1;
        for (int day = 0; day < days; day++) {
            long time = first + day * DAY;
            for (int page = 0; page < 3; page++) {
                visits.add(new Visit(time + page * MINUTE, leaf, profile, first, true));
            }
            if (random.nextBoolean()) {
                profile = "user " + leaf.hashCode() % 1000;
                visits.add(new Visit(time + 2 * MINUTE + 1, leaf, profile, first, false));
            }
        }
    }

    private Observation page(Records records, Visit visit) {
        boolean track = random.nextBoolean();
        Event event = new Event(
                null,
                track ? "track" : "page",
                track ? NAMES.get(random.nextInt(NAMES.size())) : null,
                null,
                visit.leaf(),
                null,
                null,
                "web",
                visit.timeMillis(),
                null,
                visit.timeMillis(),
                "{\"total\": 9.5, \"currency\": \"EUR\", \"path\": \"/" + random.nextInt(20) + "\"}",
                null,
                null,
                null);
        offset++;
        return records.event(
                new OracleEvent(visit.leaf(), visit.profile(), visit.timeMillis(), visit.timeMillis(), event),
                visit.profile(),
                visit.firstSeenMillis(),
                "raw/" + offset % 4,
                offset,
                "m" + offset);
    }
}
