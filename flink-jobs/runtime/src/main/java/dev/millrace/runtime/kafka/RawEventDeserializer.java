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
import java.util.List;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Reads raw topics for StitchJob: every record comes out, an event or not. */
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
        decoder = new EventDecoder(new SchemaRegistry(registryOptions));
        event = new RawEvent();
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<RawEvent> out) {
        RawFormat format = formats.of(record.topic());
        event.at(record.topic(), record.partition(), record.offset(), record.timestamp());
        event.bytes(record.key(), record.value());
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

    @Override
    public TypeInformation<RawEvent> getProducedType() {
        return BinaryType.RAW_EVENT;
    }
}
