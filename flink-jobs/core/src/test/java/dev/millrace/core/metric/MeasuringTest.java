package dev.millrace.core.metric;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.event.Event;
import dev.millrace.core.identity.Attribution;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Totals kept by deltas against totals counted afresh, at every record of random histories: events of several raw
 * partitions, in any order of theirs, some of them the same message on two; failures of the stitching side, after which
 * records repeat and a message that was let through from one partition comes from the other; leaves that move between
 * profiles; time that goes on, and events that are too late for it.
 */
class MeasuringTest {
    private static final long HOUR = 3_600_000;
    private static final long START = 1_711_753_200_000L; // 2024-03-30 in Vienna; the day after has 23 hours
    private static final Catalogue CATALOGUE = Catalogue.of(
            List.of(
                    new MetricDefinition("events", Aggregate.COUNT, List.of("type", "event"), List.of("1h", "1d")),
                    new MetricDefinition("all", Aggregate.COUNT, null, List.of("12h")),
                    new MetricDefinition("people", Aggregate.UNIQUE_PROFILES, null, List.of("1h", "6h", "1d"))),
            ZoneId.of("Europe/Vienna"));

    @Test
    void totalsKeptByDeltasAreThoseCountedAfreshAfterEveryRecord() {
        int counted = 0;
        int repeats = 0;
        int late = 0;
        int moves = 0;
        int forgotten = 0;
        for (long seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            int partitions = 1 + random.nextInt(3);
            List<Attribution> log = new Stitched(random, partitions).log();
            long horizonMillis = HOUR * (1 + random.nextInt(60));
            // From one partition offsets alone tell repeats, however short the memory of message ids.
            int dedupeMaxIds = partitions == 1 ? 1 : 10_000;
            Kept kept = new Kept(new Leaf.Rules(CATALOGUE, horizonMillis, 1000 * HOUR, dedupeMaxIds));
            Afresh afresh = new Afresh(horizonMillis);
            long watermark = Long.MIN_VALUE;
            for (int step = 0; step < log.size(); step++) {
                Attribution record = log.get(step);
                if (random.nextInt(3) == 0) {
                    long behind = record.eventTimeMillis() - random.nextInt((int) (20 * HOUR));
                    watermark = Math.max(watermark, behind);
                    kept.advance(watermark);
                }
                Leaf.Outcome outcome = kept.next(record, watermark);
                moves += afresh.note(record, watermark) ? 1 : 0;
                assertThat(kept.rows())
                        .as("seed %d, record %d of %d: %s", seed, step, log.size(), record)
                        .isEqualTo(afresh.rows());
                switch (outcome) {
                    case COUNTED -> counted++;
                    case REPEAT -> repeats++;
                    case LATE_BEYOND_HORIZON -> late++;
                    case NO_EVENT -> {}
                }
            }
            kept.advance(Long.MAX_VALUE / 2);
            assertThat(kept.leaves).as("seed %d: state at the end", seed).isEmpty();
            assertThat(kept.present).as("seed %d: state at the end", seed).isEmpty();
            forgotten += kept.forgotten;
        }
        // What was to be tried has been.
        assertThat(List.of(counted, repeats, late, moves, forgotten)).allMatch(times -> times > 500);
    }

    /** What MeasureJob does, on one thread. */
    private static final class Kept {
        private final Leaf.Rules rules;
        private final Map<String, Leaf> leaves = new HashMap<>();
        private final Map<PresenceDelta.Key, Integer> present = new HashMap<>();
        private final Map<TotalKey, Double> totals = new HashMap<>();
        private int forgotten;

        Kept(Leaf.Rules rules) {
            this.rules = rules;
        }

        Leaf.Outcome next(Attribution record, long watermark) {
            Leaf leaf = leaves.getOrDefault(record.identifier(), new Leaf());
            Leaf.Outcome outcome = leaf.next(record, rules.hotSince(watermark), rules, this::add, this::attribute);
            if (leaf.lastWindowEndMillis != Long.MIN_VALUE) {
                leaves.put(record.identifier(), leaf);
            }
            return outcome;
        }

