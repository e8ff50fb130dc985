package dev.millrace.runtime.state;

import dev.millrace.runtime.config.MillraceConfig.StateBackend;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.operators.KeyContext;

/**
 * The values lately used, so that one that is visited several times is read and written once and not at each event: what
 * they have become is written to state when they have to make room, ahead of that if asked to, and for each checkpoint.
 *
 * <p>It has two rooms. The first holds some values as objects. Who has to leave it goes to the second, where values are
 * packed: less memory, one array for the collector to follow, and a fraction of what it costs to ask RocksDB.
 * State on the heap is packed already (see {@link PackedState}): there the second room has no use.
 *
 * @param <K> the key
 * @param <V> a mutable value
 */
public final class StateCache<K, V> {
    /** Values of the second room that wait to be written, at most: at a checkpoint all of them are, in one go. */
    static final int MOST_UNWRITTEN = 32_768;

    /** Which part of them is written at a time while nothing presses: an eighth. */
    private static final int AHEAD = 8;

    /** How long before a checkpoint is expected it presses. */
    static final long NEAR_MILLIS = 1_000;

    /** How long one that does not come is expected: it may be held up, or have been given up. */
    static final long LATE_MILLIS = 5_000;

    /** So many that wait are written at a time, at most: nothing else is done meanwhile. */
    static final int MOST_AHEAD = 4_096;

    /** Which part of those that wait is written at a time then: half. */
    private static final int AHEAD_WHEN_NEAR = 2;

    /** Which part of the first room is looked through at a time then, for what has changed: a quarter. */
    private static final int SWEPT_WHEN_NEAR = 4;

    private static final long NEVER = Long.MIN_VALUE;

    /** What an entry of the second room takes besides its value's bytes and its key's characters: objects, and its places. */
    static final int ENTRY_BYTES = 200;

    /** Places of {@link #queue} that are nobody's are looked for where there are more than so many, and than half of all. */
    private static final int MOST_VACANT = 1024;

    private static final class Entry<K, V> {
        private final K key;
        /** In the first room; null there: it is no more. */
        private V value;
        /** In the second room; null: it is not there. */
        private byte[] packed;
        /** Since it was last written. */
        private boolean changed;
        /** Since it was last looked at whether it is to make room. */
        private boolean used;
        /** Whether it has a place in {@link #queue}, which it keeps when it goes back to the first room. */
        private boolean queued;
        /** Whether it has a place in {@link #unwritten}, likewise. */
        private boolean waiting;

        Entry(K key) {
            this.key = key;
        }
    }

    private final int most;
    private final long mostBytes;
    private final PackedState<V> state;
    private final KeyContext keys;
    private final Map<K, Entry<K, V>> entries;
    /**
     * The entries of the first room in a circle, round which a hand goes that has those make room that were not used since
     * it last came by. An order by last use would have references changed at each use, which the collector has to follow.
     */
    private final List<Entry<K, V>> circle;

    private int hand;

    /** Who came to the second room, in the order of coming; and some who have left it since. */
    private final ArrayDeque<Entry<K, V>> queue = new ArrayDeque<>();

    /** Values in the second room. */
    private int packed;

    /** Those of the second room that are to be written, and some that are not any more. */
    private final ArrayDeque<Entry<K, V>> unwritten = new ArrayDeque<>();

    /** Of the second room. */
    private long bytes;

    private long writes;

    /** When the last checkpoint was begun. */
    private long begunMillis = NEVER;

    /** When the next one is likely to be. */
    private long expectedMillis = NEVER;

    /** Who of the first room was last looked at ahead of a checkpoint. */
    private int sweep;

    /**
     * The values of a name.
     *
     * @param most how many are held as objects; 0: none at all are held, all is read and written at once
     * @param mostBytes how many bytes of packed values are held besides, keys and all, where state is not on the heap
     * @param name of the state, a contract: savepoints know it by that
     */
    public static <K, V> StateCache<K, V> open(
            int most,
            long mostBytes,
            StateBackend backend,
            String name,
            TypeInformation<V> type,
            RuntimeContext context,
            KeyContext keys) {
        return new StateCache<>(
                most,
                backend == StateBackend.ROCKSDB ? mostBytes : 0,
                PackedState.open(backend, name, type, context),
                keys);
    }

    StateCache(int most, long mostBytes, PackedState<V> state, KeyContext keys) {
        this.most = most;
        this.mostBytes = mostBytes;
        this.state = state;
        this.keys = keys;
        this.entries = new HashMap<>(2 * most);
        this.circle = new ArrayList<>(most);
    }

    /** The value of a key, which is the current one; null: there is none. */
    public V get(K key) throws IOException {
        if (most == 0) {
            return state.read();
        }
        Entry<K, V> entry = entries.get(key);
        if (entry != null) {
            entry.used = true;
            if (entry.packed != null) {
                unpack(entry);
            }
            return entry.value;
        }
        V value = state.read();
        if (value != null) {
            enter(key).value = value;
        }
        return value;
    }

    /** Keeps what the value of a key, which is the current one, has become; null: it is no more. */
    public void put(K key, V value) throws IOException {
        if (most == 0) {
            state.write(value);
            return;
        }
        Entry<K, V> entry = entries.get(key);
        if (entry == null) {
            entry = enter(key);
        } else if (entry.packed != null) {
            unpack(entry);
        }
        if (entry.value != value) {
            entry.value = value;
        }
        entry.used = true;
        entry.changed = true;
    }

    private Entry<K, V> enter(K key) throws IOException {
        Entry<K, V> entry = new Entry<>(key);
        hold(entry);
        entries.put(key, entry);
        return entry;
    }

