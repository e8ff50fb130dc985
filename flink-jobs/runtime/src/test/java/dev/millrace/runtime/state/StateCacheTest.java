package dev.millrace.runtime.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.streaming.api.operators.KeyContext;
import org.junit.jupiter.api.Test;

class StateCacheTest {
    private final KeyedBytes state = new KeyedBytes();

    @Test
    void aValueThatIsVisitedSeveralTimesIsReadAndWrittenOnce() throws IOException {
        state.kept.put("a", "1");
        StateCache<String, StringBuilder> cache = cache(2);
        for (int i = 0; i < 3; i++) {
            StringBuilder value = get(cache, "a");
            put(cache, "a", value.append(i));
        }
        assertThat(state.kept).containsEntry("a", "1");
        cache.flush();
        assertThat(state.kept).containsEntry("a", "1012");
        assertThat(state.calls).containsExactly("read a", "write a");
    }

    @Test
    void whatHasNotChangedIsNotWritten() throws IOException {
        state.kept.put("a", "1");
        StateCache<String, StringBuilder> cache = cache(1);
        assertThat(get(cache, "a")).hasToString("1");
        assertThat(get(cache, "b")).isNull();
        put(cache, "b", new StringBuilder("2"));
        cache.flush();
        cache.flush();
        assertThat(state.calls).containsExactly("read a", "read b", "write b");
        assertThat(get(cache, "b")).as("what was written is still held").hasToString("2");
        assertThat(state.calls).hasSize(3);
    }

    @Test
    void whoMakesRoomIsTheOneThatWasNotUsedForLongest() throws IOException {
        StateCache<String, StringBuilder> cache = cache(2);
        put(cache, "a", new StringBuilder("1"));
        put(cache, "b", new StringBuilder("2"));
        get(cache, "a");
        put(cache, "c", new StringBuilder("3"));
        assertThat(state.kept).isEqualTo(Map.of("b", "2"));
        assertThat(state.current)
                .as("who makes room does not take the key along")
                .isEqualTo("c");
        assertThat(get(cache, "b")).hasToString("2");
        assertThat(state.kept).isEqualTo(Map.of("a", "1", "b", "2"));
        assertThat(state.current).isEqualTo("b");
        assertThat(state.calls).containsExactly("write b", "read b", "write a");
    }

    @Test
    void aValueThatIsNoMoreIsGoneAtOnceAndClearedLater() throws IOException {
        state.kept.put("a", "1");
        StateCache<String, StringBuilder> cache = cache(1);
        get(cache, "a");
        put(cache, "a", null);
        assertThat(get(cache, "a")).isNull();
        assertThat(state.kept).containsKey("a");
        put(cache, "b", null);
        assertThat(state.kept).as("made room").isEmpty();
        cache.flush();
        assertThat(state.calls).containsExactly("read a", "clear a", "clear b");
        assertThat(get(cache, "b")).isNull();
        put(cache, "b", new StringBuilder("2"));
        cache.flush();
        assertThat(state.kept).isEqualTo(Map.of("b", "2"));
    }

    @Test
    void withNoRoomAllIsReadAndWrittenAtOnce() throws IOException {
        StateCache<String, StringBuilder> cache = cache(0);
        assertThat(get(cache, "a")).isNull();
        put(cache, "a", new StringBuilder("1"));
        assertThat(state.kept).isEqualTo(Map.of("a", "1"));
        assertThat(get(cache, "a")).hasToString("1");
        put(cache, "a", null);
        cache.flush();
        assertThat(state.calls).containsExactly("read a", "write a", "read a", "clear a");
    }

    @Test
    void afterEveryStepItIsAsIfThereWereNoCache() throws IOException {
        for (long seed = 1; seed <= 200; seed++) {
            Random random = new Random(seed);
            state.kept.clear();
            StateCache<String, StringBuilder> cache = cache(random.nextInt(5));
            Map<String, String> expected = new HashMap<>();
            for (int i = 0; i < 200; i++) {
                String key = "k" + random.nextInt(8);
                StringBuilder value = get(cache, key);
                assertThat(value == null ? null : value.toString())
                        .as("seed %d, step %d", seed, i)
                        .isEqualTo(expected.get(key));
                switch (random.nextInt(4)) {
                    case 0 -> {
                        put(cache, key, null);
                        expected.remove(key);
                    }
                    case 1 -> {
                        StringBuilder next = value == null ? new StringBuilder() : value;
                        put(cache, key, next.append(i % 10));
                        expected.put(key, next.toString());
                    }
                    case 2 -> {
                        put(cache, key, new StringBuilder("new"));
                        expected.put(key, "new");
                    }
                    default -> {}
                }
                assertThat(state.current).isEqualTo(key);
                if (random.nextInt(20) == 0) {
                    cache.flush();
                    assertThat(state.kept).as("seed %d, step %d", seed, i).isEqualTo(expected);
                }
            }
            cache.flush();
            assertThat(state.kept).as("seed %d", seed).isEqualTo(expected);
        }
    }

    private StateCache<String, StringBuilder> cache(int most) {
        return new StateCache<>(most, state, state);
    }

    private StringBuilder get(StateCache<String, StringBuilder> cache, String key) throws IOException {
        state.setCurrentKey(key);
        return cache.get(key);
    }

    private void put(StateCache<String, StringBuilder> cache, String key, StringBuilder value) throws IOException {
        state.setCurrentKey(key);
        cache.put(key, value);
    }

    /** State by key as bytes are kept: what is read is a value of its own, and what is changed must be written. */
    private static final class KeyedBytes implements ValueState<StringBuilder>, KeyContext {
        private final Map<String, String> kept = new HashMap<>();
        private final List<String> calls = new ArrayList<>();
        private String current;

        @Override
        public void setCurrentKey(Object key) {
            current = (String) key;
        }

        @Override
        public Object getCurrentKey() {
            return current;
        }

        @Override
        public StringBuilder value() {
            calls.add("read " + current);
            return kept.containsKey(current) ? new StringBuilder(kept.get(current)) : null;
        }

        @Override
        public void update(StringBuilder value) {
            if (value == null) {
                clear();
                return;
            }
            calls.add("write " + current);
            kept.put(current, value.toString());
        }

        @Override
        public void clear() {
            calls.add("clear " + current);
            kept.remove(current);
        }
    }
}
