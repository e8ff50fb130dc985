package dev.millrace.measure.people;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.event.Event;
import dev.millrace.core.identity.Attribution;
import dev.millrace.core.identity.LinkKey;
import dev.millrace.core.identity.ProfileId;
import dev.millrace.core.identity.Standing;
import dev.millrace.core.people.IdentifierRow;
import dev.millrace.core.people.ProfileMerge;
import dev.millrace.core.people.Trait;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.junit.jupiter.api.Test;

class PeopleFunctionTest {
    private static final long INTERVAL = 10_000;
    private static final String USER = "user_id:u";
    private static final String DEVICE = "anonymous_id:d";
    private static final String OF_USER = ProfileId.ledBy(USER);
    private static final String OF_DEVICE = ProfileId.ledBy(DEVICE);
    private static final LinkKey LINK = LinkKey.of(500, USER, DEVICE);

    @Test
    void aStandingIsWrittenAtOnce() throws Exception {
        try (var harness = harness()) {
            harness.processElement(event(USER, 700, new Standing(600, 650, null, null, true)), 0);
            assertThat(harness.extractOutputValues())
                    .containsExactly(new IdentifierRow(USER, OF_USER, 600, 700, 650L, true));
            assertNothingIsKept(harness);
        }
    }

    @Test
    void whoIsSeenOftenIsWrittenOnceAnInterval() throws Exception {
        try (var harness = harness()) {
            harness.setProcessingTime(1000);
            for (int i = 0; i < 100; i++) {
                harness.processElement(event(USER, 5000 + i % 7 * 100, null), 0);
            }
            harness.setProcessingTime(1000 + INTERVAL - 1);
            assertThat(harness.extractOutputValues()).isEmpty();
            harness.setProcessingTime(1000 + INTERVAL);
            IdentifierRow row = new IdentifierRow(USER, OF_USER, 5000, 5600, null, false);
            assertThat(harness.extractOutputValues()).containsExactly(row);
            assertNothingIsKept(harness);

            harness.processElement(event(USER, 9000, null), 0);
            harness.setProcessingTime(1000 + 2 * INTERVAL);
            assertThat(harness.extractOutputValues())
                    .containsExactly(row, new IdentifierRow(USER, OF_USER, 9000, 9000, null, false));
            assertNothingIsKept(harness);
        }
    }

    @Test
    void aStandingWritesWhatWaitedAndNothingIsLeftToWrite() throws Exception {
        try (var harness = harness()) {
            harness.processElement(event(DEVICE, 5000, null), 0);
            harness.processElement(moved(DEVICE, OF_USER, new Standing(400, 500, OF_DEVICE, LINK, false)), 0);
            assertThat(harness.extractOutputValues())
                    .containsExactly(new IdentifierRow(DEVICE, OF_USER, 400, 5000, 500L, false));
            assertNothingIsKept(harness);
            harness.setProcessingTime(INTERVAL);
            assertThat(harness.extractOutputValues()).hasSize(1);
        }
    }

    @Test
    void theLatestRecordSaysTheProfileOfWhatWaits() throws Exception {
        try (var harness = harness()) {
            harness.processElement(event(DEVICE, 5000, null), 0);
            harness.processElement(
                    new Attribution(
                            DEVICE, OF_USER, null, 0, 1, "", 0, 0, 0, null, LinkKey.of(4000, DEVICE, USER), null),
                    0);
            harness.setProcessingTime(INTERVAL);
            assertThat(harness.extractOutputValues())
                    .containsExactly(new IdentifierRow(DEVICE, OF_USER, 4000, 5000, null, false));
        }
    }

    @Test
    void whatWaitsIsWrittenWhenTheStreamEnds() throws Exception {
        try (var harness = harness()) {
            harness.processElement(event(USER, 5000, null), 0);
            harness.processWatermark(Watermark.MAX_WATERMARK);
            assertThat(harness.extractOutputValues())
                    .containsExactly(new IdentifierRow(USER, OF_USER, 5000, 5000, null, false));
            assertNothingIsKept(harness);
        }
    }