    private void unpack(Entry<K, V> entry) throws IOException {
        V value = state.unpack(entry.packed);
        leaveSecondRoom(entry);
        hold(entry);
        entry.value = value;
    }

    private void enterSecondRoom(Entry<K, V> entry, byte[] value) {
        entry.packed = value;
        bytes += bytes(entry);
        packed++;
    }

    private void leaveSecondRoom(Entry<K, V> entry) {
        bytes -= bytes(entry);
        packed--;
        entry.packed = null;
    }

    private static long bytes(Entry<?, ?> entry) {
        return ENTRY_BYTES + entry.key.toString().length() + entry.packed.length;
    }

    /** Gives it a place in the first room. The current key stays. */
    private void hold(Entry<K, V> entry) throws IOException {
        if (circle.size() < most) {
            circle.add(entry);
            return;
        }
        Object current = keys.getCurrentKey();
        long before = writes;
        makeRoom();
        if (writes != before) {
            keys.setCurrentKey(current);
        }
        circle.set(hand, entry);
        hand = (hand + 1) % most;
    }

    /** Leaves the hand at the place of the one that is in the first room no longer. */
    private void makeRoom() throws IOException {
        while (circle.get(hand).used) {
            circle.get(hand).used = false;
            hand = (hand + 1) % most;
        }
        Entry<K, V> out = circle.get(hand);
        if (mostBytes > 0 && out.value != null) {
            pack(out);
        } else {
            writeIfChanged(out);
            entries.remove(out.key);
        }
    }

    private void pack(Entry<K, V> entry) throws IOException {
        enterSecondRoom(entry, state.pack(entry.value));
        entry.value = null;
        if (entry.queued) {
            entry.used = true; // Its place is from before; it has been used since.
        } else {
            entry.queued = true;
            queue.addLast(entry);
        }
        if (entry.changed && !entry.waiting) {
            entry.waiting = true;
            unwritten.addLast(entry);
            if (unwritten.size() > MOST_UNWRITTEN) {
                writeWaiting(unwritten.removeFirst());
            }
        }
        makeSecondRoom();
    }

    private void makeSecondRoom() throws IOException {
        if (queue.size() - packed > Math.max(MOST_VACANT, packed)) {
            queue.removeIf(entry -> {
                entry.queued = entry.packed != null;
                return !entry.queued;
            });
        }
        while (bytes > mostBytes) {
            Entry<K, V> first = queue.removeFirst();
            if (first.packed == null) {
                first.queued = false; // It is in the first room.
            } else if (first.used) {
                first.used = false;
                queue.addLast(first);
            } else {
                writeIfChanged(first);
                first.queued = false;
                leaveSecondRoom(first);
                entries.remove(first.key);
            }
        }
    }

    /** Places in the queue of the second room, with those that are nobody's any more. */
    int places() {
        return queue.size();
    }

    /**
     * Writes an eighth of what waits for it in the second room, one at least, what has waited longest first. Called a few
     * times a second, it leaves little for a checkpoint, at which nothing else is done until all is written; what changes
     * again soon is written once nevertheless. From a second before a checkpoint is expected (as long after the last one as
     * that came after the one before) it writes half of what waits, and what has changed in a quarter of the first room. The
     * current key is another one afterwards.
     *
     * @param nowMillis the time by this machine's clock; if others' are far from it, checkpoints are expected at wrong times
     */
    public void writeAhead(long nowMillis) throws IOException {
        boolean near = isNear(nowMillis);
        int part = near ? AHEAD_WHEN_NEAR : AHEAD;
        for (int some = Math.min(MOST_AHEAD, (unwritten.size() + part - 1) / part); some > 0; some--) {
            writeWaiting(unwritten.removeFirst());
        }
        if (near && mostBytes > 0) { // State on the heap costs as much to write as it does to pack.
            for (int some = (circle.size() + SWEPT_WHEN_NEAR - 1) / SWEPT_WHEN_NEAR; some > 0; some--) {
                sweep = (sweep + 1) % circle.size();
                writeIfChanged(circle.get(sweep));
            }
        }
    }

    private boolean isNear(long nowMillis) {
        return expectedMillis != NEVER
                && nowMillis >= expectedMillis - NEAR_MILLIS
                && nowMillis < expectedMillis + LATE_MILLIS;
    }

    /**
     * Writes all that has changed; the current key is another one afterwards.
     *
     * @param begunMillis when the checkpoint or savepoint was begun that it is for, as
     *     {@link org.apache.flink.runtime.state.StateSnapshotContext#getCheckpointTimestamp} has it
     */
    public void flush(long begunMillis) throws IOException {
        for (Entry<K, V> entry : circle) {
            writeIfChanged(entry);
        }
        while (!unwritten.isEmpty()) {
            writeWaiting(unwritten.removeFirst());
        }
        boolean first = this.begunMillis == NEVER || begunMillis <= this.begunMillis;
        expectedMillis = first ? NEVER : begunMillis + (begunMillis - this.begunMillis);
        this.begunMillis = begunMillis;
    }

    private void writeWaiting(Entry<K, V> entry) throws IOException {
        entry.waiting = false;
        if (entry.packed != null) { // Else it is in the first room, or was written when it left.
            writeIfChanged(entry);
        }
    }

    private void writeIfChanged(Entry<K, V> entry) throws IOException {
        if (!entry.changed) {
            return;
        }
        keys.setCurrentKey(entry.key);
        if (entry.packed == null) {
            state.write(entry.value);
        } else {
            state.writePacked(entry.packed);
        }
        entry.changed = false;
        writes++;
    }
}
