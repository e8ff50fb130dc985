package dev.millrace.core.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.event.RecentMessageIds.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RecentMessageIdsTest {
    @Test
    void anIdCountsOnceWithinTheWindow() {
        RecentMessageIds recent = new RecentMessageIds();
        assertThat(recent.isEmpty()).isTrue();
        assertThat(recent.add(1, 100_000, 50_000, 10)).isEqualTo(Outcome.NEW);
        assertThat(recent.add(1, 100_000, 50_000, 10)).isEqualTo(Outcome.DUPLICATE);
        assertThat(recent.add(1, 150_000, 50_000, 10)).isEqualTo(Outcome.DUPLICATE);
        assertThat(recent.lastExpiryMillis(50_000)).isEqualTo(151_000);
        assertThat(recent.add(1, 151_000, 50_000, 10)).isEqualTo(Outcome.NEW);
        assertThat(recent.size()).isEqualTo(1);
    }

    @Test
    void aLateEventIsHeldAgainstTheLatestTimeSeen() {
        RecentMessageIds recent = new RecentMessageIds();
        recent.add(1, 1000_000, 50_000, 10);
        assertThat(recent.add(2, 10_000, 50_000, 10)).isEqualTo(Outcome.NEW);
        assertThat(recent.add(2, 1050_000, 50_000, 10)).isEqualTo(Outcome.DUPLICATE);
    }

    @Test
    void theOldestGoesWhenThereAreTooMany() {
        RecentMessageIds recent = new RecentMessageIds();
        recent.add(1, 100_000, 50_000, 2);
        recent.add(2, 100_000, 50_000, 2);
        assertThat(recent.add(3, 100_000, 50_000, 2)).isEqualTo(Outcome.NEW_EVICTING);
        assertThat(recent.add(2, 100_000, 50_000, 2)).isEqualTo(Outcome.DUPLICATE);
        assertThat(recent.add(1, 100_000, 50_000, 2)).isEqualTo(Outcome.NEW_EVICTING);
    }

    @Test
    void memoryIsBoundedByWhatIsRemembered() {
        RecentMessageIds recent = new RecentMessageIds();
        for (long id = 0; id < 100_000; id++) {
            recent.add(id, id * 1000, 50_000, 20);
        }
        assertThat(recent.size()).isEqualTo(20);
        assertThat(recent.hashes.length).isLessThan(100);
        assertThat(recent.seenAtSeconds).hasSameSizeAs(recent.hashes);
    }

    @Test
    void everyAnswerIsThatOfAPlainList() {
        for (long seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            long windowSeconds = random.nextInt(60);
            int maxIds = 1 + random.nextInt(random.nextBoolean() ? 4 : 40);
            int ids = 1 + random.nextInt(60);
            RecentMessageIds recent = new RecentMessageIds();
            Model model = new Model();
            long time = random.nextInt(3) - 1;
            for (int step = 0; step < 300; step++) {
                String at = "seed " + seed + ", step " + step;
                time += random.nextInt(10) == 0 ? random.nextInt(80) : random.nextInt(3);
                if (random.nextInt(20) == 0) {
                    long before = time - random.nextInt(80);
                    recent.evictBefore(before * 1000);
                    model.evictBefore(before);
                } else {
                    long hash = random.nextInt(ids);
                    long eventTime = time - (random.nextInt(4) == 0 ? random.nextInt(100) : 0);
                    assertThat(recent.add(hash, eventTime * 1000, windowSeconds * 1000, maxIds))
                            .as(at)
                            .isEqualTo(model.add(hash, eventTime, windowSeconds, maxIds));
                }
                assertThat(recent.size()).as(at).isEqualTo(model.entries.size());
                assertThat(recent.isEmpty()).as(at).isEqualTo(model.entries.isEmpty());
                if (!recent.isEmpty()) {
                    Model.Entry last = model.entries.get(model.entries.size() - 1);
                    assertThat(recent.lastExpiryMillis(windowSeconds * 1000))
                            .as(at)
                            .isEqualTo((last.seenAt() + 1 + windowSeconds) * 1000);
                }
            }
        }
    }

    private static final class Model {
        record Entry(long hash, long seenAt) {}

        private final List<Entry> entries = new ArrayList<>();
        private long latest = Long.MIN_VALUE;

        Outcome add(long hash, long eventTime, long windowSeconds, int maxIds) {
            latest = Math.max(latest, eventTime);
            evictBefore(latest - windowSeconds);
            if (entries.stream().anyMatch(entry -> entry.hash() == hash)) {
                return Outcome.DUPLICATE;
            }
            entries.add(new Entry(hash, latest));
            if (entries.size() > maxIds) {
                entries.remove(0);
                return Outcome.NEW_EVICTING;
            }
            return Outcome.NEW;
        }

        void evictBefore(long seconds) {
            entries.removeIf(entry -> entry.seenAt() < seconds);
        }
    }
}
