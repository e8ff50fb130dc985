package dev.millrace.runtime.kafka;

import dev.millrace.contract.RejectedRecord;
import dev.millrace.core.event.RejectionReason;
import dev.millrace.runtime.config.MillraceConfig.RegistryOptions;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.metrics.Counter;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads {@code millrace.rejected}. What is no dead letter there is logged, counted and left: nobody reads those of it. */
final class DeadLetterDeserializer implements KafkaRecordDeserializationSchema<DeadLetter> {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterDeserializer.class);

    private final RegistryOptions registryOptions;
    private transient AvroDecoder<RejectedRecord> avro;
    private transient Counter unreadable;

    DeadLetterDeserializer(RegistryOptions registryOptions) {
        this.registryOptions = registryOptions;
    }

    @Override
    public void open(DeserializationSchema.InitializationContext context) {
        NativeLz4.load();
        avro = new AvroDecoder<>(RejectedRecord.class, new SchemaRegistry(registryOptions));
        unreadable = context.getMetricGroup().addGroup("millrace").counter("dead_letters_unreadable");
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<DeadLetter> out) {
        try {
            if (record.value() == null) {
                throw new UndecodableException(RejectionReason.EMPTY, "the record has no value");
            }
            RejectedRecord letter = avro.decode(record.value());
            out.collect(new DeadLetter(
                    letter.getTopic()
                            + '/'
                            + letter.getPartition()
                            + '/'
                            + letter.getStage()
                            + '/'
                            + record.partition(),
                    letter.getOffset(),
                    letter.getReason(),
                    record.timestamp()));
        } catch (UndecodableException e) {
            LOG.warn(
                    "{}-{} offset {} is no dead letter: {}",
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    e.getMessage());
            unreadable.inc();
        }
    }

    @Override
    public TypeInformation<DeadLetter> getProducedType() {
        return TypeInformation.of(DeadLetter.class);
    }
}
