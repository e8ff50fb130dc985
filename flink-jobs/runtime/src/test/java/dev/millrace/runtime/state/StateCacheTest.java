package dev.millrace.runtime.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.runtime.binary.PackedSerializer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.typeutils.base.StringValueSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.streaming.api.operators.KeyContext;
import org.apache.flink.types.StringValue;
import org.junit.jupiter.api.Test;

class StateCacheTest {
    private static final StringValueSerializer TEXT = StringValueSerializer.INSTANCE;
    private static final long PLENTY = 1 << 30;

    private final KeyedBytes state = new KeyedBytes();

    @Test
    void aValueThatIsVisitedSeveralTimesIsReadAndWrittenOnce() throws IOException {
        state.kept.put("a", "1");
        StateCache<String, StringValue> cache = cache(2);
        for (int i = 0; i < 3; i++) {
            StringValue value = get(cache, "a");
            put(cache, "a", append(value, i));
        }
        assertThat(state.kept).containsEntry("a", "1");
        cache.flush(0);
        assertThat(state.kept).containsEntry("a", "1012");
        assertThat(state.calls).containsExactly("read a", "write a");
    }

    @Test
    void whatHasNotChangedIsNotWritten() throws IOException {
        state.kept.put("a", "1");
        StateCache<String, StringValue> cache = cache(1);
        assertThat(text(cache, "a")).isEqualTo("1");
        assertThat(text(cache, "b")).isNull();
        put(cache, "b", new StringValue("2"));
        cache.flush(0);
        cache.flush(0);
        assertThat(state.calls).containsExactly("read a", "read b", "write b");
        assertThat(text(cache, "b")).as("what was written is still held").isEqualTo("2");
        assertThat(state.calls).hasSize(3);
    }

    @Test
    void whoMakesRoomWasNotUsedSinceOthersDid() throws IOException {
        StateCache<String, StringValue> cache = cache(3);
        put(cache, "a", new StringValue("1"));
        put(cache, "b", new StringValue("2"));
        put(cache, "c", new StringValue("3"));
        put(cache, "d", new StringValue("4"));
        assertThat(state.kept).as("all were used").isEqualTo(Map.of("a", "1"));
        assertThat(state.current)
                .as("who makes room does not take the key along")
                .isEqualTo("d");
        get(cache, "b");
        put(cache, "e", new StringValue("5"));
        assertThat(state.kept).isEqualTo(Map.of("a", "1", "c", "3"));
        assertThat(text(cache, "b")).isEqualTo("2");
        assertThat(text(cache, "c")).isEqualTo("3");
        assertThat(state.current).isEqualTo("c");
        assertThat(state.calls).containsExactly("write a", "write c", "read c", "write d");
    }

    @Test
    void aValueThatIsNoMoreIsGoneAtOnceAndClearedLater() throws IOException {
        state.kept.put("a", "1");
        StateCache<String, StringValue> cache = cache(1);
        get(cache, "a");
        put(cache, "a", null);
        assertThat(text(cache, "a")).isNull();
        assertThat(state.kept).containsKey("a");
        put(cache, "b", null);
        assertThat(state.kept).as("made room").isEmpty();
        cache.flush(0);
        assertThat(state.calls).containsExactly("read a", "clear a", "clear b");
        assertThat(text(cache, "b")).isNull();
        put(cache, "b", new StringValue("2"));
        cache.flush(0);
        assertThat(state.kept).isEqualTo(Map.of("b", "2"));
    }

    @Test
    void withNoRoomAllIsReadAndWrittenAtOnce() throws IOException {
        StateCache<String, StringValue> cache = cache(0);
        assertThat(text(cache, "a")).isNull();
        put(cache, "a", new StringValue("1"));
        assertThat(state.kept).isEqualTo(Map.of("a", "1"));
        assertThat(text(cache, "a")).isEqualTo("1");
        put(cache, "a", null);
        cache.flush(0);
        assertThat(state.calls).containsExactly("read a", "write a", "read a", "clear a");
    }

