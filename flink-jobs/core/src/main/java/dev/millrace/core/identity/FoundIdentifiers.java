package dev.millrace.core.identity;

import java.util.Arrays;
import java.util.List;

/** The identifiers found in an event, and how many values were ignored. Not for use by several threads. */
final class FoundIdentifiers {
    private static final int MAX = Identification.MAX_IDENTIFIERS;

    /** Distinct identifiers, ordered by rank, then as they stand in the event. */
    private final String[] found = new String[MAX];

    private final int[] ranks = new int[MAX];
    private int count;
    private int blocked;
    private int unusable;

    /** What there was at the last {@link #mark}. */
    private final String[] foundBefore = new String[MAX];

    private final int[] ranksBefore = new int[MAX];
    private int countBefore;
    private int blockedBefore;
    private int unusableBefore;

    private String leaf;
    private boolean oversized;
    private List<String> others = List.of();
    private String alias;

    void clear() {
        count = 0;
        blocked = 0;
        unusable = 0;
        leaf = null;
        oversized = false;
        others = List.of();
        alias = null;
    }

    /** Remembers what has been found until now. */
    void mark() {
        countBefore = count;
        blockedBefore = blocked;
        unusableBefore = unusable;
        System.arraycopy(found, 0, foundBefore, 0, count);
        System.arraycopy(ranks, 0, ranksBefore, 0, count);
    }

    /** Forgets what has been found and counted since the last {@link #mark}. */
    void backToMark() {
        count = countBefore;
        blocked = blockedBefore;
        unusable = unusableBefore;
        System.arraycopy(foundBefore, 0, found, 0, count);
        System.arraycopy(ranksBefore, 0, ranks, 0, count);
    }

    void countBlocked(int values) {
        blocked += values;
    }

    void countUnusable(int values) {
        unusable += values;
    }

    /** Adds an identifier from the place of that rank. */
    void add(String identifier, int rank) {
        for (int i = 0; i < count; i++) {
            if (found[i].equals(identifier)) {
                if (ranks[i] <= rank) {
                    return;
                }
                count--;
                System.arraycopy(found, i + 1, found, i, count - i);
                System.arraycopy(ranks, i + 1, ranks, i, count - i);
                break;
            }
        }
        int at = count;
        while (at > 0 && ranks[at - 1] > rank) {
            at--;
        }
        if (count == MAX) {
            unusable++;
            if (at == count) {
                return;
            }
            count--;
        }
        System.arraycopy(found, at, found, at + 1, count - at);
        System.arraycopy(ranks, at, ranks, at + 1, count - at);
        found[at] = identifier;
        ranks[at] = rank;
        count++;
    }

    /**
     * Tells the leaf from the others: there is no more to be added.
     *
     * @param userId the event's user id; null: none
     * @param previous the anchor that it says is the same person; null: none
     */
    void settle(String userId, String previous) {
        if (count == 0) {
            return;
        }
        leaf = found[0];
        oversized = isOversized(leaf);
        int kept = 1;
        for (int i = 1; i < count; i++) {
            if (isOversized(found[i])) {
                unusable++;
            } else {
                found[kept++] = found[i];
            }
        }
        if (kept > 1) {
            others = List.of(Arrays.copyOfRange(found, 1, kept));
        }
        boolean aliasing = previous != null && !previous.equals(userId) && !isOversized(previous);
        if (aliasing && leaf.equals(userId)) {
            alias = previous;
        } else if (aliasing) {
            unusable++; // Only the leaf could be told.
        }
    }

    private static boolean isOversized(String identifier) {
        return identifier.length() > Identifier.MAX_CHARS;
    }

    String leaf() {
        return leaf;
    }

    boolean oversized() {
        return oversized;
    }

    List<String> others() {
        return others;
    }

    String alias() {
        return alias;
    }

    int blocked() {
        return blocked;
    }

    int unusable() {
        return unusable;
    }
}