        void advance(long watermark) {
            int before = leaves.size();
            leaves.values()
                    .removeIf(leaf -> leaf.lastWindowEndMillis + rules.horizonMillis() <= watermark
                            && leaf.forget(rules.hotSince(watermark)));
            forgotten += before - leaves.size();
            present.keySet().removeIf(key -> key.presence().windowEndMillis() + rules.horizonMillis() <= watermark);
        }

        private void attribute(PresenceDelta delta) {
            int before = present.getOrDefault(delta.key(), 0);
            int after = before + delta.leaves();
            assertThat(after).as("leaves of a profile in a window: %s", delta).isNotNegative();
            present.put(delta.key(), after);
            if (before == 0 && after > 0) {
                add(new TotalDelta(delta.presence().total(), 1));
            } else if (before > 0 && after == 0) {
                add(new TotalDelta(delta.presence().total(), -1));
            }
        }

        private void add(TotalDelta delta) {
            totals.merge(delta.key(), delta.value(), Double::sum);
        }

        Map<TotalKey, Double> rows() {
            Map<TotalKey, Double> rows = new HashMap<>(totals);
            rows.values().removeIf(value -> value == 0);
            return rows;
        }
    }

    /** The same from all that has come in, forgetting nothing and knowing nothing of deltas. */
    private static final class Afresh {
        private record Belongs(String profile, long hotSince) {}

        private final long horizonMillis;
        private final Map<String, Attribution> distinct = new HashMap<>();
        private final Map<String, List<Belongs>> profiles = new HashMap<>();

        Afresh(long horizonMillis) {
            this.horizonMillis = horizonMillis;
        }

        /** Whether the leaf has moved. */
        boolean note(Attribution record, long watermark) {
            long hotSince = watermark == Long.MIN_VALUE ? Long.MIN_VALUE : watermark - horizonMillis;
            List<Belongs> history = profiles.computeIfAbsent(record.identifier(), leaf -> new ArrayList<>());
            boolean moved = !history.isEmpty()
                    && !history.get(history.size() - 1).profile().equals(record.profileId());
            history.add(new Belongs(record.profileId(), hotSince));
            if (record.event() != null && record.eventTimeMillis() >= hotSince) {
                distinct.putIfAbsent(record.event().messageId(), record);
            }
            return moved;
        }

        Map<TotalKey, Double> rows() {
            Map<TotalKey, Double> rows = new HashMap<>();
            Map<TotalKey, Set<String>> people = new HashMap<>();
            for (Attribution record : distinct.values()) {
                for (Catalogue.Entry entry : CATALOGUE.counts()) {
                    rows.merge(key(entry, record), 1.0, Double::sum);
                }
                for (Catalogue.Entry entry : CATALOGUE.uniques()) {
                    TotalKey key = key(entry, record);
                    people.computeIfAbsent(key, window -> new HashSet<>())
                            .add(profile(record.identifier(), key.windowEndMillis()));
                }
            }
            people.forEach((key, profiles) -> rows.put(key, (double) profiles.size()));
            return rows;
        }

        private static TotalKey key(Catalogue.Entry entry, Attribution record) {
            WindowSize.Window window = entry.window().at(record.eventTimeMillis());
            return new TotalKey(
                    entry.metric(),
                    entry.window().text(),
                    window.startMillis(),
                    window.endMillis(),
                    Dimensions.of(record.event(), entry.dimensions()));
        }

        /** The last profile of a leaf that was known while the window could still change. */
        private String profile(String leaf, long windowEnd) {
            String profile = null;
            for (Belongs belongs : profiles.get(leaf)) {
                profile = belongs.hotSince() < windowEnd ? belongs.profile() : profile;
            }
            return profile;
        }
    }

    /** A history of {@code millrace.stitched}, as a stitching side writes it that fails now and then. */
    private static final class Stitched {
        private final Random random;
        private final List<List<Attribution>> raw = new ArrayList<>();