    @Test
    void whoLeavesTheFirstRoomIsNeitherWrittenNorReadAgain() throws IOException {
        state.kept.put("b", "2");
        StateCache<String, StringValue> cache = cache(1, PLENTY);
        put(cache, "a", new StringValue("1"));
        put(cache, "b", append(get(cache, "b"), 0));
        put(cache, "a", append(get(cache, "a"), 0));
        assertThat(text(cache, "b")).isEqualTo("20");
        assertThat(state.current).isEqualTo("b");
        assertThat(state.calls).containsExactly("read b");
        cache.flush(0);
        cache.flush(0);
        assertThat(state.kept).isEqualTo(Map.of("a", "10", "b", "20"));
        assertThat(state.calls).hasSize(3);
        assertThat(text(cache, "a")).as("what was written is still held").isEqualTo("10");
        assertThat(state.calls).hasSize(3);
    }

    @Test
    void whatIsNoMoreDoesNotGoToTheSecondRoom() throws IOException {
        state.kept.put("a", "1");
        StateCache<String, StringValue> cache = cache(1, PLENTY);
        put(cache, "a", null);
        put(cache, "b", new StringValue("2"));
        assertThat(state.kept).isEmpty();
        put(cache, "b", null);
        put(cache, "c", new StringValue("3"));
        assertThat(text(cache, "b")).isNull();
        cache.flush(0);
        assertThat(state.kept).isEqualTo(Map.of("c", "3"));
    }

    @Test
    void theSecondRoomHoldsAsManyBytesAsItMayAndWhoWasUsedStays() throws IOException {
        long three = 3 * (StateCache.ENTRY_BYTES + 1 + 2);
        StateCache<String, StringValue> cache = cache(1, three);
        for (String key : List.of("a", "b", "c", "d")) {
            put(cache, key, new StringValue("1"));
        }
        assertThat(state.calls).as("d is an object, the others are packed").isEmpty();
        get(cache, "a");
        get(cache, "d");
        assertThat(state.calls).as("a and d have changed places").isEmpty();
        put(cache, "e", new StringValue("1"));
        assertThat(state.calls).as("a was used after b had come").containsExactly("write b");
        assertThat(state.current).isEqualTo("e");
        put(cache, "f", new StringValue("1"));
        assertThat(state.calls).containsExactly("write b", "write c");
        cache.flush(0);
        state.calls.clear();
        for (String key : List.of("a", "d", "e", "f")) {
            get(cache, key);
        }
        assertThat(state.calls).isEmpty();
        get(cache, "b");
        assertThat(state.calls).as("what makes room has been written").containsExactly("read b");
    }

    @Test
    void placesOfWhatIsNoMoreAreGivenToOthers() throws IOException {
        StateCache<String, StringValue> cache = cache(1, PLENTY);
        put(cache, "stays", new StringValue("1"));
        for (int i = 0; i < 20_000; i++) {
            put(cache, "k" + i, new StringValue("1"));
            get(cache, "stays"); // The other one goes to the second room,
            put(cache, "k" + i, null); // and is no more.
        }
        assertThat(cache.places()).isLessThan(1_100);
        assertThat(text(cache, "stays")).isEqualTo("1");
        cache.flush(0);
        assertThat(state.kept).isEqualTo(Map.of("stays", "1"));
    }

    @Test
    void notMoreThanSoManyWaitToBeWritten() throws IOException {
        StateCache<String, StringValue> cache = cache(1, PLENTY);
        for (int i = 0; i < StateCache.MOST_UNWRITTEN + 4; i++) {
            put(cache, "k" + i, new StringValue("1"));
        }
        assertThat(state.calls).containsExactly("write k0", "write k1", "write k2");
        assertThat(state.current).isEqualTo("k" + (StateCache.MOST_UNWRITTEN + 3));
        get(cache, "k0");
        assertThat(state.calls)
                .as("k0 is still held; k%d wants to be written", 3)
                .containsExactly("write k0", "write k1", "write k2", "write k3");
        state.calls.clear();
        cache.flush(0);
        assertThat(state.calls)
                .as("each once")
                .hasSize(StateCache.MOST_UNWRITTEN)
                .doesNotHaveDuplicates();
        assertThat(state.kept).hasSize(StateCache.MOST_UNWRITTEN + 4);
    }

