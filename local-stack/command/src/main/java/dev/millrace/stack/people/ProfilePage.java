package dev.millrace.stack.people;

import dev.millrace.core.identity.LinkKey;
import dev.millrace.stack.command.Table;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A person, as text. */
final class ProfilePage {
    /** Identifiers and links that are looked at, each; a profile beyond is not shown whole. */
    static final int MAX_ROWS = 200_000;
    /** Rows of a table without {@code --all}. */
    static final int SHOWN = 50;

    private static final int MAX_SHOWN = 10_000;
    private static final int MAX_TRAIT_CHARS = 200;
    /** Links of a chain that are shown at either end of it. */
    private static final int CHAIN_ENDS = 4;

    private static final String INDENT = "  ";

    private final People people;
    private final Rules rules;
    private final int shown;

    /** @param all whether long lists are shown whole, up to ten thousand rows each */
    ProfilePage(People people, Rules rules, boolean all) {
        this.people = people;
        this.rules = rules;
        this.shown = all ? MAX_SHOWN : SHOWN;
    }

    /**
     * Prints all but the events.
     *
     * @param asked the identifier that was asked for, if it was one
     * @return the profile's identifiers
     */
    Set<String> print(Person person, Optional<String> asked, PrintWriter out) {
        Optional<String> leader =
                Optional.ofNullable(people.leaders(List.of(person.profileId())).get(person.profileId()));
        summary(person, leader, out);
        traits(person, out);
        Looked<Member> members = people.membersOf(person.profileId(), MAX_ROWS);
        identifiers(person, members.found(), leader, asked, out);
        refusedLinks(person, out);
        merges(person, out);
        out.flush();
        return members.found().stream().map(Member::identifier).collect(Collectors.toUnmodifiableSet());
    }

    private static void summary(Person person, Optional<String> leader, PrintWriter out) {
        out.println("Profile " + person.profileId());
        out.println(INDENT + "led by       "
                + leader.map(Wording::printable).orElse("an identifier that is not in the store yet"));
        out.println(INDENT + "first seen   " + Wording.time(person.firstSeen()));
        out.println(INDENT + "last seen    " + Wording.time(person.lastSeen()));
        out.println(INDENT + "identifiers  " + String.format(Locale.ROOT, "%,d", person.identifiers()));
    }

    private static void traits(Person person, PrintWriter out) {
        title("Traits", out);
        if (person.traits().isEmpty()) {
            none(out);
            return;
        }
        Table table = new Table(List.of("trait", "value"));
        person.traits()
                .forEach((trait, value) -> table.row(Wording.cells(
                        Wording.printable(trait, MAX_TRAIT_CHARS), Wording.printable(value, MAX_TRAIT_CHARS))));
        table.print(out);
    }

    private void identifiers(
            Person person, List<Member> members, Optional<String> leader, Optional<String> asked, PrintWriter out) {
        title("Identifiers", out);
        Looked<PlacedLink> links = people.linksWithin(Set.of(person.profileId()), MAX_ROWS);
        Chains chains = new Chains(
                members.stream().map(Member::identifier).toList(),
                links.found().stream().map(PlacedLink::key).toList(),
                leader,
                rules::isAnchor);
        List<Member> ordered = members.stream()
                .sorted(Comparator.comparing((Member member) -> !isNamed(member, leader))
                        .thenComparing(member -> !isNamed(member, asked))
                        .thenComparing(Member::since)
                        .thenComparing(Member::firstSeen)
                        .thenComparing(Member::identifier))
                .limit(shown)
                .toList();
        Table table = new Table(List.of("identifier", "first seen", "since", "seen together with", "at"));
        for (Member member : ordered) {
            String identifier = member.identifier() + (member.linksLimited() ? " *" : "");
            String first = Wording.time(member.firstSeen());
            String since = Wording.time(member.since());
            if (isNamed(member, leader)) {
                table.row(Wording.cells(identifier, first, since, "(leads the profile)", ""));
                continue;
            }
            Optional<List<LinkKey>> chain =
                    leader.flatMap(identifierOfLeader -> chains.between(member.identifier(), identifierOfLeader));
            if (chain.isEmpty()) {
                String why = links.complete() ? "(not in the store yet)" : "(beyond the links looked at)";
                table.row(Wording.cells(identifier, first, since, why, ""));
                continue;
            }
            chain(member, chain.get(), new String[] {identifier, first, since}, table);
        }
        table.print(out);
        more(person.identifiers() - ordered.size(), "identifier", "identifiers", out);
        if (ordered.stream().anyMatch(Member::linksLimited)) {
            out.println("* has as many links as its type may have, and takes no more.");
        }
    }

