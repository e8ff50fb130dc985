package dev.millrace.stack.people;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Looks for a chain of links between two identifiers, across profiles: the one with the fewest refused links, and of
 * those with the fewest links. The shortest path by (refused, links), asking for links as it goes.
 */
final class ChainSearch {
    /** How many identifiers' links are asked for at once. */
    private static final int ASKED_AT_ONCE = 200;

    private static final Comparator<Reached> NEAREST = Comparator.comparingInt(Reached::refused)
            .thenComparingInt(Reached::links)
            .thenComparingLong(Reached::number);

    /** Where links come from. */
    interface Source {
        /** The links of these identifiers, no more than {@code limit}. */
        Looked<PlacedLink> linksOf(Collection<String> identifiers, int limit);
    }

    /**
     * @param chain the links from the one to the other, in that order; empty: none was found
     * @param complete whether all links were looked at that could have mattered
     * @param looked how many links were looked at
     * @param reached the identifiers that a chain was found to, nearest first
     */
    record Outcome(Optional<List<PlacedLink>> chain, boolean complete, int looked, List<String> reached) {}

    private record Reached(String identifier, int refused, int links, long number, PlacedLink through, Reached from) {}

    private final Source source;
    private final int maxLinks;
    private final Map<String, Set<PlacedLink>> links = new HashMap<>();
    private final Set<String> asked = new HashSet<>();
    private final Set<PlacedLink> looked = new HashSet<>();
    private boolean complete = true;

    private ChainSearch(Source source, int maxLinks) {
        this.source = source;
        this.maxLinks = maxLinks;
    }

    /** Searches until the chain is found, nothing is left, or {@code maxLinks} links were looked at. */
    static Outcome between(String one, String other, Source source, int maxLinks) {
        return new ChainSearch(source, maxLinks).search(one, other);
    }

    /** Links that are at hand. */
    static Source in(Collection<PlacedLink> links) {
        Map<String, List<PlacedLink>> byEnd = new HashMap<>();
        for (PlacedLink link : links) {
            byEnd.computeIfAbsent(link.key().lesser(), end -> new ArrayList<>()).add(link);
            byEnd.computeIfAbsent(link.key().greater(), end -> new ArrayList<>())
                    .add(link);
        }
        return (identifiers, limit) -> Looked.upTo(
                limit,
                identifiers.stream()
                        .flatMap(identifier -> byEnd.getOrDefault(identifier, List.of()).stream())
                        .distinct()
                        .toList());
    }

    private Outcome search(String one, String other) {
        PriorityQueue<Reached> open = new PriorityQueue<>(NEAREST);
        Set<String> reached = new LinkedHashSet<>();
        long number = 0;
        open.add(new Reached(one, 0, 0, number++, null, null));
        while (!open.isEmpty()) {
            Reached nearest = open.remove();
            if (!reached.add(nearest.identifier())) {
                continue;
            }
            if (nearest.identifier().equals(other)) {
                return new Outcome(Optional.of(chain(nearest)), complete, looked.size(), List.copyOf(reached));
            }
            ask(nearest, open, reached);
            for (PlacedLink link : links.getOrDefault(nearest.identifier(), Set.of())) {
                String next = link.key().other(nearest.identifier());
                if (!reached.contains(next)) {
                    int refused = nearest.refused() + (link.accepted() ? 0 : 1);
                    open.add(new Reached(next, refused, nearest.links() + 1, number++, link, nearest));
                }
            }
        }
        return new Outcome(Optional.empty(), complete, looked.size(), List.copyOf(reached));
    }

    /** Asks for the links of the nearest, and at once for those of some that will soon be. */
    private void ask(Reached nearest, Collection<Reached> open, Set<String> reached) {
        if (asked.contains(nearest.identifier())) {
            return;
        }
        if (looked.size() >= maxLinks) {
            complete = false;
            return;
        }
        Set<String> batch = new LinkedHashSet<>(List.of(nearest.identifier()));
        for (Reached soon : open) {
            if (batch.size() == ASKED_AT_ONCE) {
                break;
            }
            if (soon.refused() == nearest.refused()
                    && !asked.contains(soon.identifier())
                    && !reached.contains(soon.identifier())) {
                batch.add(soon.identifier());
            }
        }
        asked.addAll(batch);
        int known = batch.stream()
                .mapToInt(identifier -> links.getOrDefault(identifier, Set.of()).size())
                .sum();
        Looked<PlacedLink> answer = source.linksOf(batch, maxLinks - looked.size() + known);
        complete &= answer.complete();
        for (PlacedLink link : answer.found().stream()
                .sorted(Comparator.comparing(PlacedLink::key))
                .toList()) {
            if (looked.size() < maxLinks || looked.contains(link)) {
                keep(link);
            } else {
                complete = false;
            }
        }
    }

    private void keep(PlacedLink link) {
        looked.add(link);
        links.computeIfAbsent(link.key().lesser(), end -> new LinkedHashSet<>()).add(link);
        links.computeIfAbsent(link.key().greater(), end -> new LinkedHashSet<>())
                .add(link);
    }

    private static List<PlacedLink> chain(Reached end) {
        Deque<PlacedLink> chain = new ArrayDeque<>();
        for (Reached step = end; step.through() != null; step = step.from()) {
            chain.addFirst(step.through());
        }
        return new ArrayList<>(chain);
    }
}
