package dev.millrace.verify;

import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;

/**
 * Who everyone is, by the rule: links are taken in the order of event time, each joins its two groups unless that would put
 * two anchors in one, every group is a profile, and an alias makes one profile of two anchors'. Identifiers are numbers.
 */
final class People {
    private static final int NOBODY = -1;

    private final int size;
    private final IntPredicate anchors;
    /** By identifier: its place in the order of names. */
    private final int[] order;

    private final long[] firstSeen;
    private final int[] parents;
    /** By the root of a group. */
    private final int[] anchorOf;
    /** Of anchors, joined by aliases. */
    private final int[] aliasParents;

    private final Edges taken;
    private final Edges takenAliases;
    /** Links and aliases of each. */
    private final int[] links;

    private final int[] aliases;
    private int[] leaders;

    /**
     * @param order by identifier: its place in the order of names
     * @param firstSeen by identifier
     */
    People(int size, IntPredicate anchors, int[] order, long[] firstSeen) {
        this.size = size;
        this.anchors = anchors;
        this.order = order;
        this.firstSeen = firstSeen;
        parents = new int[size];
        aliasParents = new int[size];
        anchorOf = new int[size];
        links = new int[size];
        aliases = new int[size];
        taken = new Edges(size);
        takenAliases = new Edges(0);
        for (int i = 0; i < size; i++) {
            parents[i] = i;
            aliasParents[i] = i;
            anchorOf[i] = anchors.test(i) ? i : NOBODY;
        }
    }

    /** Takes the next link: the earliest first, of one time by the names of their ends. */
    void link(int one, int other, boolean alias) {
        links[one]++;
        links[other]++;
        if (alias && anchors.test(one) && anchors.test(other)) {
            aliases[one]++;
            aliases[other]++;
            int root = root(aliasParents, one);
            int otherRoot = root(aliasParents, other);
            if (root != otherRoot) {
                aliasParents[root] = otherRoot;
                takenAliases.add(one, other);
            }
            return;
        }
        int root = root(parents, one);
        int otherRoot = root(parents, other);
        if (root == otherRoot || anchorOf[root] != NOBODY && anchorOf[otherRoot] != NOBODY) {
            return;
        }
        taken.add(one, other);
        parents[root] = otherRoot;
        if (anchorOf[otherRoot] == NOBODY) {
            anchorOf[otherRoot] = anchorOf[root];
        }
    }

    private static int root(int[] parents, int of) {
        int at = of;
        while (parents[at] != at) {
            parents[at] = parents[parents[at]];
            at = parents[at];
        }
        return at;
    }

    /** By identifier: the one that leads its profile. */
    int[] leaders() {
        int[] leastOfAliased = new int[size];
        int[] earliest = new int[size];
        Arrays.fill(leastOfAliased, NOBODY);
        Arrays.fill(earliest, NOBODY);
        for (int i = 0; i < size; i++) {
            if (anchors.test(i)) {
                int person = root(aliasParents, i);
                if (leastOfAliased[person] == NOBODY || order[i] < order[leastOfAliased[person]]) {
                    leastOfAliased[person] = i;
                }
            }
            int group = root(parents, i);
            if (earliest[group] == NOBODY || isEarlier(i, earliest[group])) {
                earliest[group] = i;
            }
        }
        leaders = new int[size];
        for (int i = 0; i < size; i++) {
            int group = root(parents, i);
            leaders[i] =
                    anchorOf[group] == NOBODY ? earliest[group] : leastOfAliased[root(aliasParents, anchorOf[group])];
        }
        return leaders;
    }

    private boolean isEarlier(int one, int other) {
        return firstSeen[one] != firstSeen[other] ? firstSeen[one] < firstSeen[other] : order[one] < order[other];
    }

    /**
     * Those of whom a bound of identity cuts something, so that the order of arrival decides: with as many links as there
     * may be, or too far from the one that leads them. {@link #leaders} comes first.
     */
    BitSet cut(IntUnaryOperator maxLinks, int maxAliases, int maxPath) {
        BitSet cut = new BitSet(size);
        for (int i = 0; i < size; i++) {
            if (links[i] - aliases[i] >= maxLinks.applyAsInt(i) || aliases[i] >= maxAliases) {
                cut.set(i);
            }
        }
        int[] nearest = new int[size];
        for (int i = 0; i < size; i++) {
            int anchor = anchorOf[root(parents, i)];
            nearest[i] = anchor == NOBODY ? leaders[i] : anchor;
        }
        taken.fartherThan(maxPath, i -> nearest[i] == i, size, cut);
        if (takenAliases.count > 0) {
            takenAliases.fartherThan(maxPath, i -> leaders[i] == i, size, cut);
        }
        return cut;
    }

    /** The taken links: a forest. */
    private static final class Edges {
        private int[] ones;
        private int[] others;
        private int count;

        Edges(int expected) {
            ones = new int[Math.max(16, expected)];
            others = new int[Math.max(16, expected)];
        }

        void add(int one, int other) {
            if (count == ones.length) {
                ones = Arrays.copyOf(ones, 2 * count);
                others = Arrays.copyOf(others, 2 * count);
            }
            ones[count] = one;
            others[count++] = other;
        }

        /** Adds those that are more steps away from a start than that. */
        void fartherThan(int most, IntPredicate starts, int size, BitSet far) {
            int[] begins = new int[size + 1];
            for (int i = 0; i < count; i++) {
                begins[ones[i] + 1]++;
                begins[others[i] + 1]++;
            }
            for (int i = 0; i < size; i++) {
                begins[i + 1] += begins[i];
            }
            int[] next = begins.clone();
            int[] neighbours = new int[2 * count];
            for (int i = 0; i < count; i++) {
                neighbours[next[ones[i]]++] = others[i];
                neighbours[next[others[i]]++] = ones[i];
            }
            BitSet reached = new BitSet(size);
            int[] queue = next;
            int from = 0;
            int to = 0;
            for (int i = 0; i < size; i++) {
                if (starts.test(i)) {
                    reached.set(i);
                    queue[to++] = i;
                }
            }
            for (int steps = 1; from < to; steps++) {
                for (int end = to; from < end; from++) {
                    int at = queue[from];
                    for (int i = begins[at]; i < begins[at + 1]; i++) {
                        if (!reached.get(neighbours[i])) {
                            reached.set(neighbours[i]);
                            queue[to++] = neighbours[i];
                            if (steps > most) {
                                far.set(neighbours[i]);
                            }
                        }
                    }
                }
            }
        }
    }
}