    @Test
    void whatWaitedAtACheckpointIsWrittenAfterARestore() throws Exception {
        OperatorSubtaskState snapshot;
        try (var harness = harness()) {
            harness.processElement(event(USER, 5000, null), 0);
            harness.processElement(event(DEVICE, 6000, null), 0);
            snapshot = harness.snapshot(1, 1);
        }
        try (var harness = unopened()) {
            harness.initializeState(snapshot);
            harness.open();
            harness.setProcessingTime(INTERVAL / 2);
            harness.processElement(event(USER, 7000, null), 0);
            harness.setProcessingTime(INTERVAL);
            assertThat(harness.extractOutputValues())
                    .containsExactlyInAnyOrder(
                            new IdentifierRow(USER, OF_USER, 5000, 7000, null, false),
                            new IdentifierRow(DEVICE, OF_DEVICE, 6000, 6000, null, false));
            assertNothingIsKept(harness);
        }
    }

    @Test
    void aRecordThatSaysNothingButTheProfileIsNoSighting() throws Exception {
        try (var harness = harness()) {
            harness.processElement(new Attribution(DEVICE, OF_USER, null, 0, 1, "", 0, 0, 0, null), 0);
            assertNothingIsKept(harness);
            harness.setProcessingTime(INTERVAL);
            assertThat(harness.extractOutputValues()).isEmpty();
        }
    }

    @Test
    void linksMergesAndTraitsComeOutBesides() throws Exception {
        try (var harness = harness()) {
            harness.setProcessingTime(42);
            harness.processElement(moved(DEVICE, OF_USER, new Standing(400, 500, OF_DEVICE, LINK, false)), 0);
            harness.processElement(new Attribution(USER, OF_USER, null, 0, 1, "", 0, 0, 0, null, LINK, null), 0);
            harness.processElement(identify("{\"name\":\"Ada\",\"age\":36}"), 0);
            assertThat(side(harness, PeopleFunction.MERGES))
                    .containsExactly(new ProfileMerge(OF_DEVICE, OF_USER, LINK, 42));
            assertThat(side(harness, PeopleFunction.LINKS)).containsExactly(LINK);
            assertThat(side(harness, PeopleFunction.TRAITS))
                    .containsExactly(new Trait(USER, "name", "\"Ada\"", 5000), new Trait(USER, "age", "36", 5000));
        }
    }

    @Test
    void whatTheStoreCanNotHoldIsSkippedAndTheRestIsNot() throws Exception {
        String poison = "user_id:a\u0000b";
        try (var harness = harness()) {
            harness.processElement(event(poison, 5000, new Standing(400, 500, null, null, false)), 0);
            harness.processElement(event(poison, 5000, null), 0);
            harness.processElement(
                    new Attribution(USER, OF_USER, null, 0, 1, "", 0, 0, 0, null, LinkKey.of(500, USER, poison), null),
                    0);
            harness.processElement(
                    moved(
                            DEVICE,
                            ProfileId.ledBy(poison),
                            new Standing(400, 500, OF_DEVICE, LinkKey.of(500, DEVICE, poison), false)),
                    0);
            for (String traits : List.of("{\"a\":\"\\u0000\"}", "{", "{\"\\u0000\":1}", "{\"a\":1e9999999}")) {
                harness.processElement(identify(traits), 0);
            }
            harness.setProcessingTime(INTERVAL);
            assertThat(harness.extractOutputValues())
                    .extracting(IdentifierRow::identifier)
                    .containsExactlyInAnyOrder(DEVICE, USER);
            assertThat(side(harness, PeopleFunction.LINKS)).isEmpty();
            assertThat(side(harness, PeopleFunction.MERGES)).isEmpty();
            assertThat(side(harness, PeopleFunction.TRAITS)).isEmpty();
            assertNothingIsKept(harness);
        }
    }

