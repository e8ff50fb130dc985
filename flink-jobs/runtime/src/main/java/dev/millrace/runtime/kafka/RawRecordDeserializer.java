package dev.millrace.runtime.kafka;

import dev.millrace.contract.CustomerEvent;
import dev.millrace.core.event.Event;
import dev.millrace.core.event.MalformedEventException;
import dev.millrace.core.event.RejectionReason;
import dev.millrace.core.event.SegmentJson;
import dev.millrace.runtime.config.MillraceConfig.RawFormat;
import dev.millrace.runtime.config.MillraceConfig.RawTopic;
import dev.millrace.runtime.config.MillraceConfig.RegistryOptions;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * Reads raw topics: every record comes out, decodable or not. Only a registry that can't be reached throws: then the
 * job restarts and tries again, rather than taking good records for bad ones.
 */
final class RawRecordDeserializer implements KafkaRecordDeserializationSchema<RawRecord> {
    private final RawFormats formats;
    private final RegistryOptions registryOptions;
    private transient AvroDecoder<CustomerEvent> avro;

    RawRecordDeserializer(List<RawTopic> topics, RegistryOptions registryOptions) {
        this.formats = new RawFormats(topics);
        this.registryOptions = registryOptions;
    }

    @Override
    public void open(DeserializationSchema.InitializationContext context) {
        avro = new AvroDecoder<>(CustomerEvent.class, new SchemaRegistry(registryOptions));
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<RawRecord> out) {
        RawFormat format = formats.of(record.topic());
        Event event = null;
        RejectionReason reason = null;
        String problem = null;
        if (record.value() == null) {
            reason = RejectionReason.EMPTY;
            problem = "the record has no value";
        } else {
            try {
                event = switch (format) {
                    case AVRO -> EventContract.fromContract(avro.decode(record.value()));
                    case JSON -> SegmentJson.read(record.value());
                };
            } catch (UndecodableException e) {
                reason = e.reason();
                problem = e.getMessage();
            } catch (MalformedEventException e) {
                reason = RejectionReason.MALFORMED;
                problem = e.getMessage();
            }
        }
        out.collect(new RawRecord(
                record.topic(),
                record.partition(),
                record.offset(),
                record.timestamp(),
                record.key(),
                record.value(),
                headers(record),
                event,
                reason,
                problem));
    }

    private static List<RawRecord.Header> headers(ConsumerRecord<byte[], byte[]> record) {
        Header[] headers = record.headers().toArray();
        if (headers.length == 0) {
            return List.of();
        }
        List<RawRecord.Header> all = new ArrayList<>(headers.length);
        for (Header header : headers) {
            all.add(new RawRecord.Header(header.key(), header.value()));
        }
        return all;
    }

    @Override
    public TypeInformation<RawRecord> getProducedType() {
        return TypeInformation.of(RawRecord.class);
    }
}
