package dev.millrace.stack.people;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the serving store knows of people. What can be long is asked for up to a limit. */
interface People {
    /** Whether it knows nobody at all. */
    boolean isEmpty();

    /** Those of these identifiers that there are. */
    List<Member> members(Collection<String> identifiers);

    /** The identifiers of any type that have this value, in order. */
    List<Member> membersOfValue(String value);

    Optional<Person> person(String profileId);

    /** A profile's identifiers, those seen first first. */
    Looked<Member> membersOf(String profileId, int limit);

    /** Which identifier leads each of these profiles: the one that its id is made from. Profile id to identifier. */
    Map<String, String> leaders(Collection<String> profileIds);

    /** The links with both ends in these profiles, in the order in which links are taken. */
    Looked<PlacedLink> linksWithin(Collection<String> profileIds, int limit);

    /** The links of these identifiers, accepted or not: of each the first ones, up to a limit, and not more in all. */
    Looked<PlacedLink> linksOf(Collection<String> identifiers, int limitEach, int limit);

    /** The links between this profile and others, in the order in which links are taken. */
    Looked<PlacedLink> refusedLinks(String profileId, int limit);

    /** What went into this profile, the latest first. */
    Looked<Merge> mergesInto(String profileId, int limit);

    /** Where this profile went last; empty: nowhere. */
    Optional<Merge> lastMergeOf(String profileId);
}