    @Test
    void anEighthOfWhatWaitsIsWrittenAheadUntilNothingDoes() throws IOException {
        StateCache<String, StringValue> cache = cache(1, PLENTY);
        for (int i = 0; i < 17; i++) {
            put(cache, "k" + i, new StringValue("1"));
        }
        cache.writeAhead(0);
        assertThat(state.calls).containsExactly("write k0", "write k1");
        put(cache, "k0", append(get(cache, "k0"), 0));
        for (int i = 0; i < 17; i++) {
            cache.writeAhead(0);
        }
        assertThat(state.calls)
                .as("all but k0, which is an object, and changed again")
                .hasSize(17)
                .doesNotHaveDuplicates();
        cache.flush(0);
        assertThat(state.calls).hasSize(18).endsWith("write k0");
        assertThat(state.kept).hasSize(17).containsEntry("k0", "10").containsEntry("k16", "1");
    }

    @Test
    void inTheLastSecondBeforeACheckpointIsExpectedNearlyAllIsWrittenAhead() throws IOException {
        StateCache<String, StringValue> cache = cache(8, PLENTY);
        fill(cache, 24);
        cache.writeAhead(5_000);
        cache.flush(10_000);
        state.calls.clear();
        fill(cache, 24);
        cache.writeAhead(29_500);
        assertThat(state.calls)
                .as("nobody knows yet when the next one comes: an eighth of the 16 in the second room")
                .hasSize(2);
        cache.flush(30_000);
        state.calls.clear();

        fill(cache, 24);
        cache.writeAhead(48_999);
        assertThat(state.calls)
                .as("the next one comes 20 s after the last, which is not near")
                .hasSize(2);
        cache.writeAhead(49_000);
        assertThat(state.calls)
                .as("half of the 14 that wait, and a quarter of the first room")
                .hasSize(2 + 7 + 2);
        for (int i = 1; i <= 3; i++) {
            cache.writeAhead(49_000 + 100 * i);
        }
        assertThat(state.calls)
                .as("each once, before the checkpoint")
                .hasSize(24)
                .doesNotHaveDuplicates();
        put(cache, "k0", append(get(cache, "k0"), 0));
        for (int i = 1; i <= 4; i++) {
            cache.writeAhead(50_000 + 100 * i);
        }
        assertThat(state.calls)
                .as("it may be late, and is still expected")
                .hasSize(25)
                .endsWith("write k0");
        put(cache, "k0", append(get(cache, "k0"), 1));
        for (int i = 0; i < 4; i++) {
            cache.writeAhead(55_000 + 100 * i);
        }
        assertThat(state.calls).as("it does not come").hasSize(25);
        cache.flush(56_000);
        assertThat(state.calls).hasSize(26).endsWith("write k0");
        assertThat(state.kept).hasSize(24).containsEntry("k0", "101").containsEntry("k23", "1");
    }

    @Test
    void nothingIsExpectedOfAClockThatGoesBack() throws IOException {
        StateCache<String, StringValue> cache = cache(8, PLENTY);
        cache.writeAhead(5_000);
        cache.flush(10_000);
        cache.flush(9_000);
        put(cache, "k", new StringValue("1"));
        for (int i = 0; i < 20; i++) {
            cache.writeAhead(6_000 + 200 * i);
        }
        assertThat(state.calls).isEmpty();
        cache.flush(9_000);
        assertThat(state.calls).containsExactly("write k");
    }

    @Test
    void onTheHeapNothingIsWrittenAhead() throws IOException {
        StateCache<String, StringValue> cache = cache(8);
        cache.flush(1_000);
        cache.flush(2_000);
        fill(cache, 8);
        cache.writeAhead(3_000);
        assertThat(state.calls).isEmpty();
        cache.flush(3_000);
        assertThat(state.calls).hasSize(8);
    }

