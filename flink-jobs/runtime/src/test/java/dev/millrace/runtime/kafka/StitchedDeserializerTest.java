package dev.millrace.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.AttributedEvent;
import dev.millrace.contract.JoiningLink;
import dev.millrace.contract.Link;
import dev.millrace.contract.StitchedRecord;
import dev.millrace.core.event.RejectionReason;
import dev.millrace.core.identity.Attribution;
import dev.millrace.core.identity.LinkKey;
import dev.millrace.core.identity.Standing;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StitchedDeserializerTest {
    private static final Instant TIME = Instant.ofEpochMilli(1_700_000_000_123L);
    private static final long APPENDED = 1_700_000_005_000L;

    private FakeRegistry fake;
    private StitchedDeserializer deserializer;

    @BeforeEach
    void open() throws Exception {
        fake = new FakeRegistry();
        deserializer = new StitchedDeserializer(fake.options(true));
        deserializer.open(null);
    }

    @AfterEach
    void close() {
        fake.close();
    }

    @Test
    void anEventComesWithWhereItCameFrom() {
        StitchedRecord record = record();
        record.setWatermark(TIME);
        record.setWriter(1);
        record.setWriters(2);
        record.setBody(new AttributedEvent("raw", 3, 4L, TIME, EventContract.toContract(EventContractTest.FULL)));
        assertThat(read(record))
                .isEqualTo(new Attribution(
                        "email:e",
                        "p",
                        TIME.toEpochMilli(),
                        1,
                        2,
                        "raw",
                        3,
                        4,
                        TIME.toEpochMilli(),
                        EventContractTest.FULL));
    }

    @Test
    void aLinkComesWithItsEndsInOrder() {
        StitchedRecord record = record();
        for (String other : List.of("anonymous_id:a", "user_id:u")) {
            record.setBody(new Link(other, TIME));
            assertThat(read(record)).isEqualTo(plain(LinkKey.of(TIME.toEpochMilli(), "email:e", other), null));
        }
    }

    @Test
    void aStandingComesWithAndWithoutWhatItMayLack() {
        StitchedRecord record = record();
        record.setStanding(new dev.millrace.contract.Standing(
                TIME, TIME.plusMillis(2), "q", new JoiningLink("email:e", "user_id:u", TIME.plusMillis(1)), true));
        LinkKey cause = new LinkKey(TIME.toEpochMilli() + 1, "email:e", "user_id:u");
        assertThat(read(record))
                .isEqualTo(plain(null, new Standing(TIME.toEpochMilli(), TIME.toEpochMilli() + 2, "q", cause, true)));
        record.setStanding(new dev.millrace.contract.Standing(TIME, TIME, null, null, false));
        assertThat(read(record))
                .isEqualTo(plain(null, new Standing(TIME.toEpochMilli(), TIME.toEpochMilli(), null, null, false)));
        record.setStanding(null);
        assertThat(read(record)).isEqualTo(plain(null, null));
    }

    @Test
    void whatCanNotBeReadComesOutWithTheReason() {
        StitchedRecord record = record();
        record.setWriter(1);
        assertThat(rejection(bytes(record))).isEqualTo(RejectionReason.MALFORMED);
        assertThat(rejection(new byte[] {1, 2})).isEqualTo(RejectionReason.MALFORMED);
        assertThat(rejection(null)).isEqualTo(RejectionReason.EMPTY);
    }

    private static StitchedRecord record() {
        StitchedRecord record = new StitchedRecord();
        record.setIdentifier("email:e");
        record.setProfileId("p");
        record.setWriters(1);
        return record;
    }

    private static Attribution plain(LinkKey link, Standing standing) {
        return new Attribution("email:e", "p", null, 0, 1, "", 0, 0, 0, null, link, standing);
    }

    private byte[] bytes(StitchedRecord record) {
        return new AvroEncoder<StitchedRecord>(
                        StitchedRecord.getClassSchema(), fake.add(StitchedRecord.getClassSchema()))
                .encode(record);
    }

    private Attribution read(StitchedRecord record) {
        StitchedRead read = deserialized(bytes(record));
        assertThat(read.appendedMillis()).isEqualTo(APPENDED);
        assertThat(read.rejected()).isNull();
        return read.attribution();
    }

    private RejectionReason rejection(byte[] value) {
        StitchedRead read = deserialized(value);
        assertThat(read.attribution()).isNull();
        return read.rejected().reason();
    }

    private StitchedRead deserialized(byte[] value) {
        List<StitchedRead> out = new ArrayList<>();
        deserializer.deserialize(
                new ConsumerRecord<>(
                        "millrace.stitched",
                        0,
                        7,
                        APPENDED,
                        TimestampType.LOG_APPEND_TIME,
                        0,
                        0,
                        null,
                        value,
                        new RecordHeaders(),
                        Optional.empty()),
                new Collector<>() {
                    @Override
                    public void collect(StitchedRead read) {
                        out.add(read);
                    }

                    @Override
                    public void close() {}
                });
        assertThat(out).hasSize(1);
        return out.get(0);
    }
}
