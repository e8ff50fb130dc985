package dev.millrace.core.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessageIdsTest {
    private static final Event EVENT = new Event(
            null, "track", "Viewed", "u", "a", null, null, "web", 1000L, 2000L, 3000L, "{\"a\":1}", null, "{}", null);

    @Test
    void theSameRecordAlwaysHasTheSameId() {
        assertThat(MessageIds.derive(EVENT, "raw", 0, 7))
                .isEqualTo(MessageIds.derive(EVENT, "raw", 0, 7))
                .isEqualTo("derived-31d98d4946878f0b2fdd2960dda83203")
                .matches("derived-[0-9a-f]{32}");
    }

    @Test
    void aResendWithATimeOfItsOwnHasTheIdOfTheFirst() {
        assertThat(MessageIds.derive(EVENT, "raw", 1, 8)).isEqualTo(MessageIds.derive(EVENT, "raw", 0, 7));
        Event resent = EVENT.received("web", 9000, 8000L);
        assertThat(MessageIds.derive(resent, "raw", 0, 9)).isEqualTo(MessageIds.derive(EVENT, "raw", 0, 7));
    }

    @Test
    void equalEventsWithoutATimeAreToldByTheirPlace() {
        Event heartbeat =
                new Event(null, "track", "beat", "u", null, null, null, null, null, null, null, null, null, null, null);
        List<String> ids = List.of(
                MessageIds.derive(heartbeat, "raw", 0, 7),
                MessageIds.derive(heartbeat, "raw", 0, 8),
                MessageIds.derive(heartbeat, "raw", 1, 7),
                MessageIds.derive(heartbeat, "other", 0, 7));
        assertThat(ids).doesNotHaveDuplicates();
        assertThat(MessageIds.derive(heartbeat, "raw", 0, 7)).isEqualTo(ids.get(0));
    }

    @Test
    void neighbouringFieldsDoNotRunIntoEachOther() {
        List<String> ids = new ArrayList<>();
        String[][] pairs = {
            {"ab", "c"},
            {"a", "bc"},
            {"abc", ""},
            {"", "abc"},
            {"abc", null},
            {null, "abc"},
            {"", ""},
            {null, null},
            {"null", null},
            {null, "null"},
            {"1:a", ""},
            {"", "1:a"}
        };
        for (String[] pair : pairs) {
            ids.add(MessageIds.derive(
                    new Event(
                            null, "track", null, pair[0], pair[1], null, null, null, 1L, null, null, null, null, null,
                            null),
                    "raw",
                    0,
                    0));
        }
        assertThat(ids).doesNotHaveDuplicates();
    }

    @Test
    void everyFieldThatTheClientSetsCounts() {
        Event none = new Event(null, "t", null, null, null, null, null, null, 1L, null, null, null, null, null, null);
        List<Event> events = List.of(
                none,
                new Event(null, "x", null, null, null, null, null, null, 1L, null, null, null, null, null, null),
                new Event(null, "t", "x", null, null, null, null, null, 1L, null, null, null, null, null, null),
                new Event(null, "t", null, "x", null, null, null, null, 1L, null, null, null, null, null, null),
                new Event(null, "t", null, null, "x", null, null, null, 1L, null, null, null, null, null, null),
                new Event(null, "t", null, null, null, "x", null, null, 1L, null, null, null, null, null, null),
                new Event(null, "t", null, null, null, null, "x", null, 1L, null, null, null, null, null, null),
                new Event(null, "t", null, null, null, null, null, "x", 1L, null, null, null, null, null, null),
                new Event(null, "t", null, null, null, null, null, null, 2L, null, null, null, null, null, null),
                new Event(null, "t", null, null, null, null, null, null, 1L, null, null, "x", null, null, null),
                new Event(null, "t", null, null, null, null, null, null, 1L, null, null, null, "x", null, null),
                new Event(null, "t", null, null, null, null, null, null, 1L, null, null, null, null, "x", null),
                new Event(null, "t", null, null, null, null, null, null, 1L, null, null, null, null, null, "x"));
        assertThat(events.stream().map(event -> MessageIds.derive(event, "raw", 0, 0)))
                .doesNotHaveDuplicates();
    }

    @Test
    void aHashStaysWhatItIsInState() {
        assertThat(MessageIds.hash("m-1")).isEqualTo(MessageIds.hash("m-1")).isNotEqualTo(MessageIds.hash("m-2"));
        assertThat(MessageIds.hash("m-1")).isEqualTo(2304442312226987544L);
    }
}
