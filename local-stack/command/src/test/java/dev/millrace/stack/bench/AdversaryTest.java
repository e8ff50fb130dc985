package dev.millrace.stack.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.event.Event;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AdversaryTest {
    private static final int EACH = 1_000;

    private final List<Event> events = new ArrayList<>();

    AdversaryTest() {
        Adversary adversary = new Adversary();
        for (int i = 0; i < 3 * EACH; i++) {
            events.add(adversary.next(1_000_000));
        }
    }

    @Test
    void everyMessageIsAnother() {
        assertThat(events).extracting(Event::messageId).doesNotHaveDuplicates();
    }

    @Test
    void aThirdAreNewUsersOnOneDevice() {
        List<Event> crowd = third(0);
        assertThat(crowd).extracting(Event::userId).doesNotHaveDuplicates();
        assertThat(crowd).extracting(Event::anonymousId).containsOnly("kiosk");
        assertThat(crowd).extracting(Event::context).containsOnly("{\"device\":{\"id\":\"kiosk\"}}");
    }

    @Test
    void aThirdAreNewDevicesOfOneUser() {
        List<Event> hoard = third(1);
        assertThat(hoard).extracting(Event::userId).containsOnly("hoarder");
        assertThat(hoard).extracting(Event::anonymousId).doesNotHaveDuplicates();
    }

    @Test
    void aThirdAreLinksOfOneChainFromLatestToEarliest() {
        List<Event> chain = third(2);
        assertThat(chain).extracting(Event::userId).containsOnlyNulls();
        assertThat(chain).extracting(Event::timestampMillis).isSortedAccordingTo((a, b) -> Long.compare(b, a));
        assertThat(chain).extracting(Event::timestampMillis).doesNotHaveDuplicates();
        Map<String, Integer> links = new HashMap<>();
        Set<String> reached = new HashSet<>();
        for (Event link : chain) {
            String anonymous = "anonymous " + link.anonymousId();
            String device = "device " + link.context();
            assertThat(reached.isEmpty() || reached.contains(anonymous) ^ reached.contains(device))
                    .as("%s joins one identifier to the chain", link)
                    .isTrue();
            reached.add(anonymous);
            reached.add(device);
            links.merge(anonymous, 1, Integer::sum);
            links.merge(device, 1, Integer::sum);
        }
        assertThat(reached).hasSize(EACH + 1);
        assertThat(links.values()).allMatch(count -> count <= 2);
    }

    private List<Event> third(int number) {
        List<Event> third = new ArrayList<>();
        for (int i = number; i < events.size(); i += 3) {
            third.add(events.get(i));
        }
        return third;
    }
}
