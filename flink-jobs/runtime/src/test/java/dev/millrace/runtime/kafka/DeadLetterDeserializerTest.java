package dev.millrace.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.millrace.contract.Link;
import dev.millrace.contract.RejectedRecord;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.java.typeutils.PojoTypeInfo;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.Collector;
import org.apache.flink.util.InstantiationUtil;
import org.apache.flink.util.UserCodeClassLoader;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeadLetterDeserializerTest {
    private static final long APPENDED = 1_700_000_005_000L;
    private static final RejectedRecord LETTER = new RejectedRecord(
            "raw",
            3,
            1L << 40,
            Instant.ofEpochMilli(1_700_000_000_123L),
            ByteBuffer.wrap(new byte[] {1}),
            ByteBuffer.wrap(new byte[] {2, 3}),
            "refine",
            "no_identifier",
            "it names nobody");

    private final Counters counters = new Counters();
    private FakeRegistry fake;
    private DeadLetterDeserializer deserializer;

    @BeforeEach
    void open() throws Exception {
        fake = new FakeRegistry();
        // As a task gets it.
        deserializer = InstantiationUtil.clone(new DeadLetterDeserializer(fake.options(false)));
        deserializer.open(new DeserializationSchema.InitializationContext() {
            @Override
            public MetricGroup getMetricGroup() {
                return counters;
            }

            @Override
            public UserCodeClassLoader getUserCodeClassLoader() {
                throw new UnsupportedOperationException();
            }
        });
    }

    @AfterEach
    void close() {
        fake.close();
    }

    @Test
    void aDeadLetterTellsWhoTurnedWhichRecordAwayAndWhenItWasWritten() {
        assertThat(read(bytes(LETTER)))
                .containsExactly(new DeadLetter("raw/3/refine/0", 1L << 40, "no_identifier", APPENDED));
        RejectedRecord bare = new RejectedRecord("raw", 0, 0L, Instant.EPOCH, null, null, "decode", "malformed", "");
        assertThat(read(bytes(bare))).containsExactly(new DeadLetter("raw/0/decode/0", 0, "malformed", APPENDED));
        assertThat(counters.unreadable.getCount()).isZero();
    }

    @Test
    void whatIsNoDeadLetterIsCountedAndLeftAndTheNextOneIsReadAllTheSame() {
        byte[] sound = bytes(LETTER);
        assertThat(read(null)).isEmpty();
        assertThat(read(new byte[] {1, 2})).isEmpty();
        assertThat(read(new byte[] {0, 0, 0, 0, 99, 1}))
                .as("a schema nobody knows")
                .isEmpty();
        int linkId = fake.add(Link.getClassSchema());
        byte[] link = new AvroEncoder<Link>(Link.getClassSchema(), linkId).encode(new Link("a", Instant.EPOCH));
        assertThat(read(link)).as("a schema of something else").isEmpty();
        for (int length = 0; length < sound.length; length++) {
            assertThat(read(Arrays.copyOf(sound, length))).isEmpty();
        }
        assertThat(read(Arrays.copyOf(sound, sound.length + 1)))
                .as("bytes are left")
                .isEmpty();
        assertThat(counters.unreadable.getCount()).isEqualTo(4 + sound.length + 1);
        assertThat(read(sound)).hasSize(1);
        assertThat(counters.unreadable.getCount()).isEqualTo(4 + sound.length + 1);
    }

    @Test
    void aRegistryThatIsAwayIsNoFaultOfTheRecord() {
        byte[] sound = bytes(LETTER);
        fake.close();
        assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(() -> read(sound));
        assertThat(counters.unreadable.getCount()).isZero();
    }

    @Test
    void flinkSerializesItByItsFields() {
        Configuration noKryo = new Configuration();
        noKryo.set(PipelineOptions.GENERIC_TYPES, false);
        assertThat(deserializer.getProducedType()).isInstanceOf(PojoTypeInfo.class);
        assertThat(deserializer.getProducedType().createSerializer(new SerializerConfigImpl(noKryo)))
                .isNotNull();
    }

    private byte[] bytes(RejectedRecord letter) {
        return new AvroEncoder<RejectedRecord>(
                        RejectedRecord.getClassSchema(), fake.add(RejectedRecord.getClassSchema()))
                .encode(letter);
    }

    private List<DeadLetter> read(byte[] value) {
        List<DeadLetter> read = new ArrayList<>();
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(
                "millrace.rejected",
                0,
                7,
                APPENDED,
                TimestampType.LOG_APPEND_TIME,
                0,
                0,
                null,
                value,
                new RecordHeaders(),
                Optional.empty());
        deserializer.deserialize(record, new Collector<>() {
            @Override
            public void collect(DeadLetter letter) {
                read.add(letter);
            }

            @Override
            public void close() {}
        });
        return read;
    }

    /** Keeps the one counter that there is. */
    private static final class Counters extends UnregisteredMetricsGroup {
        private final Counter unreadable = new SimpleCounter();

        @Override
        public MetricGroup addGroup(String name) {
            assertThat(name).isEqualTo("millrace");
            return this;
        }

        @Override
        public Counter counter(String name) {
            assertThat(name).isEqualTo("dead_letters_unreadable");
            return unreadable;
        }
    }
}
