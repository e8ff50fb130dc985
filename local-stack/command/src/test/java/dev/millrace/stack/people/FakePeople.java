package dev.millrace.stack.people;

import dev.millrace.core.identity.LinkKey;
import dev.millrace.core.identity.ProfileId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** People made by hand. Times are seconds after {@link #START}. */
final class FakePeople implements People {
    static final Instant START = Instant.parse("2026-01-01T10:00:00Z");

    private final Map<String, Member> members = new TreeMap<>();
    /** By profile id. */
    private final Map<String, String> leaders = new HashMap<>();

    private final List<LinkKey> links = new ArrayList<>();
    private final Map<String, SortedSet<LinkKey>> linksByEnd = new HashMap<>();
    private final List<Merge> merges = new ArrayList<>();
    private final Map<String, SortedMap<String, String>> traits = new HashMap<>();
    /** How many links were handed out, for tests of bounds. */
    int linksAsked;

    static Instant at(long second) {
        return START.plusSeconds(second);
    }

    static LinkKey key(long second, String one, String other) {
        return LinkKey.of(at(second).toEpochMilli(), one, other);
    }

    /** Rules that hash nothing, but know jane@example.com. */
    static Rules rules() {
        return new Rules() {
            @Override
            public Optional<String> identifier(String type, String value) {
                return type.equals("email") && value.equals("jane@example.com")
                        ? Optional.of("email:5f2c")
                        : Optional.of(type + ':' + value);
            }

            @Override
            public boolean isAnchor(String identifier) {
                return identifier.startsWith("user_id:");
            }
        };
    }

    /** An identifier of the profile that another leads. */
    FakePeople member(String identifier, String leader, long firstSeen, long since) {
        return add(identifier, leader, firstSeen, since, false);
    }

    /** One that takes no more links. */
    FakePeople limited(String identifier, String leader, long firstSeen, long since) {
        return add(identifier, leader, firstSeen, since, true);
    }

    private FakePeople add(String identifier, String leader, long firstSeen, long since, boolean limited) {
        leaders.put(ProfileId.ledBy(leader), leader);
        members.put(
                identifier,
                new Member(
                        identifier, ProfileId.ledBy(leader), at(firstSeen), at(firstSeen + 100), at(since), limited));
        return this;
    }

    FakePeople link(long second, String one, String other) {
        LinkKey key = key(second, one, other);
        links.add(key);
        linksByEnd.computeIfAbsent(one, end -> new TreeSet<>()).add(key);
        linksByEnd.computeIfAbsent(other, end -> new TreeSet<>()).add(key);
        return this;
    }

    FakePeople trait(String leader, String trait, String value) {
        traits.computeIfAbsent(ProfileId.ledBy(leader), id -> new TreeMap<>()).put(trait, value);
        return this;
    }

    /** What one identifier led went into what another leads. */
    FakePeople merge(String leader, String intoLeader, LinkKey cause, long mergedAt) {
        merges.add(new Merge(ProfileId.ledBy(leader), ProfileId.ledBy(intoLeader), cause, at(mergedAt)));
        return this;
    }

    Member member(String identifier) {
        return members.get(identifier);
    }

    List<LinkKey> links() {
        return links;
    }

    Collection<Member> everyone() {
        return members.values();
    }

    @Override
    public boolean isEmpty() {
        return members.isEmpty();
    }

    @Override
    public List<Member> members(Collection<String> identifiers) {
        return new HashSet<>(identifiers)
                .stream()
                        .filter(members::containsKey)
                        .sorted()
                        .map(members::get)
                        .toList();
    }

    @Override
    public List<Member> membersOfValue(String value) {
        return members.values().stream()
                .filter(member -> member.identifier()
                        .substring(member.identifier().indexOf(':') + 1)
                        .equals(value))
                .toList();
    }

    @Override
    public Optional<Person> person(String profileId) {
        List<Member> all = membersOf(profileId, Integer.MAX_VALUE).found();
        return all.isEmpty()
                ? Optional.empty()
                : Optional.of(new Person(
                        profileId,
                        all.get(0).firstSeen(),
                        all.stream()
                                .map(Member::lastSeen)
                                .max(Comparator.naturalOrder())
                                .orElseThrow(),
                        all.size(),
                        traits.getOrDefault(profileId, new TreeMap<>())));
    }

    @Override
    public Looked<Member> membersOf(String profileId, int limit) {
        return Looked.upTo(
                limit,
                members.values().stream()
                        .filter(member -> member.profileId().equals(profileId))
                        .sorted(Comparator.comparing(Member::firstSeen).thenComparing(Member::identifier))
                        .toList());
    }

    @Override
    public Map<String, String> leaders(Collection<String> profileIds) {
        Map<String, String> found = new HashMap<>(leaders);
        found.keySet().retainAll(profileIds);
        found.values().retainAll(members.keySet());
        return found;
    }

    @Override
    public Looked<PlacedLink> linksWithin(Collection<String> profileIds, int limit) {
        return Looked.upTo(
                limit,
                placed().stream()
                        .filter(link -> profileIds.contains(link.lesserProfileId())
                                && profileIds.contains(link.greaterProfileId()))
                        .toList());
    }

    @Override
    public Looked<PlacedLink> linksOf(Collection<String> identifiers, int limitEach, int limit) {
        Set<PlacedLink> found = new HashSet<>();
        boolean complete = true;
        for (String identifier : identifiers) {
            List<LinkKey> all = linksByEnd.getOrDefault(identifier, new TreeSet<>()).stream()
                    .limit(limitEach + 1L)
                    .toList();
            for (PlacedLink link : placed(all.subList(0, Math.min(all.size(), limitEach)))) {
                complete &= found.size() < limit && found.add(link) || found.contains(link);
            }
            complete &= all.size() <= limitEach;
        }
        linksAsked += found.size();
        return new Looked<>(List.copyOf(found), complete);
    }

    @Override
    public Looked<PlacedLink> refusedLinks(String profileId, int limit) {
        return Looked.upTo(
                limit,
                placed().stream()
                        .filter(link -> !link.accepted()
                                && (link.lesserProfileId().equals(profileId)
                                        || link.greaterProfileId().equals(profileId)))
                        .toList());
    }

    @Override
    public Looked<Merge> mergesInto(String profileId, int limit) {
        return Looked.upTo(
                limit,
                merges.stream()
                        .filter(merge -> merge.intoProfileId().equals(profileId))
                        .sorted(Comparator.comparing(Merge::mergedAt).reversed())
                        .toList());
    }

    @Override
    public Optional<Merge> lastMergeOf(String profileId) {
        return merges.stream()
                .filter(merge -> merge.profileId().equals(profileId))
                .max(Comparator.comparing(Merge::mergedAt));
    }

    private List<PlacedLink> placed() {
        return placed(links);
    }

    private List<PlacedLink> placed(Collection<LinkKey> keys) {
        return keys.stream()
                .filter(link -> members.containsKey(link.lesser()) && members.containsKey(link.greater()))
                .sorted()
                .map(link -> new PlacedLink(
                        link,
                        members.get(link.lesser()).profileId(),
                        members.get(link.greater()).profileId()))
                .toList();
    }
}
