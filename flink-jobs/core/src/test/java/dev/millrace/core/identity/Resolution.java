package dev.millrace.core.identity;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Who everyone is, from all events at once and from the rule alone: links are taken in order of event time, each joins
 * its two groups unless that would put two anchors in one, every group is a profile; an alias between two anchors makes
 * one person of their groups. No code of the actors.
 *
 * @param leaders by identifier: the one that leads its profile
 * @param firstSeen by identifier: the earliest event time at which it was seen
 * @param links by their ends: the earliest event time at which both ends were seen in one event
 * @param refusedLinks the links whose ends belong to two profiles
 * @param joining by identifier, of those that do not lead their profile: the link that brought it there, the latest of
 *     those that it takes to come to the leader
 * @param hops by identifier: how many links away from the anchor of its group, or from the leader if that has none; of
 *     an anchor, how many aliases away from the leader
 */
public record Resolution(
        Map<String, String> leaders,
        Map<String, Long> firstSeen,
        Map<Pair, Long> links,
        Set<Pair> refusedLinks,
        Map<String, Pair> joining,
        Map<String, Integer> hops) {

    /** The two ends of a link, in the order of strings. */
    public record Pair(String lesser, String greater) implements Comparable<Pair> {
        /** Of two ends given in any order. */
        public static Pair of(String one, String other) {
            return one.compareTo(other) <= 0 ? new Pair(one, other) : new Pair(other, one);
        }

        @Override
        public int compareTo(Pair that) {
            int order = lesser.compareTo(that.lesser);
            return order == 0 ? greater.compareTo(that.greater) : order;
        }

        @Override
        public String toString() {
            return lesser + " - " + greater;
        }
    }

    /** The profiles of events whose anchors are the user ids. */
    public static Resolution of(Collection<SeenEvent> events) {
        return of(events, identifier -> identifier.startsWith("user_id:"));
    }

    /** The profiles of events. */
    public static Resolution of(Collection<SeenEvent> events, Predicate<String> isAnchor) {
        Map<String, Long> firstSeen = new TreeMap<>();
        Map<Pair, Long> links = new TreeMap<>();
        Set<Pair> aliases = new TreeSet<>();
        for (SeenEvent event : events) {
            firstSeen.merge(event.leaf(), event.timeMillis(), Math::min);
            for (String other : event.others()) {
                firstSeen.merge(other, event.timeMillis(), Math::min);
                links.merge(Pair.of(event.leaf(), other), event.timeMillis(), Math::min);
                if (other.equals(event.alias()) && isAnchor.test(event.leaf()) && isAnchor.test(other)) {
                    aliases.add(Pair.of(event.leaf(), other));
                }
            }
        }

        Groups groups = new Groups(firstSeen.keySet());
        Map<String, String> anchors = new HashMap<>(); // By group.
        firstSeen.keySet().stream().filter(isAnchor).forEach(identifier -> anchors.put(identifier, identifier));
        Set<Pair> taken = new HashSet<>();
        for (Pair link : inOrder(links)) {
            String one = groups.of(link.lesser());
            String other = groups.of(link.greater());
            String anchorOfOne = anchors.get(one);
            String anchorOfOther = anchors.get(other);
            if (one.equals(other) || anchorOfOne != null && anchorOfOther != null) {
                continue;
            }
            taken.add(link);
            String both = groups.join(one, other);
            if (anchorOfOne != null || anchorOfOther != null) {
                anchors.put(both, anchorOfOne != null ? anchorOfOne : anchorOfOther);
            }
        }

        Groups people = new Groups(anchors.values());
        Set<Pair> takenAliases = new HashSet<>();
        for (Pair alias : inOrder(links)) {
            if (aliases.contains(alias) && !people.of(alias.lesser()).equals(people.of(alias.greater()))) {
                people.join(people.of(alias.lesser()), people.of(alias.greater()));
                takenAliases.add(alias);
            }
        }
        Map<String, Pair> joining = new TreeMap<>();
        Map<String, String> leaders = new TreeMap<>();
        Map<String, Integer> hops = new TreeMap<>();
        Map<String, List<String>> toNearest = neighbours(taken);
        Map<String, List<String>> toLeaders = neighbours(takenAliases);
        for (String group : groups.all()) {
            String anchor = anchors.get(group);
            String nearest = anchor != null
                    ? anchor
                    : groups.members(group).stream()
                            .min(Comparator.<String>comparingLong(firstSeen::get)
                                    .thenComparing(Comparator.naturalOrder()))
                            .orElseThrow();
            String leader = anchor == null
                    ? nearest
                    : people.members(people.of(anchor)).stream()
                            .min(Comparator.naturalOrder())
                            .orElseThrow();
            groups.members(group).forEach(identifier -> leaders.put(identifier, leader));
            hops.putAll(distances(nearest, toNearest));
            Pair alias = latest(leader, toLeaders, links).get(nearest);
            Map<String, Pair> latest = latest(nearest, toNearest, links);
            for (String identifier : groups.members(group)) {
                Pair link = later(latest.get(identifier), alias, links);
                if (link != null) {
                    joining.put(identifier, link);
                }
            }
        }
        for (String anchor : anchors.values()) {
            hops.put(anchor, distances(leaders.get(anchor), toLeaders).get(anchor));
        }

        Set<Pair> refused = new TreeSet<>();
        for (Pair link : links.keySet()) {
            if (!leaders.get(link.lesser()).equals(leaders.get(link.greater()))) {
                refused.add(link);
            }
        }
        return new Resolution(leaders, firstSeen, links, refused, joining, hops);
    }

    /** The most of {@link #hops}. */
    public int mostHops() {
        return hops.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    }

    private static List<Pair> inOrder(Map<Pair, Long> links) {
        List<Pair> order = new ArrayList<>(links.keySet());
        order.sort(Comparator.<Pair>comparingLong(links::get).thenComparing(Comparator.naturalOrder()));
        return order;
    }

    private static Map<String, List<String>> neighbours(Collection<Pair> links) {
        Map<String, List<String>> neighbours = new HashMap<>();
        for (Pair link : links) {
            neighbours.computeIfAbsent(link.lesser(), end -> new ArrayList<>()).add(link.greater());
            neighbours.computeIfAbsent(link.greater(), end -> new ArrayList<>()).add(link.lesser());
        }
        return neighbours;
    }

    /** By identifier: the latest link on the one way to it; none for the start. */
    private static Map<String, Pair> latest(String start, Map<String, List<String>> neighbours, Map<Pair, Long> links) {
        Map<String, Pair> latest = new HashMap<>();
        Set<String> seen = new HashSet<>(Set.of(start));
        Deque<String> reached = new ArrayDeque<>(List.of(start));
        while (!reached.isEmpty()) {
            String at = reached.remove();
            for (String next : neighbours.getOrDefault(at, List.of())) {
                if (seen.add(next)) {
                    latest.put(next, later(latest.get(at), Pair.of(at, next), links));
                    reached.add(next);
                }
            }
        }
        return latest;
    }

    private static Pair later(Pair one, Pair other, Map<Pair, Long> links) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        int order = Long.compare(links.get(one), links.get(other));
        return (order == 0 ? one.compareTo(other) : order) > 0 ? one : other;
    }

    private static Map<String, Integer> distances(String start, Map<String, List<String>> neighbours) {
        Map<String, Integer> distances = new HashMap<>(Map.of(start, 0));
        Deque<String> reached = new ArrayDeque<>(List.of(start));
        while (!reached.isEmpty()) {
            String at = reached.remove();
            for (String next : neighbours.getOrDefault(at, List.of())) {
                if (distances.putIfAbsent(next, distances.get(at) + 1) == null) {
                    reached.add(next);
                }
            }
        }
        return distances;
    }

    /** Sets without common members; the smaller of two that join goes into the larger. */
    private static final class Groups {
        private final Map<String, String> groups = new TreeMap<>();
        private final Map<String, List<String>> members = new TreeMap<>();

        Groups(Collection<String> all) {
            for (String each : all) {
                groups.put(each, each);
                members.put(each, new ArrayList<>(List.of(each)));
            }
        }

        Set<String> all() {
            return members.keySet();
        }

        String of(String member) {
            return groups.get(member);
        }

        List<String> members(String group) {
            return members.get(group);
        }

        String join(String one, String other) {
            if (one.equals(other)) {
                return one;
            }
            String larger = members(one).size() >= members(other).size() ? one : other;
            List<String> smaller = members.remove(larger.equals(one) ? other : one);
            members.get(larger).addAll(smaller);
            smaller.forEach(member -> groups.put(member, larger));
            return larger;
        }
    }
}
