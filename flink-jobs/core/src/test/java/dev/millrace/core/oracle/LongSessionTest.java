package dev.millrace.core.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.metric.InMemory;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Sessions that are longer than anything is remembered. */
class LongSessionTest {
    private static final Duration HORIZON = Duration.ofDays(2);
    private static final long START = Histories.millis("2024-05-06T10:00:00Z");
    private static final long TEN_MINUTES = Duration.ofMinutes(10).toMillis();
    private static final int TWELVE_DAYS = 12 * 144;

    private final InMemory engine = new InMemory(
            InMemory.catalogue(Histories.json("[]"), Histories.json("{}"), ZoneOffset.UTC),
            HORIZON.toMillis(),
            new Random(1));

    @Test
    void oneThatNeverPausesStaysOneAndStopsToGrow() {
        for (int i = 0; i <= TWELVE_DAYS; i++) {
            visit(START + i * TEN_MINUTES);
        }
        assertThat(engine.sessions()).hasSize(1);
        SessionOracleRow only = engine.sessions().get(0);
        assertThat(only.startedAtMillis()).isEqualTo(START);
        assertThat(only.endedAtMillis() - START).isGreaterThan(HORIZON.toMillis());

        long later = START + TWELVE_DAYS * TEN_MINUTES + Duration.ofHours(5).toMillis();
        visit(later);
        assertThat(engine.sessions()).hasSize(2).contains(only);
        assertThat(engine.sessions().get(1).startedAtMillis()).isEqualTo(later);
    }

    @Test
    void whatOneOfAnotherLeafTakesInIsNotLost() {
        for (int i = 0; i < TWELVE_DAYS; i++) {
            visit(START + i * TEN_MINUTES);
            if (i % 144 == 100) {
                engine.event(
                        Histories.track(
                                "q",
                                Instant.ofEpochMilli(START + i * TEN_MINUTES).toString(),
                                "Order Completed",
                                "{}"),
                        "jane");
            }
        }
        assertThat(engine.sessions()).hasSize(13);
        engine.move("anonymous_id:p", "jane");
        List<SessionOracleRow> janes = sessionsOf("jane");
        // Three days are remembered and a bit; the orders of those before stay as they were.
        assertThat(janes).hasSizeBetween(9, 10);
        assertThat(janes.stream().mapToLong(SessionOracleRow::orders).sum()).isEqualTo(12);
        for (int i = TWELVE_DAYS; i < TWELVE_DAYS + 3 * 144; i++) {
            visitOf("jane", START + i * TEN_MINUTES);
        }
        assertThat(sessionsOf("jane")).isEqualTo(janes);
    }

    private List<SessionOracleRow> sessionsOf(String profile) {
        return engine.sessions().stream()
                .filter(session -> session.profileId().equals(profile))
                .toList();
    }

    private void visit(long timeMillis) {
        visitOf("p", timeMillis);
    }

    private void visitOf(String profile, long timeMillis) {
        OracleEvent page = Histories.page("p", Instant.ofEpochMilli(timeMillis).toString(), "web", "/");
        engine.event(page, profile);
        engine.watermark(timeMillis);
    }
}
