package dev.millrace.stack.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.generator.GeneratorOptions;
import dev.millrace.stack.part.Part;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Processes die while events come in; afterwards all is as the oracle has it, and who was not hit went on. The other kinds of
 * failure are in {@link ChaosITCase}.
 */
class FailureITCase {
    /** Of event time and, sent live, of the clock. */
    private static final double EVENTS_PER_SECOND = 400;

    private static TestStack stack;

    @BeforeAll
    static void up() {
        stack = TestStack.up("failure");
    }

    @AfterAll
    static void down() throws IOException {
        if (stack != null) {
            stack.close();
        }
    }

    @Test
    void aStoreThatIsAwayForTwentySecondsDelaysDashboardsAndNothingElse() throws SQLException {
        CompletableFuture<Void> sending = stack.sendLive(options(13, 30));
        stack.awaitCheckpoint();
        Part postgres = stack.local().part("postgres");
        postgres.kill();
        long mirroredBefore = stack.cold().count();
        long restartsBefore = stack.restarts("millrace-stitch") + stack.restarts("millrace-mirror");
        Instant back = Instant.now().plusSeconds(20);
        await("20 s without a store, in which the mirror goes on")
                .atMost(Duration.ofSeconds(60))
                .until(() -> Instant.now().isAfter(back) && stack.cold().count() > mirroredBefore);
        assertThat(stack.restarts("millrace-stitch") + stack.restarts("millrace-mirror"))
                .isEqualTo(restartsBefore);
        postgres.start();
        sending.join();
        stack.assertExact();
    }

    @Test
    void aMachineThatLosesPowerGoesOnWhereItWas() throws SQLException {
        stack.send(options(14, 10), false);
        stack.awaitCheckpoint();
        stack.send(options(15, 10), false);
        stack.local().parts().forEach(Part::kill);
        assertThat(stack.local().running()).isFalse();
        stack.start();
        stack.send(options(16, 10), false);
        stack.assertExact();
    }

    private static GeneratorOptions options(long seed, int seconds) {
        return GeneratorOptions.ofSeed(seed)
                .withPeople(2000)
                .withStart(Instant.now())
                .withEventsPerSecond(EVENTS_PER_SECOND)
                .withEvents((long) (EVENTS_PER_SECOND * seconds))
                .withDuplicates(0.05)
                .withMalformed(0.005);
    }
}
