package dev.millrace.stack.people;

import dev.millrace.core.identity.LinkKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Says in sentences why two identifiers are, or are not, the same person. */
final class Explanation {
    /** Looked at inside the profiles of the two; then a chain may be missing. */
    static final int MAX_LINKS_WITHIN = 200_000;
    /** Looked at where the two are joined only through other profiles. */
    static final int MAX_LINKS_AROUND = 10_000;

    private static final int MAX_LINKS_EACH = 1_000;
    private static final int SHOWN_AT_EITHER_END = 20;
    private static final int MAX_LIMITED_NAMED = 5;
    private static final String INDENT = "  ";

    private final People people;
    private final Rules rules;
    private final boolean all;

    /** @param all whether long chains are told whole */
    Explanation(People people, Rules rules, boolean all) {
        this.people = people;
        this.rules = rules;
        this.all = all;
    }

    /** The lines to print. */
    List<String> of(Member one, Member other) {
        Map<String, String> leaders = people.leaders(List.of(one.profileId(), other.profileId()));
        return one.profileId().equals(other.profileId())
                ? same(one, other, Optional.ofNullable(leaders.get(one.profileId())))
                : different(one, other, leaders);
    }

    private List<String> same(Member one, Member other, Optional<String> leader) {
        List<String> lines = new ArrayList<>();
        String profile = profile(one.profileId(), leader);
        if (one.identifier().equals(other.identifier())) {
            return List.of(name(one) + " is one identifier, named twice. It belongs to " + profile + ", since "
                    + Wording.time(one.since()) + '.');
        }
        lines.add(name(one) + " and " + name(other) + " are the same person, " + profile + '.');
        lines.add("");
        Looked<PlacedLink> links = people.linksWithin(Set.of(one.profileId()), MAX_LINKS_WITHIN);
        List<LinkKey> keys = links.found().stream().map(PlacedLink::key).toList();
        Set<String> members = new HashSet<>(List.of(one.identifier(), other.identifier()));
        keys.forEach(key -> members.addAll(List.of(key.lesser(), key.greater())));
        Optional<List<LinkKey>> chain =
                new Chains(members, keys, leader, rules::isAnchor).between(one.identifier(), other.identifier());
        if (chain.isEmpty()) {
            lines.add(
                    links.complete()
                            ? "The links that joined them are not all in the store yet; ask again in a moment."
                            : "What joined them is not among the first " + number(MAX_LINKS_WITHIN)
                                    + " links of this profile, and no more were looked at.");
            return lines;
        }
        List<String> sentences = new ArrayList<>();
        String at = one.identifier();
        for (LinkKey link : chain.get()) {
            sentences.add(INDENT + accepted(link, at));
            at = link.other(at);
        }
        lines.add(chain.get().size() == 1 ? "One link joins them:" : "These links join them:");
        lines.addAll(shortened(sentences));
        limits(ends(one, chain.get()), lines);
        return lines;
    }

    private List<String> different(Member one, Member other, Map<String, String> leaders) {
        List<String> lines = new ArrayList<>();
        lines.add(name(one) + " and " + name(other) + " are not the same person, as far as known.");
        lines.add(INDENT + standing(one, Optional.ofNullable(leaders.get(one.profileId()))));
        lines.add(INDENT + standing(other, Optional.ofNullable(leaders.get(other.profileId()))));
        lines.add("");

        ChainSearch.Outcome outcome = search(one, other);
        if (outcome.chain().isEmpty()) {
            lines.add(
                    outcome.complete()
                            ? "They were never seen together, not even through others."
                            : "They were never seen together directly, nor through others as far as was looked: at "
                                    + Wording.count(outcome.looked(), "link", "links") + " around "
                                    + name(one) + ", at most " + number(MAX_LINKS_EACH)
                                    + " an identifier. There may be a chain beyond.");
            limits(List.of(one.identifier(), other.identifier()), lines);
            return lines;
        }
        List<PlacedLink> chain = outcome.chain().get();
        List<PlacedLink> refused =
                chain.stream().filter(link -> !link.accepted()).toList();
        Refusal.Grounds grounds = Refusal.Grounds.of(refused, people, rules::isAnchor);
        if (chain.size() == 1) {
            lines.add("They were seen together, but that did not join them:");
        } else {
            lines.add("They are linked through others, but not every link joined:");
        }
        List<String> sentences = new ArrayList<>();
        String at = one.identifier();
        for (PlacedLink link : chain) {
            sentences.add(INDENT + (link.accepted() ? accepted(link.key(), at) : met(link.key(), at) + " Not joined."));
            at = link.key().other(at);
        }
        if (chain.size() > 1) {
            lines.addAll(shortened(sentences));
            lines.add("");
            lines.add(refused.size() == 1 ? "Why not:" : "Why not, " + refused.size() + " times:");
        }
        shortened(refused.stream().map(link -> INDENT + grounds.explain(link)).toList())
                .forEach(lines::add);
        limits(ends(one, chain.stream().map(PlacedLink::key).toList()), lines);
        return lines;
    }

