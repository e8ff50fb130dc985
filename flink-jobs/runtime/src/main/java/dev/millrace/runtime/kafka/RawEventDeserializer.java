package dev.millrace.runtime.kafka;

import dev.millrace.core.event.Envelope.Field;
import dev.millrace.core.event.EventTime;
import dev.millrace.core.event.MalformedEventException;
import dev.millrace.core.event.RejectionReason;
import dev.millrace.runtime.binary.BinaryType;
import dev.millrace.runtime.config.MillraceConfig.RawFormat;
import dev.millrace.runtime.config.MillraceConfig.RawTopic;
import dev.millrace.runtime.config.MillraceConfig.RegistryOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * Reads raw topics: every record comes out, an event or not. Only a registry that can't be reached throws: then the job
 * restarts and tries again, rather than taking good records for bad ones.
 */
final class RawEventDeserializer implements KafkaRecordDeserializationSchema<RawEvent> {
    private final RawFormats formats;
    private final RegistryOptions registryOptions;
    private final long maxFutureMillis;
    private transient EventDecoder decoder;
    private transient RawEvent event;

    RawEventDeserializer(List<RawTopic> topics, RegistryOptions registryOptions, Duration maxFuture) {
        this.formats = new RawFormats(topics);
        this.registryOptions = registryOptions;
        this.maxFutureMillis = maxFuture.toMillis();
    }

    @Override
    public void open(DeserializationSchema.InitializationContext context) {
        NativeLz4.load();
        decoder = new EventDecoder(new SchemaRegistry(registryOptions));
        event = new RawEvent();
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<RawEvent> out) {
        RawFormat format = formats.of(record.topic());
        event.at(record.topic(), record.partition(), record.offset(), record.timestamp());
        event.bytes(record.key(), record.value(), headers(record));
        if (record.value() == null) {
            event.problem(RejectionReason.EMPTY, "the record has no value");
        } else {
            try {
                decoder.decode(record.value(), format, event.envelope());
                EventTime time = EventTime.of(
                        event.envelope().time(Field.TIMESTAMP),
                        event.envelope().time(Field.SENT_AT),
                        event.envelope().time(Field.RECEIVED_AT),
                        record.timestamp(),
                        maxFutureMillis);
                event.time(time.millis(), time.corrected(), time.clamped());
            } catch (UndecodableException e) {
                event.problem(e.reason(), e.getMessage());
            } catch (MalformedEventException e) {
                event.problem(RejectionReason.MALFORMED, e.getMessage());
            }
        }
        out.collect(event);
    }

    private static List<RawEvent.Header> headers(ConsumerRecord<byte[], byte[]> record) {
        Header[] headers = record.headers().toArray();
        if (headers.length == 0) {
            return List.of();
        }
        List<RawEvent.Header> all = new ArrayList<>(headers.length);
        for (Header header : headers) {
            all.add(new RawEvent.Header(header.key(), header.value()));
        }
        return all;
    }

    @Override
    public TypeInformation<RawEvent> getProducedType() {
        return BinaryType.RAW_EVENT;
    }
}
