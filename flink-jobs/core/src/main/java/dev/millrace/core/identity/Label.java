package dev.millrace.core.identity;

import java.util.ArrayList;
import java.util.List;

/**
 * What an identifier knows of where it belongs. Smaller is better; labels only ever improve, so that they may be told in
 * any order and any number of times.
 *
 * <p>A label comes over a chain of links, its path, sorted from the latest link to the earliest. Of two chains that one is
 * better whose latest link is earlier, then whose second latest is, and so on: it is the one that joins the identifier
 * first, when links are taken in order of time.
 */
public sealed interface Label extends Comparable<Label> {

    /** The identifier that leads the profile: the profile is named after it. */
    String leader();

    /** How many links away that is. */
    int hops();

    /** The link that decided: the latest on the way to the leader. Null: the identifier leads its profile itself. */
    LinkKey cause();

    /** This label as it arrives at the other end of a link. */
    Label over(LinkKey link);

    /**
     * A chain of links leads to an anchor. Ordered by the path, then the anchor, the root, the root's path.
     *
     * @param path the links of the chain, from latest to earliest; empty for an anchor itself
     * @param anchor where the chain ends
     * @param root the least of the anchors that aliases join with that one
     * @param rootPath the aliases between the two, from latest to earliest
     */
    record Anchored(List<LinkKey> path, String anchor, String root, List<LinkKey> rootPath) implements Label {
        /** The label of an anchor that knows of no alias. */
        static Anchored of(String anchor) {
            return new Anchored(List.of(), anchor, anchor, List.of());
        }

        @Override
        public String leader() {
            return root;
        }

        @Override
        public int hops() {
            return Math.max(path.size(), rootPath.size());
        }

        @Override
        public LinkKey cause() {
            if (path.isEmpty() || rootPath.isEmpty()) {
                return path.isEmpty() ? first(rootPath) : path.get(0);
            }
            return path.get(0).compareTo(rootPath.get(0)) > 0 ? path.get(0) : rootPath.get(0);
        }

        @Override
        public Label over(LinkKey link) {
            return new Anchored(with(path, link), anchor, root, rootPath);
        }

        /** An anchor's label as it arrives at another anchor that an alias joins with it. */
        Anchored overAlias(LinkKey alias, String at) {
            return new Anchored(List.of(), at, root, with(rootPath, alias));
        }

        @Override
        public int compareTo(Label that) {
            if (!(that instanceof Anchored other)) {
                return -1;
            }
            int order = compare(path, other.path);
            if (order == 0) {
                order = anchor.compareTo(other.anchor);
            }
            if (order == 0) {
                order = root.compareTo(other.root);
            }
            return order == 0 ? compare(rootPath, other.rootPath) : order;
        }
    }

    /**
     * No anchor is known: the identifier that was seen first leads. Ordered by when it was, by the identifier, then by the
     * path; any anchored label is better.
     *
     * @param firstSeenMillis earliest event time at which the leading identifier was seen
     * @param identifier the leading identifier
     * @param path the links of the chain that leads to it, from latest to earliest; empty for that identifier itself
     */
    record Floating(long firstSeenMillis, String identifier, List<LinkKey> path) implements Label {
        @Override
        public String leader() {
            return identifier;
        }

        @Override
        public int hops() {
            return path.size();
        }

        @Override
        public LinkKey cause() {
            return first(path);
        }

        @Override
        public Label over(LinkKey link) {
            return new Floating(firstSeenMillis, identifier, with(path, link));
        }

        @Override
        public int compareTo(Label that) {
            if (!(that instanceof Floating other)) {
                return 1;
            }
            int order = Long.compare(firstSeenMillis, other.firstSeenMillis);
            if (order == 0) {
                order = identifier.compareTo(other.identifier);
            }
            return order == 0 ? compare(path, other.path) : order;
        }
    }

    private static LinkKey first(List<LinkKey> path) {
        return path.isEmpty() ? null : path.get(0);
    }

    private static List<LinkKey> with(List<LinkKey> path, LinkKey link) {
        if (path.isEmpty()) {
            return List.of(link);
        }
        List<LinkKey> longer = new ArrayList<>(path.size() + 1);
        int at = 0;
        while (at < path.size() && path.get(at).compareTo(link) > 0) {
            longer.add(path.get(at++));
        }
        longer.add(link);
        longer.addAll(path.subList(at, path.size()));
        return longer;
    }

    private static int compare(List<LinkKey> one, List<LinkKey> other) {
        int common = Math.min(one.size(), other.size());
        for (int i = 0; i < common; i++) {
            int order = one.get(i).compareTo(other.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(one.size(), other.size());
    }
}
