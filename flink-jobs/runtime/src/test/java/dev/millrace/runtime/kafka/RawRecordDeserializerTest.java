package dev.millrace.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contract.CustomerEvent;
import dev.millrace.core.event.RejectionReason;
import dev.millrace.runtime.config.MillraceConfig.RawFormat;
import dev.millrace.runtime.config.MillraceConfig.RawTopic;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
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

class RawRecordDeserializerTest {
    private static final long RECORD = 1_700_000_000_000L;
    private static final byte[] KEY = {1, 2};

    private FakeRegistry fake;
    private RawRecordDeserializer deserializer;

    @BeforeEach
    void open() throws Exception {
        fake = new FakeRegistry();
        deserializer = new RawRecordDeserializer(
                List.of(new RawTopic("avro", RawFormat.AVRO), new RawTopic("json", RawFormat.JSON)),
                fake.options(true));
        deserializer.open(null);
    }

    @AfterEach
    void close() {
        fake.close();
    }

    @Test
    void topicsOfBothFormatsAreReadSideBySide() {
        CustomerEvent event = new CustomerEvent();
        event.setType("page");
        event.setUserId("avro-user");
        byte[] avro = new AvroEncoder<CustomerEvent>(
                        CustomerEvent.getClassSchema(), fake.add(CustomerEvent.getClassSchema()))
                .encode(event);
        byte[] json = bytes("{\"type\":\"track\",\"userId\":\"json-user\",\"event\":\"Seen\"}");

        assertThat(read("avro", avro).event().userId()).isEqualTo("avro-user");
        RawRecord record = read("json", json);
        assertThat(record.event().userId()).isEqualTo("json-user");
        assertThat(record.event().name()).isEqualTo("Seen");
        assertThat(record.value()).isSameAs(json);
        assertThat(record.key()).isEqualTo(KEY);
        assertThat(record.partition()).isEqualTo(3);
        assertThat(record.offset()).isEqualTo(42);
        assertThat(record.recordMillis()).isEqualTo(RECORD);
        assertThat(record.headers()).extracting(RawRecord.Header::key).containsExactly("h", "h");
    }

    @Test
    void whatCanNotBeReadComesOutWithTheReason() {
        assertThat(read("json", bytes("{oops")).reason()).isEqualTo(RejectionReason.MALFORMED);
        assertThat(read("avro", bytes("{\"type\":\"track\"}")).problem()).contains("set its format to json");
        assertThat(read("avro", new byte[] {0, 0, 0, 0, 99, 1}).reason()).isEqualTo(RejectionReason.UNKNOWN_SCHEMA);
        RawRecord tombstone = read("json", null);
        assertThat(tombstone.reason()).isEqualTo(RejectionReason.EMPTY);
        assertThat(tombstone.event()).isNull();
    }

    @Test
    void aRegistryThatIsAwayMakesNoRecordABadOne() {
        fake.close();
        assertThatThrownBy(() -> read("avro", new byte[] {0, 0, 0, 0, 1, 1})).isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void aTopicThatIsNoLongerConfiguredIsRefusedByName() {
        assertThatIllegalStateException()
                .isThrownBy(() -> read("gone", bytes("{}")))
                .withMessageContaining("topic gone")
                .withMessageContaining("topics.raw");
    }

    private RawRecord read(String topic, byte[] value) {
        RecordHeaders headers = new RecordHeaders();
        headers.add("h", new byte[] {1}).add("h", null);
        List<RawRecord> out = new ArrayList<>();
        deserializer.deserialize(
                new ConsumerRecord<>(
                        topic,
                        3,
                        42,
                        RECORD,
                        TimestampType.LOG_APPEND_TIME,
                        0,
                        0,
                        KEY,
                        value,
                        headers,
                        Optional.empty()),
                new Collector<>() {
                    @Override
                    public void collect(RawRecord record) {
                        out.add(record);
                    }

                    @Override
                    public void close() {}
                });
        assertThat(out).hasSize(1);
        return out.get(0);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
