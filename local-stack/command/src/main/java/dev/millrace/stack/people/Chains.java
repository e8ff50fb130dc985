package dev.millrace.stack.people;

import dev.millrace.core.identity.LinkKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The links that made one profile of its identifiers: taken in their order, those that joined what was not joined yet.
 * They form a tree, so that exactly one chain of them leads from any identifier to any other.
 *
 * <p>As in stitching, two groups with an anchor each are joined by a link between two anchors alone, an alias. What
 * else is needed to connect all comes last: that an alias is known, and not yet its link.
 */
final class Chains {
    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<String> names = new ArrayList<>();
    private final List<List<LinkKey>> tree = new ArrayList<>();
    /** By identifier: how far from the root of its tree, which link leads there, and which tree. */
    private final int[] depths;

    private final LinkKey[] towardsRoot;
    private final int[] roots;

    /**
     * @param members the profile's identifiers
     * @param links its links, in any order; those with another end than a member are left out
     * @param leader the member that leads the profile, if known
     */
    Chains(Collection<String> members, Collection<LinkKey> links, Optional<String> leader, Predicate<String> isAnchor) {
        leader.ifPresent(this::number);
        members.forEach(this::number);
        depths = new int[names.size()];
        towardsRoot = new LinkKey[names.size()];
        roots = new int[names.size()];
        grow(links, isAnchor);
        measure();
    }

    private void number(String identifier) {
        if (numbers.putIfAbsent(identifier, names.size()) == null) {
            names.add(identifier);
            tree.add(new ArrayList<>(2));
        }
    }

    private void grow(Collection<LinkKey> links, Predicate<String> isAnchor) {
        Groups groups = new Groups(names, isAnchor);
        List<LinkKey> aliases = new ArrayList<>();
        List<LinkKey> others = new ArrayList<>();
        for (LinkKey link : links.stream().sorted().toList()) {
            Integer lesser = numbers.get(link.lesser());
            Integer greater = numbers.get(link.greater());
            if (lesser == null || greater == null) {
                continue;
            }
            if (groups.areTwoAnchored(lesser, greater)) {
                (isAlias(link, isAnchor) ? aliases : others).add(link);
            } else {
                take(link, groups);
            }
        }
        aliases.forEach(link -> take(link, groups));
        others.forEach(link -> take(link, groups));
    }

    private void take(LinkKey link, Groups groups) {
        int lesser = numbers.get(link.lesser());
        int greater = numbers.get(link.greater());
        if (groups.join(lesser, greater)) {
            tree.get(lesser).add(link);
            tree.get(greater).add(link);
        }
    }

    /** Within a profile, a link between two anchors is an alias: nothing else joins them. */
    static boolean isAlias(LinkKey link, Predicate<String> isAnchor) {
        return isAnchor.test(link.lesser()) && isAnchor.test(link.greater());
    }

    /** From the leader, and where the links don't reach all, from one of each group besides. */
    private void measure() {
        boolean[] seen = new boolean[names.size()];
        for (int root = 0; root < seen.length; root++) {
            if (seen[root]) {
                continue;
            }
            Deque<Integer> next = new ArrayDeque<>(List.of(root));
            seen[root] = true;
            roots[root] = root;
            while (!next.isEmpty()) {
                int from = next.remove();
                for (LinkKey link : tree.get(from)) {
                    int to = numbers.get(link.other(names.get(from)));
                    if (!seen[to]) {
                        seen[to] = true;
                        roots[to] = root;
                        depths[to] = depths[from] + 1;
                        towardsRoot[to] = link;
                        next.add(to);
                    }
                }
            }
        }
    }

    /** The chain from one identifier to another, in that order; empty: these links don't connect them. */
    Optional<List<LinkKey>> between(String one, String other) {
        Integer from = numbers.get(one);
        Integer to = numbers.get(other);
        if (from == null || to == null || roots[from] != roots[to]) {
            return Optional.empty();
        }
        List<LinkKey> up = new ArrayList<>();
        List<LinkKey> down = new ArrayList<>();
        while (!from.equals(to)) {
            if (depths[from] >= depths[to]) {
                up.add(towardsRoot[from]);
                from = parent(from);
            } else {
                down.add(towardsRoot[to]);
                to = parent(to);
            }
        }
        Collections.reverse(down);
        up.addAll(down);
        return Optional.of(up);
    }

    private int parent(int identifier) {
        return numbers.get(towardsRoot[identifier].other(names.get(identifier)));
    }

    /** Which identifiers are joined so far, and whether there is an anchor among them. */
    private static final class Groups {
        private final int[] parents;
        private final boolean[] anchored;

        Groups(List<String> names, Predicate<String> isAnchor) {
            parents = new int[names.size()];
            Arrays.setAll(parents, i -> i);
            anchored = new boolean[parents.length];
            for (int i = 0; i < anchored.length; i++) {
                anchored[i] = isAnchor.test(names.get(i));
            }
        }

        private int of(int identifier) {
            int group = identifier;
            while (parents[group] != group) {
                parents[group] = parents[parents[group]];
                group = parents[group];
            }
            return group;
        }

        boolean areTwoAnchored(int one, int other) {
            int a = of(one);
            int b = of(other);
            return a != b && anchored[a] && anchored[b];
        }

        boolean join(int one, int other) {
            int a = of(one);
            int b = of(other);
            if (a == b) {
                return false;
            }
            parents[a] = b;
            anchored[b] |= anchored[a];
            return true;
        }
    }
}
