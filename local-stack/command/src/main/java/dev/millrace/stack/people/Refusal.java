package dev.millrace.stack.people;

import dev.millrace.core.identity.LinkKey;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Why a link between two profiles did not make one of them. */
enum Refusal {
    TWO_KNOWN("would merge two known people"),
    LINKS_LIMITED("an end takes no more links"),
    NOT_JOINED("not joined, or not yet");

    private final String brief;

    Refusal(String brief) {
        this.brief = brief;
    }

    /** In a few words. */
    String brief() {
        return brief;
    }

    /**
     * What has to be known of links to say why they were refused.
     *
     * @param members the links' ends, by identifier
     * @param leaders the identifiers that lead the ends' profiles, by profile id, as far as known
     */
    record Grounds(Map<String, Member> members, Map<String, String> leaders, Predicate<String> isAnchor) {

        static Grounds of(List<PlacedLink> links, People people, Predicate<String> isAnchor) {
            Set<String> profiles = new HashSet<>();
            Set<String> ends = new HashSet<>();
            for (PlacedLink link : links) {
                profiles.addAll(List.of(link.lesserProfileId(), link.greaterProfileId()));
                ends.addAll(List.of(link.key().lesser(), link.key().greater()));
            }
            Map<String, Member> members =
                    people.members(ends).stream().collect(Collectors.toMap(Member::identifier, Function.identity()));
            return new Grounds(members, people.leaders(profiles), isAnchor);
        }

        Refusal of(PlacedLink link) {
            boolean known = Stream.of(link.lesserProfileId(), link.greaterProfileId())
                    .allMatch(profile -> leaders.containsKey(profile) && isAnchor.test(leaders.get(profile)));
            if (known) {
                return TWO_KNOWN;
            }
            return isLimited(link.key().lesser()) || isLimited(link.key().greater()) ? LINKS_LIMITED : NOT_JOINED;
        }

        boolean isLimited(String identifier) {
            return members.containsKey(identifier) && members.get(identifier).linksLimited();
        }

        /** Two sentences or so: who each end belonged to, what came, and why it joined nothing. */
        String explain(PlacedLink link) {
            LinkKey key = link.key();
            String seen = "At " + Wording.time(key) + ' ' + Wording.printable(key.lesser()) + " and "
                    + Wording.printable(key.greater()) + " were first seen together";
            String belongs = Stream.of(key.lesser(), key.greater())
                    .map(end -> belonging(end, link.profileOf(end)))
                    .filter(text -> !text.isEmpty())
                    .collect(Collectors.joining(" "));
            String why =
                    switch (of(link)) {
                        case TWO_KNOWN -> "; joining them would merge two known people, "
                                + Wording.printable(leaders.get(link.lesserProfileId())) + " and "
                                + Wording.printable(leaders.get(link.greaterProfileId())) + ", so it was refused.";
                        case LINKS_LIMITED -> "; that joined nothing, since "
                                + Stream.of(key.lesser(), key.greater())
                                        .filter(this::isLimited)
                                        .map(Wording::printable)
                                        .collect(Collectors.joining(" and "))
                                + " had as many links as its type may have, and took no more.";
                        case NOT_JOINED -> "; that has not joined them. Either the store is a moment behind the stitch"
                                + " job, or one of them would be more links away from its profile's leader than it may"
                                + " be.";
                    };
            return belongs.isEmpty() ? seen + why : belongs + ' ' + seen + why;
        }

        private String belonging(String end, String profileId) {
            String leader = leaders.get(profileId);
            Member member = members.get(end);
            if (end.equals(leader) || member == null) {
                return "";
            }
            return Wording.printable(end) + " belongs to "
                    + (leader == null ? "profile " + profileId : Wording.printable(leader)) + " since "
                    + Wording.time(member.since()) + '.';
        }
    }
}
