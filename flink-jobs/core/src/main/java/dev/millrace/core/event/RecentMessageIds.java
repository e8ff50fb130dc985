package dev.millrace.core.event;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * The message ids that one identifier has lately seen: what drops copies of a message.
 *
 * <p>An id is remembered until the identifier's own event time (the latest it has seen) is more than the dedupe window
 * past where it was when the id came; at most {@code maxIds} are kept, the oldest going first. Within these bounds the
 * answer is exact, but for a collision of 64-bit hashes within one identifier.
 *
 * <p>A mutable value, for a state backend: public fields, no argument constructor.
 */
public final class RecentMessageIds {
    /** 2000-01-01T00:00:00Z. */
    private static final long EPOCH_MILLIS = 946_684_800_000L;

    private static final long[] NONE = {};
    private static final int[] NEVER = {};

    /** Hashes of ids in the order they came, in {@code [from, to)}. */
    public long[] hashes = NONE;
    /** For each, the identifier's event time when it came, seconds since {@link #EPOCH_MILLIS}; never decreasing. */
    public int[] seenAtSeconds = NEVER;

    public int from;
    public int to;
    /** Latest event time seen. */
    public long latestMillis = Long.MIN_VALUE;

    /** What became of an id. */
    public enum Outcome {
        /** Not seen within the bounds; remembered now. */
        NEW,
        /** Seen before: the message is a copy. */
        DUPLICATE,
        /** New, and an older id that was still within the window had to go for it. */
        NEW_EVICTING
    }

    /** Notes an id of an event at a time. */
    public Outcome add(long hash, long eventTimeMillis, long windowMillis, int maxIds) {
        latestMillis = Math.max(latestMillis, eventTimeMillis);
        evictBefore(latestMillis - windowMillis);
        for (int i = to - 1; i >= from; i--) {
            if (hashes[i] == hash) {
                return Outcome.DUPLICATE;
            }
        }
        boolean full = to - from >= maxIds;
        if (full) {
            from = to - maxIds + 1;
        }
        add(hash, seconds(latestMillis));
        return full ? Outcome.NEW_EVICTING : Outcome.NEW;
    }

    private void add(long hash, int seconds) {
        if (to == hashes.length) {
            makeRoom();
        }
        hashes[to] = hash;
        seenAtSeconds[to++] = seconds;
    }

    /** Forgets ids that came before a time. */
    public void evictBefore(long millis) {
        int seconds = seconds(millis);
        while (from < to && seenAtSeconds[from] < seconds) {
            from++;
        }
    }

    /** Forgets them all. */
    public void clear() {
        from = to;
    }

    /** When the newest id leaves the window; meaningless when empty. */
    public long lastExpiryMillis(long windowMillis) {
        return EPOCH_MILLIS + (seenAtSeconds[to - 1] + 1L) * 1000L + windowMillis;
    }

    public boolean isEmpty() {
        return from == to;
    }

    public int size() {
        return to - from;
    }

    /** A value that does not change when this one does. */
    public RecentMessageIds copy() {
        RecentMessageIds copy = new RecentMessageIds();
        copy.latestMillis = latestMillis;
        if (!isEmpty()) {
            copy.hashes = Arrays.copyOfRange(hashes, from, to);
            copy.seenAtSeconds = Arrays.copyOfRange(seenAtSeconds, from, to);
            copy.to = to - from;
        }
        return copy;
    }

    /** Writes what {@link #read} reads. */
    public void write(DataOutput out) throws IOException {
        out.writeInt(size());
        if (isEmpty()) {
            return;
        }
        out.writeLong(latestMillis);
        for (int i = from; i < to; i++) {
            out.writeLong(hashes[i]);
            out.writeInt(seenAtSeconds[i]);
        }
    }

    /** Reads what {@link #write} wrote. */
    public static RecentMessageIds read(DataInput in) throws IOException {
        RecentMessageIds ids = new RecentMessageIds();
        int size = in.readInt();
        if (size == 0) {
            return ids;
        }
        ids.latestMillis = in.readLong();
        // Room for one more: what is read is mostly added to.
        ids.hashes = new long[size + 1];
        ids.seenAtSeconds = new int[size + 1];
        for (int i = 0; i < size; i++) {
            ids.hashes[i] = in.readLong();
            ids.seenAtSeconds[i] = in.readInt();
        }
        ids.to = size;
        return ids;
    }

    private void makeRoom() {
        int size = size();
        int capacity = from >= size ? hashes.length : Math.max(2, size + (size >> 1) + 1);
        if (capacity == hashes.length && size < capacity) {
            System.arraycopy(hashes, from, hashes, 0, size);
            System.arraycopy(seenAtSeconds, from, seenAtSeconds, 0, size);
        } else {
            capacity = Math.max(capacity, size + 1);
            hashes = Arrays.copyOf(Arrays.copyOfRange(hashes, from, to), capacity);
            seenAtSeconds = Arrays.copyOf(Arrays.copyOfRange(seenAtSeconds, from, to), capacity);
        }
        from = 0;
        to = size;
    }

    /** Whole seconds since 2000, as far as an int goes. */
    private static int seconds(long millis) {
        return (int)
                Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, Math.floorDiv(millis - EPOCH_MILLIS, 1000L)));
    }
}
