package dev.millrace.runtime.state;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.streaming.api.operators.KeyContext;

/**
 * The values lately used, so that one that is visited several times is read and written once and not at each event: what
 * they have become is written to state when they have to make room, and before each checkpoint.
 *
 * <p>For a state backend that keeps bytes. One that keeps objects has them at hand anyway, and must see each change when it
 * happens, since it copies what a checkpoint is still being written from.
 *
 * @param <K> the key
 * @param <V> a mutable value
 */
public final class StateCache<K, V> {
    private static final class Entry<V> {
        private V value;
        private boolean changed;
    }

    private final int most;
    private final ValueState<V> state;
    private final KeyContext keys;
    /** The one that was not used for longest comes first. */
    private final LinkedHashMap<K, Entry<V>> entries;

    /** @param most how many are held; 0: none, all is read and written at once */
    public StateCache(int most, ValueState<V> state, KeyContext keys) {
        this.most = most;
        this.state = state;
        this.keys = keys;
        this.entries = new LinkedHashMap<>(2 * most, 0.75f, true);
    }

    /** The value of a key, which is the current one; null: there is none. */
    public V get(K key) throws IOException {
        if (most == 0) {
            return state.value();
        }
        Entry<V> entry = entries.get(key);
        if (entry != null) {
            return entry.value;
        }
        V value = state.value();
        if (value != null) {
            hold(key).value = value;
        }
        return value;
    }

    /** Keeps what the value of a key, which is the current one, has become; null: it is no more. */
    public void put(K key, V value) throws IOException {
        if (most == 0) {
            state.update(value);
            return;
        }
        Entry<V> entry = entries.get(key);
        if (entry == null) {
            entry = hold(key);
        }
        entry.value = value;
        entry.changed = true;
    }

    private Entry<V> hold(K key) throws IOException {
        Entry<V> entry = new Entry<>();
        entries.put(key, entry);
        if (entries.size() > most) {
            var eldest = entries.entrySet().iterator();
            Map.Entry<K, Entry<V>> out = eldest.next();
            if (out.getValue().changed) {
                Object current = keys.getCurrentKey();
                write(out.getKey(), out.getValue());
                keys.setCurrentKey(current);
            }
            eldest.remove();
        }
        return entry;
    }

    /** Writes all that has changed; the current key is another one afterwards. */
    public void flush() throws IOException {
        for (Map.Entry<K, Entry<V>> entry : entries.entrySet()) {
            if (entry.getValue().changed) {
                write(entry.getKey(), entry.getValue());
                entry.getValue().changed = false;
            }
        }
    }

    /** {@code null} clears the state. */
    private void write(K key, Entry<V> entry) throws IOException {
        keys.setCurrentKey(key);
        state.update(entry.value);
    }
}
