package dev.millrace.stack.people;

import static dev.millrace.stack.people.FakePeople.at;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.AttributedEvent;
import dev.millrace.contract.CustomerEvent;
import dev.millrace.contract.StitchedRecord;
import dev.millrace.core.event.RejectionReason;
import dev.millrace.core.identity.ProfileId;
import dev.millrace.runtime.kafka.UndecodableException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.junit.jupiter.api.Test;

class LatestEventsTest {
    private final FakeLog log = new FakeLog();

    @Test
    void theLatestEventsOfAllIdentifiersAreShownNewestFirst() {
        log.event("user_id:1", 30, "Order Completed");
        log.event("anonymous_id:a", 10, "Product Viewed");
        log.event("user_id:2", 40, "Somebody Else's");
        log.append("user_id:1", record("user_id:1", null));
        log.event("anonymous_id:a", 20, "Product\u001b Added");
        log.event("user_id:1", 5, "Late");

        assertThat(text(latest(3)))
                .isEqualTo(
                        """

                        Latest events
                        time                  type   event                source  seen at
                        --------------------  -----  -------------------  ------  --------------
                        2026-01-01T10:00:30Z  track  Order Completed      web     user_id:1
                        2026-01-01T10:00:20Z  track  Product\\u001b Added  web     anonymous_id:a
                        2026-01-01T10:00:10Z  track  Product Viewed       web     anonymous_id:a
                        """);
    }

    @Test
    void aRepeatedRecordIsShownOnce() {
        StitchedRecord record = log.event("user_id:1", 30, "Order Completed");
        log.append("user_id:1", record);

        assertThat(latest(10).events()).hasSize(1);
    }

    @Test
    void onlyAsMuchIsReadAsIsNeeded() {
        for (int i = 0; i < 100_000; i++) {
            log.event("user_id:1", i, "Viewed");
        }

        assertThat(latest(10).events())
                .extracting(seen -> seen.event().getEventTime())
                .containsExactlyElementsOf(LongStream.iterate(99_999, i -> i - 1)
                        .limit(10)
                        .mapToObj(FakePeople::at)
                        .toList());
        assertThat(log.read).isEqualTo(5_000);
    }

    @Test
    void howFarBackIsReadIsBoundedAndTold() {
        log.event("user_id:1", 0, "Long Ago");
        for (int i = 0; i < LatestEvents.MAX_RECORDS; i++) {
            log.append("user_id:1", null);
        }

        LatestEvents events = latest(10);

        assertThat(events.events()).isEmpty();
        assertThat(log.read).isEqualTo(LatestEvents.MAX_RECORDS);
        assertThat(text(events))
                .endsWith(
                        """
                        Latest events
                        none
                        Looked at the last 200,000 records of a partition only; there may be older events.
                        """);
    }

    @Test
    void aTopicThatIsShorterThanTheBoundIsReadWholeWithoutAWord() {
        log.event("user_id:1", 0, "Long Ago");
        for (int i = 0; i < 30_000; i++) {
            log.append("user_id:1", null);
        }

        LatestEvents events = latest(10);

        assertThat(events.events()).hasSize(1);
        assertThat(log.read).isEqualTo(30_001);
        assertThat(text(events)).doesNotContain("Looked at");
    }

    @Test
    void aRecordThatCanNotBeReadIsCounted() {
        log.broken("user_id:1");
        log.event("user_id:1", 1, "Viewed");

        LatestEvents events = latest(10);

        assertThat(events.events()).hasSize(1);
        assertThat(text(events)).contains("1 record could not be read.");
    }

    @Test
    void whyThereAreNoneIsSaidInTheirPlace() {
        StringWriter text = new StringWriter();

        LatestEvents.printAbsence("Kafka can't be reached at k:9092", new PrintWriter(text));

        assertThat(text.toString().replace(System.lineSeparator(), "\n"))
                .isEqualTo("\nLatest events: Kafka can't be reached at k:9092\n");
    }

    @Test
    void anIdentifierIsSoughtWhereProducersPutIt() {
        for (int i = 0; i < 1_000; i++) {
            String identifier = "anonymous_id:ü" + i;
            assertThat(LatestEvents.partition(identifier, 7))
                    .isEqualTo(BuiltInPartitioner.partitionForKey(identifier.getBytes(StandardCharsets.UTF_8), 7));
        }
    }

    private LatestEvents latest(int most) {
        return LatestEvents.of(log, Set.of("user_id:1", "anonymous_id:a"), most, log::decode);
    }

    private static String text(LatestEvents events) {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        events.print(out);
        return text.toString().replace(System.lineSeparator(), "\n");
    }

    private static StitchedRecord record(String identifier, AttributedEvent event) {
        return StitchedRecord.newBuilder()
                .setIdentifier(identifier)
                .setProfileId(ProfileId.ledBy(identifier))
                .setBody(event)
                .build();
    }

    /** Three partitions in memory; a value is the number of its record. */
    private static final class FakeLog implements StitchedLog {
        private static final int PARTITIONS = 3;

        private final Map<Integer, List<Entry>> partitions = new TreeMap<>();
        private final List<StitchedRecord> records = new ArrayList<>();
        long read;

        StitchedRecord event(String identifier, long second, String name) {
            CustomerEvent event = CustomerEvent.newBuilder()
                    .setMessageId("m" + records.size())
                    .setType("track")
                    .setEvent(name)
                    .setSource("web")
                    .build();
            StitchedRecord record = record(
                    identifier, new AttributedEvent("millrace.raw", 0, (long) records.size(), at(second), event));
            append(identifier, record);
            return record;
        }

        /** Null: a record whose value is null. */
        void append(String identifier, StitchedRecord record) {
            byte[] value = null;
            if (record != null) {
                value = ByteBuffer.allocate(4).putInt(records.size()).array();
                records.add(record);
            }
            put(identifier, value);
        }

        void broken(String identifier) {
            put(identifier, new byte[0]);
        }

        private void put(String identifier, byte[] value) {
            int partition = LatestEvents.partition(identifier, PARTITIONS);
            List<Entry> entries = partitions.computeIfAbsent(partition, p -> new ArrayList<>());
            entries.add(new Entry(partition, entries.size(), identifier.getBytes(StandardCharsets.UTF_8), value));
        }

        StitchedRecord decode(byte[] value) throws UndecodableException {
            if (value.length != 4) {
                throw new UndecodableException(RejectionReason.MALFORMED, "no number");
            }
            return records.get(ByteBuffer.wrap(value).getInt());
        }

        @Override
        public int partitions() {
            return PARTITIONS;
        }

        @Override
        public Map<Integer, Span> spans(Collection<Integer> asked) {
            Map<Integer, Span> spans = new TreeMap<>();
            asked.forEach(partition -> spans.put(
                    partition,
                    new Span(0, partitions.getOrDefault(partition, List.of()).size())));
            return spans;
        }

        @Override
        public void read(Map<Integer, Span> spans, Consumer<Entry> each) {
            spans.forEach((partition, span) -> {
                read += span.to() - span.from();
                partitions
                        .get(partition)
                        .subList((int) span.from(), (int) span.to())
                        .forEach(each);
            });
        }
    }
}
