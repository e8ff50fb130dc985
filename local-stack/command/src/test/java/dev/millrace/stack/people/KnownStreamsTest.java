package dev.millrace.stack.people;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.core.identity.LinkKey;
import dev.millrace.core.identity.ProfileId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** The streams whose people are known: what is told agrees with them. */
class KnownStreamsTest {
    private static final Path CASES = Path.of("../../flink-jobs/core/src/test/resources/identity/cases.json");
    private static final int PAIRS_OF_A_STREAM = 100;

    @Test
    void everyIdentifierHasAChainToItsLeader() throws IOException {
        int chains = 0;
        for (JsonNode stream : streams()) {
            FakePeople people = people(stream);
            for (Member member : people.everyone()) {
                String leader =
                        stream.get("profile_leader").get(member.identifier()).textValue();
                List<LinkKey> links = people.linksWithin(List.of(member.profileId()), 1_000).found().stream()
                        .map(PlacedLink::key)
                        .toList();
                Chains ofProfile = new Chains(
                        people.membersOf(member.profileId(), 1_000).found().stream()
                                .map(Member::identifier)
                                .toList(),
                        links,
                        Optional.of(leader),
                        FakePeople.rules()::isAnchor);

                List<LinkKey> chain =
                        ofProfile.between(member.identifier(), leader).orElseThrow();
                assertThat(links).containsAll(chain);
                assertThat(end(member.identifier(), chain)).isEqualTo(leader);
                chains++;
            }
        }
        assertThat(chains).isGreaterThan(1_000);
    }

    @Test
    void everyRefusedLinkIsExplained() throws IOException {
        int refused = 0;
        for (JsonNode stream : streams()) {
            FakePeople people = people(stream);
            for (JsonNode link : stream.get("refused_links")) {
                String one = link.get(0).textValue();
                String other = link.get(1).textValue();
                List<String> lines =
                        new Explanation(people, FakePeople.rules(), true).of(people.member(one), people.member(other));
                assertThat(lines)
                        .as("%s and %s of %s", one, other, stream)
                        .contains("They were seen together, but that did not join them:")
                        .anyMatch(line -> line.contains("would merge two known people, "
                                + leader(stream, one.compareTo(other) < 0 ? one : other)
                                + " and "
                                + leader(stream, one.compareTo(other) < 0 ? other : one)));
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(100);
    }

    @Test
    void twoPeopleAreJoinedByAChainWithARefusedLinkOrByNoneAtAll() throws IOException {
        int joined = 0;
        int apart = 0;
        for (JsonNode stream : streams()) {
            FakePeople people = people(stream);
            Map<String, String> islands = islands(people);
            for (List<Member> pair : pairs(people)) {
                List<String> lines = new Explanation(people, FakePeople.rules(), true).of(pair.get(0), pair.get(1));
                if (islands.get(pair.get(0).identifier())
                        .equals(islands.get(pair.get(1).identifier()))) {
                    assertThat(lines)
                            .as("%s of %s", pair, stream)
                            .anyMatch(line -> line.endsWith("so it was refused."));
                    joined++;
                } else {
                    assertThat(lines)
                            .as("%s of %s", pair, stream)
                            .contains("They were never seen together, not even through others.");
                    apart++;
                }
            }
        }
        assertThat(joined).isGreaterThan(1_000);
        assertThat(apart).isGreaterThan(1_000);
    }

    /** Some pairs of two profiles, the same each time. */
    private static List<List<Member>> pairs(FakePeople people) {
        List<List<Member>> pairs = new ArrayList<>();
        for (Member one : people.everyone()) {
            for (Member other : people.everyone()) {
                if (!one.profileId().equals(other.profileId())) {
                    pairs.add(List.of(one, other));
                }
            }
        }
        Collections.shuffle(pairs, new Random(20_260_101));
        return pairs.subList(0, Math.min(pairs.size(), PAIRS_OF_A_STREAM));
    }

    /** What the links join, if none is refused: identifier to a name that all of one island share. */
    private static Map<String, String> islands(FakePeople people) {
        Map<String, String> islands = new HashMap<>();
        people.everyone().forEach(member -> islands.put(member.identifier(), member.identifier()));
        for (LinkKey link : people.links()) {
            String kept = islands.get(link.lesser());
            String dropped = islands.get(link.greater());
            islands.replaceAll((identifier, island) -> island.equals(dropped) ? kept : island);
        }
        return islands;
    }

    private static JsonNode streams() throws IOException {
        return new ObjectMapper().readTree(CASES.toFile());
    }

    private static String leader(JsonNode stream, String identifier) {
        return stream.get("profile_leader").get(identifier).textValue();
    }

    private static String end(String from, List<LinkKey> chain) {
        String at = from;
        for (LinkKey link : chain) {
            assertThat(List.of(link.lesser(), link.greater())).contains(at);
            at = link.other(at);
        }
        return at;
    }

    private static FakePeople people(JsonNode stream) {
        FakePeople people = new FakePeople();
        stream.get("profile_leader")
                .properties()
                .forEach(entry -> people.member(entry.getKey(), entry.getValue().textValue(), 0, 0));
        Map<List<String>, Long> earliest = new HashMap<>();
        for (JsonNode event : stream.get("events")) {
            List<String> identifiers = new ArrayList<>(
                    StreamSupport.stream(event.get("identifiers").spliterator(), false)
                            .map(JsonNode::textValue)
                            .distinct()
                            .sorted()
                            .toList());
            String leaf = leaf(identifiers);
            for (String identifier : identifiers) {
                if (!identifier.equals(leaf)) {
                    earliest.merge(List.of(leaf, identifier), event.get("time").longValue(), Math::min);
                }
            }
        }
        earliest.forEach((ends, time) -> people.link(time, ends.get(0), ends.get(1)));
        assertThat(people.everyone())
                .allMatch(member -> member.profileId().equals(ProfileId.ledBy(leader(stream, member.identifier()))));
        return people;
    }

    private static String leaf(List<String> identifiers) {
        for (String type : List.of("user_id:", "email:", "device_id:", "anonymous_id:")) {
            for (String identifier : identifiers) {
                if (identifier.startsWith(type)) {
                    return identifier;
                }
            }
        }
        throw new AssertionError("no leaf in " + identifiers);
    }
}
