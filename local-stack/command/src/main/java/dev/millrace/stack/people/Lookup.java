package dev.millrace.stack.people;

import dev.millrace.stack.StackException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Finds who is meant by what somebody types: an identifier as it is stored, one with the value as people write it ({@code
 * email:jane@example.com}), a bare value of any type, or a profile id.
 */
final class Lookup {
    private static final Pattern PROFILE_ID =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");
    /** What may stand in a suggested statement as it is. */
    private static final Pattern PLAIN = Pattern.compile("[\\w.-]+");

    private static final int MAX_CHOICES = 20;
    /** Of profiles that went into another that went into another. */
    private static final int MAX_MERGES_FOLLOWED = 1000;

    private final People people;
    private final Rules rules;

    Lookup(People people, Rules rules) {
        this.people = people;
        this.rules = rules;
    }

    /**
     * Who was meant.
     *
     * @param identifier empty: a profile was named
     * @param remark what to tell about how this was found; empty: nothing
     */
    record Found(String profileId, Optional<String> identifier, Optional<String> remark) {
        private static Found of(Member member) {
            return new Found(member.profileId(), Optional.of(member.identifier()), Optional.empty());
        }
    }

    /** The person that is meant. */
    Found person(String typed) {
        boolean isProfileId = PROFILE_ID.matcher(typed).matches();
        if (isProfileId && people.person(profileId(typed)).isPresent()) {
            return new Found(profileId(typed), Optional.empty(), Optional.empty());
        }
        Optional<Member> member = member(typed);
        if (member.isPresent()) {
            return Found.of(member.get());
        }
        return (isProfileId ? successor(profileId(typed)) : Optional.<Found>empty()).orElseThrow(() -> unknown(typed));
    }

    /** The identifier that is meant; for a profile, the one that leads it. */
    Member identifier(String typed) {
        Found found = person(typed);
        String identifier = found.identifier()
                .or(() -> Optional.ofNullable(
                        people.leaders(List.of(found.profileId())).get(found.profileId())))
                .orElseThrow(() -> new StackException("who leads profile " + found.profileId()
                        + " is not in the store yet; name an identifier of it"));
        return people.members(List.of(identifier)).stream().findFirst().orElseThrow(() -> unknown(typed));
    }

    private static String profileId(String typed) {
        return typed.toLowerCase(Locale.ROOT);
    }

    private Optional<Member> member(String typed) {
        Set<String> candidates = new LinkedHashSet<>();
        int colon = typed.indexOf(':');
        if (colon > 0) {
            candidates.add(typed);
            rules.identifier(typed.substring(0, colon), typed.substring(colon + 1))
                    .ifPresent(candidates::add);
        }
        List<Member> exact = people.members(candidates);
        if (!exact.isEmpty()) {
            return exact.stream()
                    .filter(member -> member.identifier().equals(typed))
                    .findFirst()
                    .or(() -> Optional.of(exact.get(0)));
        }
        Map<String, Member> named = new LinkedHashMap<>();
        people.membersOfValue(typed).forEach(member -> named.put(member.identifier(), member));
        if (colon <= 0) {
            people.members(hashed(typed)).forEach(member -> named.put(member.identifier(), member));
        }
        if (named.size() > 1) {
            throw new StackException(Wording.printable(typed) + " may be "
                    + named.keySet().stream()
                            .limit(MAX_CHOICES)
                            .map(Wording::printable)
                            .collect(Collectors.joining(", "))
                    + (named.size() > MAX_CHOICES ? ", …" : "") + "; say which, with its type");
        }
        return named.values().stream().findFirst();
    }

    /** What a bare address or number may be stored as. */
    private Set<String> hashed(String value) {
        Set<String> identifiers = new LinkedHashSet<>();
        if (value.contains("@")) {
            rules.identifier("email", value).ifPresent(identifiers::add);
        }
        if (value.startsWith("+")) {
            rules.identifier("phone", value).ifPresent(identifiers::add);
        }
        return identifiers;
    }

    /** Where a profile went that is no more. */
    private Optional<Found> successor(String profileId) {
        Optional<Merge> first = people.lastMergeOf(profileId);
        Optional<Merge> merge = first;
        Set<String> seen = new LinkedHashSet<>(List.of(profileId));
        for (int i = 0; i < MAX_MERGES_FOLLOWED && merge.isPresent(); i++) {
            String into = merge.get().intoProfileId();
            if (people.person(into).isPresent()) {
                String remark = "Profile " + profileId + " is no more: it went into "
                        + first.get().intoProfileId() + ", because "
                        + Wording.printable(first.get().cause().lesser()) + " and "
                        + Wording.printable(first.get().cause().greater()) + " were seen together at "
                        + Wording.time(first.get().cause()) + '.'
                        + (merge.equals(first) ? "" : " That is " + into + " by now.");
                return Optional.of(new Found(into, Optional.empty(), Optional.of(remark)));
            }
            if (!seen.add(into)) {
                return Optional.empty();
            }
            merge = people.lastMergeOf(into);
        }
        return Optional.empty();
    }

    private StackException unknown(String typed) {
        if (people.isEmpty()) {
            return new StackException("the store knows no people yet, and so not " + Wording.printable(typed)
                    + "; local-stack/stack generate --rate 50 sends events of made-up ones");
        }
        String value = typed.substring(typed.indexOf(':') + 1);
        String search = PLAIN.matcher(value).matches()
                ? "; to search: local-stack/stack sql \"select identifier from identifiers where identifier like '%"
                        + value + "%' limit 20\""
                : "";
        return new StackException("the store knows no " + Wording.printable(typed)
                + ": no event has named it, or the jobs are behind, which local-stack/stack jobs shows" + search);
    }
}