    /** Inside the two profiles first, where a large profile does not hide what joins them; then all around. */
    private ChainSearch.Outcome search(Member one, Member other) {
        Looked<PlacedLink> within = people.linksWithin(Set.of(one.profileId(), other.profileId()), MAX_LINKS_WITHIN);
        ChainSearch.Outcome near = ChainSearch.between(
                one.identifier(), other.identifier(), ChainSearch.in(within.found()), MAX_LINKS_WITHIN);
        if (near.chain().isPresent()) {
            return near;
        }
        return ChainSearch.between(
                one.identifier(),
                other.identifier(),
                (identifiers, limit) -> people.linksOf(identifiers, MAX_LINKS_EACH, limit),
                MAX_LINKS_AROUND);
    }

    private String accepted(LinkKey link, String from) {
        return Chains.isAlias(link, rules::isAnchor)
                ? Wording.printable(from) + " and " + Wording.printable(link.other(from))
                        + " are one by an alias, first sent at " + Wording.time(link) + '.'
                : met(link, from);
    }

    private static String met(LinkKey link, String from) {
        return Wording.printable(from) + " and " + Wording.printable(link.other(from)) + " were first seen together at "
                + Wording.time(link) + '.';
    }

    private static String standing(Member member, Optional<String> leader) {
        if (leader.isPresent() && leader.get().equals(member.identifier())) {
            return name(member) + " leads profile " + member.profileId() + ", first seen at "
                    + Wording.time(member.firstSeen()) + '.';
        }
        return name(member) + " belongs to " + profile(member.profileId(), leader) + ", since "
                + Wording.time(member.since()) + '.';
    }

    private static String profile(String profileId, Optional<String> leader) {
        return "profile " + profileId
                + leader.map(identifier -> " (led by " + Wording.printable(identifier) + ')')
                        .orElse("");
    }

    private static List<String> ends(Member first, List<LinkKey> chain) {
        List<String> ends = new ArrayList<>(List.of(first.identifier()));
        for (LinkKey link : chain) {
            ends.add(link.other(ends.get(ends.size() - 1)));
        }
        return ends;
    }

    /** Says which of these identifiers take no more links, so that something may be missing. */
    private void limits(List<String> identifiers, List<String> lines) {
        List<String> limited = people.members(identifiers).stream()
                .filter(Member::linksLimited)
                .map(Explanation::name)
                .sorted()
                .toList();
        if (limited.isEmpty()) {
            return;
        }
        lines.add("");
        for (String identifier : limited.subList(0, Math.min(limited.size(), MAX_LIMITED_NAMED))) {
            lines.add(identifier + " has as many links as its type may have, and takes no more: whatever else it was"
                    + " seen with is not known here.");
        }
        if (limited.size() > MAX_LIMITED_NAMED) {
            lines.add("So have " + (limited.size() - MAX_LIMITED_NAMED) + " others on the way.");
        }
    }

    private List<String> shortened(List<String> sentences) {
        int hidden = sentences.size() - 2 * SHOWN_AT_EITHER_END;
        if (all || hidden <= 1) {
            return sentences;
        }
        List<String> shown = new ArrayList<>(sentences.subList(0, SHOWN_AT_EITHER_END));
        shown.add(INDENT + "… " + number(hidden) + " more, which --all shows …");
        shown.addAll(sentences.subList(sentences.size() - SHOWN_AT_EITHER_END, sentences.size()));
        return shown;
    }

    private static String name(Member member) {
        return Wording.printable(member.identifier());
    }

    private static String number(int number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