    private static boolean isNamed(Member member, Optional<String> identifier) {
        return identifier.isPresent() && identifier.get().equals(member.identifier());
    }

    /** From the identifier to the leader, a row a link. */
    private void chain(Member member, List<LinkKey> chain, String[] start, Table table) {
        int hidden = chain.size() - 2 * CHAIN_ENDS;
        String at = member.identifier();
        for (int i = 0; i < chain.size(); i++) {
            LinkKey link = chain.get(i);
            at = link.other(at);
            boolean isHidden = hidden > 1 && i >= CHAIN_ENDS && i < CHAIN_ENDS + hidden;
            if (isHidden && i > CHAIN_ENDS) {
                continue;
            }
            String through = isHidden
                    ? "… " + String.format(Locale.ROOT, "%,d", hidden) + " links …"
                    : at + (Chains.isAlias(link, rules::isAnchor) ? " (alias)" : "");
            table.row(Wording.cells(
                    i == 0 ? start[0] : "",
                    i == 0 ? start[1] : "",
                    i == 0 ? start[2] : "",
                    i == 0 ? through : "└ " + through,
                    isHidden ? "" : Wording.time(link)));
        }
    }

    private void refusedLinks(Person person, PrintWriter out) {
        title("Refused links", out);
        Looked<PlacedLink> links = people.refusedLinks(person.profileId(), MAX_SHOWN);
        if (links.found().isEmpty()) {
            none(out);
            return;
        }
        List<PlacedLink> first = links.found().subList(0, Math.min(links.found().size(), shown));
        Refusal.Grounds grounds = Refusal.Grounds.of(first, people, rules::isAnchor);
        Table table = new Table(List.of("identifier", "seen with", "since", "of", "profile", "why refused"));
        for (PlacedLink link : first) {
            boolean isLesserOurs = link.lesserProfileId().equals(person.profileId());
            String ours = isLesserOurs ? link.key().lesser() : link.key().greater();
            String theirs = link.key().other(ours);
            String profile = link.profileOf(theirs);
            table.row(Wording.cells(
                    ours,
                    theirs,
                    Wording.time(link.key()),
                    grounds.leaders().getOrDefault(profile, ""),
                    profile,
                    grounds.of(link).brief()));
        }
        table.print(out);
        more(links, first.size(), "link", "links", out);
    }

    private void merges(Person person, PrintWriter out) {
        title("Merged into this profile", out);
        Looked<Merge> merges = people.mergesInto(person.profileId(), MAX_SHOWN);
        if (merges.found().isEmpty()) {
            none(out);
            return;
        }
        List<Merge> first = merges.found().subList(0, Math.min(merges.found().size(), shown));
        Table table = new Table(List.of("profile", "because of", "and", "seen together at", "known here at"));
        for (Merge merge : first) {
            table.row(Wording.cells(
                    merge.profileId(),
                    merge.cause().lesser(),
                    merge.cause().greater(),
                    Wording.time(merge.cause()),
                    Wording.time(merge.mergedAt())));
        }
        table.print(out);
        more(merges, first.size(), "merge", "merges", out);
    }

    static void title(String title, PrintWriter out) {
        out.println();
        out.println(title);
    }

    static void none(PrintWriter out) {
        out.println("none");
    }

    private void more(Looked<?> looked, int first, String one, String several, PrintWriter out) {
        if (looked.complete()) {
            more(looked.found().size() - first, one, several, out);
        } else {
            out.println("… and more than " + Wording.count(looked.found().size() - first, one, several) + " besides"
                    + hint());
        }
    }

    private void more(long hidden, String one, String several, PrintWriter out) {
        if (hidden > 0) {
            out.println("… and " + Wording.count(hidden, one, several) + " more" + hint());
        }
    }

    private String hint() {
        return shown == SHOWN ? "; --all shows them, up to " + String.format(Locale.ROOT, "%,d", MAX_SHOWN) : "";
    }
}
