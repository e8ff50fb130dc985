package dev.millrace.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.StitchedRecord;
import dev.millrace.core.catalogue.SessionRows;
import dev.millrace.runtime.binary.TestCatalogue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.Collector;
import org.apache.flink.util.InstantiationUtil;
import org.apache.flink.util.UserCodeClassLoader;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** A {@link StitchedDeserializer} as a task gets it, with a registry that it asks. */
final class StitchedReader implements AutoCloseable {
    static final String TOPIC = "millrace.stitched";
    static final int PARTITION = 5;
    static final long OFFSET = 7;
    static final long APPENDED = 1_700_000_005_000L;
    static final byte[] KEY = {1, 2};

    final FakeRegistry registry;
    private final StitchedDeserializer deserializer;
    Histogram receivedToStitched;
    Counter fieldsUnreadable;

    StitchedReader(boolean journeys) throws IOException {
        registry = new FakeRegistry();
        try {
            deserializer = InstantiationUtil.clone(new StitchedDeserializer(
                    registry.options(true), TestCatalogue.READABLE, journeys ? SessionRows.DEFAULT : null));
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
        deserializer.open(new DeserializationSchema.InitializationContext() {
            @Override
            public MetricGroup getMetricGroup() {
                return new Delays();
            }

            @Override
            public UserCodeClassLoader getUserCodeClassLoader() {
                throw new AssertionError("it needs none");
            }
        });
    }

    /** Keeps the one histogram and the one counter that there are. */
    private final class Delays extends UnregisteredMetricsGroup {
        @Override
        public MetricGroup addGroup(String name) {
            assertThat(name).isEqualTo("millrace");
            return this;
        }

        @Override
        public <H extends Histogram> H histogram(String name, H histogram) {
            assertThat(name).isEqualTo("received_to_stitched_millis");
            receivedToStitched = histogram;
            return histogram;
        }

        @Override
        public <C extends Counter> C counter(String name, C counter) {
            assertThat(name).isEqualTo("fields_unreadable");
            fieldsUnreadable = counter;
            return counter;
        }
    }

    /** A record under today's contract. */
    byte[] bytes(StitchedRecord record) {
        int id = registry.add(StitchedRecord.getClassSchema());
        return new AvroEncoder<StitchedRecord>(StitchedRecord.getClassSchema(), id).encode(record);
    }

    /** The one thing that comes out for a value. */
    StitchedRead read(byte[] value) {
        List<StitchedRead> out = new ArrayList<>();
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(
                TOPIC,
                PARTITION,
                OFFSET,
                APPENDED,
                TimestampType.LOG_APPEND_TIME,
                0,
                0,
                KEY,
                value,
                new RecordHeaders(),
                Optional.empty());
        deserializer.deserialize(record, new Collector<>() {
            @Override
            public void collect(StitchedRead read) {
                out.add(read);
            }

            @Override
            public void close() {}
        });
        assertThat(out).hasSize(1);
        assertThat(out.get(0).appendedMillis()).isEqualTo(APPENDED);
        return out.get(0);
    }

    @Override
    public void close() {
        registry.close();
    }
}