        Stitched(Random random, int partitions) {
            this.random = random;
            for (int partition = 0; partition < partitions; partition++) {
                raw.add(new ArrayList<>());
            }
        }

        List<Attribution> log() {
            int leaves = 1 + random.nextInt(5);
            int messages = 10 + random.nextInt(60);
            for (int message = 0; message < messages; message++) {
                Event event = event(message);
                String leaf = "user_id:" + random.nextInt(leaves);
                long time = START + (long) message * HOUR + random.nextInt((int) (30 * HOUR)) - 15 * HOUR;
                for (int copies = random.nextInt(3) == 0 ? 2 + random.nextInt(2) : 1; copies > 0; copies--) {
                    int partition = random.nextInt(raw.size());
                    List<Attribution> records = raw.get(partition);
                    long offset = records.isEmpty() ? 0 : last(records).offset() + 1 + random.nextInt(3);
                    records.add(new Attribution(leaf, null, null, 0, 1, "raw", partition, offset, time, event));
                }
            }

            List<Attribution> written = new ArrayList<>();
            State state = new State(raw.size());
            State checkpoint = state.copy();
            int checkpointed = 0;
            int failures = random.nextInt(6);
            while (!state.isAtEnd()) {
                state.step(written);
                if (random.nextInt(20) == 0) {
                    checkpoint = state.copy();
                    checkpointed = written.size();
                } else if (failures > 0 && random.nextInt(20) == 0) {
                    failures--;
                    state = checkpoint.copy();
                    loseUnsent(written, checkpointed);
                }
            }
            return written;
        }

        /** What was written since the checkpoint may not have been sent: of each leaf, a last part is lost. */
        private void loseUnsent(List<Attribution> written, int checkpointed) {
            Map<String, Integer> keep = new HashMap<>();
            for (int i = checkpointed; i < written.size(); i++) {
                String leaf = written.get(i).identifier();
                if (random.nextInt(8) == 0) {
                    keep.putIfAbsent(leaf, i);
                }
                if (keep.containsKey(leaf)) {
                    written.remove(i--);
                }
            }
        }

        private Event event(int message) {
            String type = random.nextBoolean() ? "track" : "page";
            String name = random.nextInt(3) == 0 ? null : "E" + random.nextInt(2);
            return new Event(
                    "m" + message, type, name, "u", null, null, null, null, null, null, null, null, null, null, null);
        }

        private static <T> T last(List<T> list) {
            return list.get(list.size() - 1);
        }

        /** What the stitching side knows: how far it has read, which messages it has seen, who is who. */
        private final class State {
            private final int[] positions;
            private final Set<String> seen = new HashSet<>();
            private final Map<String, String> profiles = new HashMap<>();

            State(int partitions) {
                positions = new int[partitions];
            }

            State copy() {
                State copy = new State(positions.length);
                System.arraycopy(positions, 0, copy.positions, 0, positions.length);
                copy.seen.addAll(seen);
                copy.profiles.putAll(profiles);
                return copy;
            }

            boolean isAtEnd() {
                return Arrays.equals(
                        positions, raw.stream().mapToInt(List::size).toArray());
            }

            void step(List<Attribution> written) {
                int partition = random.nextInt(positions.length);
                if (positions[partition] == raw.get(partition).size()) {
                    return;
                }
                Attribution record = raw.get(partition).get(positions[partition]++);
                String leaf = record.identifier();
                profiles.putIfAbsent(leaf, leaf);
                if (random.nextInt(6) == 0) {
                    String profile = "user_id:" + random.nextInt(5);
                    profiles.put(leaf, profile);
                    if (random.nextBoolean()) {
                        written.add(new Attribution(leaf, profile, null, 0, 1, "", 0, 0, START, null));
                    }
                }
                if (seen.add(record.event().messageId())) {
                    written.add(new Attribution(
                            leaf,
                            profiles.get(leaf),
                            null,
                            0,
                            1,
                            record.topic(),
                            partition,
                            record.offset(),
                            record.eventTimeMillis(),
                            record.event()));
                }
            }
        }
    }
}