    @Test
    void neitherIsMoreWrittenAtATimeThanSoMuch() throws IOException {
        StateCache<String, StringValue> cache = cache(1, PLENTY);
        cache.flush(1_000);
        cache.flush(2_000);
        fill(cache, StateCache.MOST_UNWRITTEN);
        cache.writeAhead(3_000);
        assertThat(state.calls).hasSizeBetween(StateCache.MOST_AHEAD, StateCache.MOST_AHEAD + 1);
    }

    /** Writes a value for each of so many keys. */
    private void fill(StateCache<String, StringValue> cache, int keys) throws IOException {
        for (int i = 0; i < keys; i++) {
            put(cache, "k" + i, new StringValue("1"));
        }
    }

    @Test
    void afterEveryStepItIsAsIfThereWereNoCache() throws IOException {
        for (long seed = 1; seed <= 200; seed++) {
            Random random = new Random(seed);
            state.kept.clear();
            StateCache<String, StringValue> cache =
                    cache(random.nextInt(5), random.nextInt(5) * (StateCache.ENTRY_BYTES + 10));
            Map<String, String> expected = new HashMap<>();
            long now = 0;
            for (int i = 0; i < 200; i++) {
                String key = "k" + random.nextInt(8);
                StringValue value = get(cache, key);
                assertThat(value == null ? null : value.getValue())
                        .as("seed %d, step %d", seed, i)
                        .isEqualTo(expected.get(key));
                switch (random.nextInt(4)) {
                    case 0 -> {
                        put(cache, key, null);
                        expected.remove(key);
                    }
                    case 1 -> {
                        StringValue next = value == null ? new StringValue() : value;
                        put(cache, key, append(next, i % 10));
                        expected.put(key, next.getValue());
                    }
                    case 2 -> {
                        put(cache, key, new StringValue("new"));
                        expected.put(key, "new");
                    }
                    default -> {}
                }
                assertThat(state.current).isEqualTo(key);
                now += random.nextInt(300);
                if (random.nextInt(5) == 0) {
                    cache.writeAhead(now);
                }
                if (random.nextInt(20) == 0) {
                    cache.flush(now);
                    assertThat(state.kept).as("seed %d, step %d", seed, i).isEqualTo(expected);
                }
            }
            cache.flush(0);
            assertThat(state.kept).as("seed %d", seed).isEqualTo(expected);
        }
    }

    private StateCache<String, StringValue> cache(int most) {
        return cache(most, 0);
    }

    private StateCache<String, StringValue> cache(int most, long mostBytes) {
        return new StateCache<>(
                most, mostBytes, new PackedState<>(state, new PackedSerializer<>(TEXT).unpacking()), state);
    }

    private static StringValue append(StringValue value, int digit) {
        value.append(Integer.toString(digit));
        return value;
    }

    private StringValue get(StateCache<String, StringValue> cache, String key) throws IOException {
        state.setCurrentKey(key);
        return cache.get(key);
    }

    /** Null: there is none. */
    private String text(StateCache<String, StringValue> cache, String key) throws IOException {
        StringValue value = get(cache, key);
        return value == null ? null : value.getValue();
    }

    private void put(StateCache<String, StringValue> cache, String key, StringValue value) throws IOException {
        state.setCurrentKey(key);
        cache.put(key, value);
    }

    /** State by key as bytes are kept: what is read is a value of its own, and what is changed must be written. */
    private static final class KeyedBytes implements ValueState<Object>, KeyContext {
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
        public StringValue value() {
            calls.add("read " + current);
            return kept.containsKey(current) ? new StringValue(kept.get(current)) : null;
        }

        @Override
        public void update(Object value) throws IOException {
            if (value == null) {
                clear();
                return;
            }
            calls.add("write " + current);
            DataInputDeserializer bytes = new DataInputDeserializer((byte[]) value);
            kept.put(current, TEXT.deserialize(bytes).getValue());
        }

        @Override
        public void clear() {
            calls.add("clear " + current);
            kept.remove(current);
        }
    }
}
