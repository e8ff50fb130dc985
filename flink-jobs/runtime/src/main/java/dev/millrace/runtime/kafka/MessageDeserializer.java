package dev.millrace.runtime.kafka;

import dev.millrace.contract.IdentityMessage;
import dev.millrace.core.event.RejectionReason;
import dev.millrace.core.identity.IdentityRules;
import dev.millrace.core.identity.Message;
import dev.millrace.runtime.binary.BinaryType;
import dev.millrace.runtime.config.MillraceConfig.RegistryOptions;
import java.util.List;
import org.apache.avro.generic.IndexedRecord;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.metrics.Counter;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads {@code millrace.identity-loop}. Nobody but StitchJob should write there: what can't be read, or names what can't
 * be an identifier, is logged, counted and left, since a job that stopped at it would stop for good.
 */
final class MessageDeserializer implements KafkaRecordDeserializationSchema<Message> {
    private static final Logger LOG = LoggerFactory.getLogger(MessageDeserializer.class);
    /** Far above any identifier's, and well below what can be passed on inside the job. In UTF-16 characters. */
    static final int MAX_NAME_CHARS = 2048;

    private final RegistryOptions registryOptions;
    private transient AvroDecoder<IdentityMessage> avro;
    private transient Counter unreadable;

    MessageDeserializer(RegistryOptions registryOptions) {
        this.registryOptions = registryOptions;
    }

    @Override
    public void open(DeserializationSchema.InitializationContext context) {
        NativeLz4.load();
        avro = new AvroDecoder<>(IdentityMessage.class, new SchemaRegistry(registryOptions));
        unreadable = context.getMetricGroup().addGroup("millrace").counter("loop_messages_unreadable");
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<Message> out) {
        try {
            out.collect(message(record.value()));
        } catch (UndecodableException e) {
            LOG.warn(
                    "{}-{} offset {} is no message: {}",
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    e.getMessage());
            unreadable.inc();
        }
    }

    private Message message(byte[] value) throws UndecodableException {
        if (value == null) {
            throw new UndecodableException(RejectionReason.EMPTY, "the record has no value");
        }
        IdentityMessage message = avro.decode(value);
        checkNames(message);
        return MessageContract.fromContract(message);
    }

    /** All texts of a message are identifiers, and all its lists are paths. */
    private static void checkNames(Object part) throws UndecodableException {
        if (part instanceof String name) {
            if (name.isEmpty() || name.length() > MAX_NAME_CHARS) {
                throw new UndecodableException(
                        RejectionReason.MALFORMED, "it names an identifier of " + name.length() + " characters");
            }
        } else if (part instanceof List<?> path) {
            if (path.size() > IdentityRules.MOST_PATH) {
                throw new UndecodableException(RejectionReason.MALFORMED, "it has a path of " + path.size() + " links");
            }
            for (Object link : path) {
                checkNames(link);
            }
        } else if (part instanceof IndexedRecord record) {
            for (int i = 0; i < record.getSchema().getFields().size(); i++) {
                checkNames(record.get(i));
            }
        }
    }

    @Override
    public TypeInformation<Message> getProducedType() {
        return BinaryType.MESSAGE;
    }
}