    @Test
    void whateverIsWrittenWhenTheRowsAddUpToTheLog() throws Exception {
        for (long seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            Map<String, IdentifierRow> expected = new HashMap<>();
            Map<String, IdentifierRow> store = new HashMap<>();
            OperatorSubtaskState snapshot = null;
            long now = 0;
            for (int life = 0; life < 3; life++) {
                try (var harness = unopened()) {
                    if (snapshot != null) {
                        harness.initializeState(snapshot);
                    }
                    harness.open();
                    for (int i = 0; i < 40; i++) {
                        String identifier = "user_id:" + random.nextInt(4);
                        long time = 1000 + random.nextInt(100_000);
                        String profile = "p" + random.nextInt(3);
                        Standing standing = random.nextInt(5) == 0
                                ? new Standing(random.nextInt(1000), time, null, null, random.nextBoolean())
                                : null;
                        Attribution record = record(identifier, profile, "track", null, time, standing);
                        harness.processElement(record, 0);
                        expected.merge(identifier, told(record), PeopleFunctionTest::upserted);
                        now += random.nextInt(4000);
                        harness.setProcessingTime(now);
                    }
                    snapshot = harness.snapshot(life, now);
                    if (life == 2) {
                        harness.setProcessingTime(now + INTERVAL);
                        assertNothingIsKept(harness);
                    }
                    for (IdentifierRow row : harness.extractOutputValues()) {
                        store.merge(row.identifier(), row, PeopleFunctionTest::upserted);
                    }
                }
            }
            assertThat(store).as("seed %d", seed).isEqualTo(expected);
        }
    }

    /** The row that each record by itself would have written. */
    private static IdentifierRow told(Attribution record) {
        Standing standing = record.standing();
        long time = record.eventTimeMillis();
        return new IdentifierRow(
                record.identifier(),
                record.profileId(),
                standing == null ? time : Math.min(time, standing.firstSeenMillis()),
                time,
                standing == null ? null : standing.sinceMillis(),
                standing != null && standing.linksLimited());
    }

    /** What the store's upsert makes of a row and the next. */
    private static IdentifierRow upserted(IdentifierRow known, IdentifierRow next) {
        boolean stands = next.sinceMillis() != null;
        return new IdentifierRow(
                known.identifier(),
                next.profileId(),
                Math.min(known.firstSeenMillis(), next.firstSeenMillis()),
                Math.max(known.lastSeenMillis(), next.lastSeenMillis()),
                stands ? next.sinceMillis() : known.sinceMillis(),
                stands ? next.linksLimited() : known.linksLimited());
    }

    private static void assertNothingIsKept(KeyedOneInputStreamOperatorTestHarness<?, ?, ?> harness) {
        assertThat(harness.numKeyedStateEntries()).isZero();
        assertThat(harness.numProcessingTimeTimers()).isZero();
        assertThat(harness.numEventTimeTimers()).isZero();
    }

    private static Attribution event(String identifier, long timeMillis, Standing standing) {
        return record(identifier, ProfileId.ledBy(identifier), "track", null, timeMillis, standing);
    }

    private static Attribution identify(String traits) {
        return record(USER, OF_USER, "identify", traits, 5000, null);
    }

    private static Attribution moved(String identifier, String to, Standing standing) {
        return new Attribution(identifier, to, null, 0, 1, "", 0, 0, 0, null, null, standing);
    }

    private static Attribution record(
            String identifier, String profile, String type, String traits, long timeMillis, Standing standing) {
        Event event = new Event(
                "m", type, "E", null, null, null, null, null, timeMillis, null, null, null, traits, null, null);
        return new Attribution(identifier, profile, null, 0, 1, "raw", 0, 1, timeMillis, event, null, standing);
    }

    private static <T> List<T> side(KeyedOneInputStreamOperatorTestHarness<?, ?, ?> harness, OutputTag<T> tag) {
        List<T> values = new ArrayList<>();
        var records = harness.getSideOutput(tag);
        if (records != null) {
            records.stream().map(StreamRecord::getValue).forEach(values::add);
        }
        return values;
    }

    private static KeyedOneInputStreamOperatorTestHarness<String, Attribution, IdentifierRow> unopened()
            throws Exception {
        return new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new PeopleFunction(INTERVAL)), Attribution::identifier, Types.STRING);
    }

    private static KeyedOneInputStreamOperatorTestHarness<String, Attribution, IdentifierRow> harness()
            throws Exception {
        var harness = unopened();
        harness.open();
        return harness;
    }
}
