package dev.millrace.runtime.kafka;

import dev.millrace.contract.CustomerEvent;
import dev.millrace.contract.StitchedRecord;
import dev.millrace.core.event.Event;
import dev.millrace.core.identity.Decision;
import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.runtime.config.MillraceConfig.RawFormat;
import dev.millrace.runtime.config.MillraceConfig.RawTopic;
import dev.millrace.runtime.config.MillraceConfig.RegistryOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;

/**
 * What sources and sinks read and write records with, without the sources and sinks: in their package, since nothing but a
 * benchmark has use for the one without the other. Schemas come from a registry of its own; once a deserializer has read a
 * record it asks no more, and this may be closed.
 */
public final class WireFormats implements AutoCloseable {
    /** A raw topic with events in Avro. */
    public static final String AVRO = "avro";

    /** A raw topic with events in the JSON of the Segment HTTP API. */
    public static final String JSON = "json";

    private final FakeRegistry registry;
    private final RegistryOptions registryOptions;
    private final AvroEncoder<CustomerEvent> raw;
    private final StitchedSerializer stitched;

    public WireFormats() throws IOException {
        registry = new FakeRegistry();
        registryOptions = registry.options(false);
        raw = new AvroEncoder<>(CustomerEvent.getClassSchema(), registry.add(CustomerEvent.getClassSchema()));
        stitched = new StitchedSerializer("stitched", registryOptions);
        stitched.open(registry.add(StitchedRecord.getClassSchema()), 0);
    }

    /** An event as a record's value in topic {@link #AVRO}. */
    public byte[] raw(Event event) {
        return raw.encode(EventContract.toContract(event));
    }

    /** What an actor decided as a value in {@code millrace.stitched}. */
    public byte[] stitched(Decision decision) {
        return stitched.value(decision, decision.identifier().getBytes(StandardCharsets.UTF_8));
    }

    /** Reads raw topics as StitchJob does. */
    public KafkaRecordDeserializationSchema<RawEvent> events(MillraceConfig config) {
        RawEventDeserializer deserializer = new RawEventDeserializer(
                List.of(new RawTopic(AVRO, RawFormat.AVRO), new RawTopic(JSON, RawFormat.JSON)),
                registryOptions,
                config.stitch().maxFuture());
        deserializer.open(null);
        return deserializer;
    }

    /** Reads {@code millrace.stitched} as MeasureJob does. */
    public KafkaRecordDeserializationSchema<StitchedRead> attributions(MillraceConfig config) {
        StitchedDeserializer deserializer = new StitchedDeserializer(
                registryOptions,
                config.measure().catalogue(),
                config.measure().journeys().enabled() ? config.measure().sessions() : null);
        deserializer.open(null);
        return deserializer;
    }

    @Override
    public void close() {
        registry.close();
    }
}
