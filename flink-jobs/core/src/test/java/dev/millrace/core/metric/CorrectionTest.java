package dev.millrace.core.metric;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.core.catalogue.ReadableCatalogue;
import dev.millrace.core.oracle.MetricsOracle;
import dev.millrace.core.oracle.OracleEvent;
import dev.millrace.core.oracle.RandomCatalogue;
import dev.millrace.core.oracle.RandomShop;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever comes in whatever order, the rows are those that a from-scratch computation over the final profiles gives. */
class CorrectionTest {
    private static final long FOR_EVER = Duration.ofDays(20_000).toMillis();
    private static final int HISTORIES = 150;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void everyPrefixOfEveryHistoryIsExact(long seed) {
        for (int i = 0; i < HISTORIES; i++) {
            check(1000 * seed + i);
        }
    }

    private static void check(long seed) {
        Random random = new Random(seed);
        ObjectNode sessions = null;
        ArrayNode metrics = null;
        ReadableCatalogue catalogue = null;
        while (catalogue == null) {
            sessions = RandomCatalogue.sessions(random);
            metrics = RandomCatalogue.metrics(random, 1 + random.nextInt(8));
            catalogue = InMemory.catalogue(metrics, sessions, ZoneOffset.UTC);
        }
        InMemory engine = new InMemory(catalogue, FOR_EVER, random);

        List<OracleEvent> events =
                new ArrayList<>(RandomShop.events(random, 5 + random.nextInt(40), RandomShop.people(random)));
        Collections.shuffle(events, random);
        Map<String, String> profiles = new HashMap<>();
        List<OracleEvent> seen = new ArrayList<>();
        for (OracleEvent event : events) {
            String profile = profiles.computeIfAbsent(event.leaf(), leaf -> leaf);
            engine.event(event, profile);
            seen.add(event);
            while (random.nextInt(3) == 0) {
                String leaf = events.get(random.nextInt(events.size())).leaf();
                String to = "p" + random.nextInt(3);
                profiles.put(leaf, to);
                engine.move(leaf, to);
            }
            if (random.nextInt(4) == 0 || seen.size() == events.size()) {
                List<OracleEvent> attributed = RandomShop.attributed(seen, profiles::get);
                assertThat(engine.rows())
                        .as("rows, seed %d, after %d events", seed, seen.size())
                        .isEqualTo(MetricsOracle.rows(attributed, metrics, ZoneOffset.UTC));
                assertThat(engine.sessions())
                        .as("sessions, seed %d, after %d events", seed, seen.size())
                        .containsExactlyInAnyOrderElementsOf(MetricsOracle.sessions(attributed, sessions));
            }
        }
    }
}
