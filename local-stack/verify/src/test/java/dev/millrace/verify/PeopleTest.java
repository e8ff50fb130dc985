package dev.millrace.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.identity.IdentityCase;
import dev.millrace.core.identity.Resolution;
import dev.millrace.core.identity.Resolution.Pair;
import dev.millrace.core.identity.SeenEvent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PeopleTest {
    /** Who leads whom, and which links join nobody. */
    private record Ended(Map<String, String> leaders, Set<Pair> refused) {}

    private static Ended end(List<SeenEvent> events) {
        Map<String, Long> firstSeen = new TreeMap<>();
        Map<Pair, Long> links = new HashMap<>();
        Set<Pair> aliases = new TreeSet<>();
        for (SeenEvent event : events) {
            firstSeen.merge(event.leaf(), event.timeMillis(), Math::min);
            for (String other : event.others()) {
                firstSeen.merge(other, event.timeMillis(), Math::min);
                links.merge(Pair.of(event.leaf(), other), event.timeMillis(), Math::min);
                if (other.equals(event.alias())) {
                    aliases.add(Pair.of(event.leaf(), other));
                }
            }
        }
        List<String> names = new ArrayList<>(firstSeen.keySet());
        int[] order = new int[names.size()];
        Arrays.setAll(order, i -> i);
        long[] seen = names.stream().mapToLong(firstSeen::get).toArray();
        People people = new People(names.size(), i -> names.get(i).startsWith("user_id:"), order, seen);
        links.keySet().stream()
                .sorted(Comparator.<Pair>comparingLong(links::get).thenComparing(Comparator.naturalOrder()))
                .forEach(link -> people.link(
                        names.indexOf(link.lesser()), names.indexOf(link.greater()), aliases.contains(link)));
        int[] leaders = people.leaders();
        Map<String, String> byName = new TreeMap<>();
        for (int i = 0; i < leaders.length; i++) {
            byName.put(names.get(i), names.get(leaders[i]));
        }
        Set<Pair> refused = new TreeSet<>();
        for (Pair link : links.keySet()) {
            if (!byName.get(link.lesser()).equals(byName.get(link.greater()))) {
                refused.add(link);
            }
        }
        return new Ended(byName, refused);
    }

    @Test
    void theKnownStreamsEndAsTheyMust() {
        List<IdentityCase> cases = IdentityCase.all();
        assertThat(cases).hasSizeGreaterThan(100);
        for (int i = 0; i < cases.size(); i++) {
            assertThat(end(cases.get(i).seen()))
                    .as("stream %d", i)
                    .isEqualTo(new Ended(cases.get(i).leaders(), cases.get(i).refusedLinks()));
        }
    }

    @Test
    void randomStreamsEndAsTheyDoByTheOtherImplementation() {
        List<String> names = List.of(
                "user_id:a",
                "user_id:b",
                "user_id:c",
                "email:d",
                "email:e",
                "device_id:f",
                "device_id:g",
                "anonymous_id:h",
                "anonymous_id:i",
                "anonymous_id:j");
        for (long seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            List<SeenEvent> events = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                String one = names.get(random.nextInt(names.size()));
                String other = names.get(random.nextInt(names.size()));
                long time = random.nextInt(8);
                if (one.equals(other)) {
                    events.add(SeenEvent.of(time, one));
                } else {
                    events.add(
                            random.nextInt(4) == 0
                                    ? SeenEvent.alias(time, one, other)
                                    : SeenEvent.of(time, one, other));
                }
            }
            Resolution expected = Resolution.of(events);
            assertThat(end(events))
                    .as("seed %d", seed)
                    .isEqualTo(new Ended(new TreeMap<>(expected.leaders()), expected.refusedLinks()));
        }
    }

    @Test
    void whoIsFarFromTheLeaderOrHasManyLinksIsTold() {
        int size = 6;
        int[] order = new int[size];
        Arrays.setAll(order, i -> i);
        People chain = new People(size, i -> i == 0, order, new long[size]);
        for (int i = 0; i + 1 < size; i++) {
            chain.link(i, i + 1, false);
        }
        chain.leaders();

        assertThat(chain.cut(any -> 3, 64, 5).cardinality()).isZero();
        assertThat(chain.cut(any -> 3, 64, 3).stream()).containsExactly(4, 5);
        assertThat(chain.cut(i -> i == 2 ? 2 : 3, 64, 5).stream()).containsExactly(2);
    }
}
