package dev.millrace.core.event;

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
    /** Hashes of ids in the order they came, in {@code [from, to)}. */
    public long[] hashes = {};
    /** For each, the identifier's event time when it came; never decreasing. */
    public long[] seenAtMillis = {};

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
            from++;
        }
        if (to == hashes.length) {
            makeRoom();
        }
        hashes[to] = hash;
        seenAtMillis[to] = latestMillis;
        to++;
        return full ? Outcome.NEW_EVICTING : Outcome.NEW;
    }

    /** Forgets ids that came before a time. */
    public void evictBefore(long millis) {
        while (from < to && seenAtMillis[from] < millis) {
            from++;
        }
    }

    /** When the newest id leaves the window; meaningless when empty. */
    public long lastExpiryMillis(long windowMillis) {
        return seenAtMillis[to - 1] + windowMillis;
    }

    public boolean isEmpty() {
        return from == to;
    }

    public int size() {
        return to - from;
    }

    private void makeRoom() {
        int size = size();
        int capacity = from >= size ? hashes.length : Math.max(4, size + (size >> 1));
        capacity = Math.max(capacity, size + 1);
        if (capacity == hashes.length) {
            System.arraycopy(hashes, from, hashes, 0, size);
            System.arraycopy(seenAtMillis, from, seenAtMillis, 0, size);
        } else {
            hashes = Arrays.copyOf(Arrays.copyOfRange(hashes, from, to), capacity);
            seenAtMillis = Arrays.copyOf(Arrays.copyOfRange(seenAtMillis, from, to), capacity);
        }
        from = 0;
        to = size;
    }
}
