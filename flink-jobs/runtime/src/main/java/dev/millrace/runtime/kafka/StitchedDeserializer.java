package dev.millrace.runtime.kafka;

import dev.millrace.contract.StitchedRecord;
import dev.millrace.core.catalogue.CatalogueReader;
import dev.millrace.core.catalogue.DimensionValues;
import dev.millrace.core.catalogue.Hit;
import dev.millrace.core.catalogue.OriginReader;
import dev.millrace.core.catalogue.ReadableCatalogue;
import dev.millrace.core.catalogue.SessionRows;
import dev.millrace.core.event.Envelope;
import dev.millrace.core.event.Envelope.Field;
import dev.millrace.core.event.Event;
import dev.millrace.core.event.EventType;
import dev.millrace.core.event.MessageIds;
import dev.millrace.core.event.Rejected;
import dev.millrace.core.event.RejectionReason;
import dev.millrace.core.identity.Attribution;
import dev.millrace.core.identity.LinkKey;
import dev.millrace.core.identity.Standing;
import dev.millrace.core.metric.Observation;
import dev.millrace.core.metric.Observation.SeenEvent;
import dev.millrace.core.metric.ProfileChange;
import dev.millrace.runtime.binary.BinaryType;
import dev.millrace.runtime.config.MillraceConfig.RegistryOptions;
import dev.millrace.runtime.metric.Delay;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Reads {@code millrace.stitched} for measuring: every record comes out, decodable or not. Of an event only what the
 * catalogue asks for is ever decoded; records of another version of the contract are brought to today's first.
 */
final class StitchedDeserializer implements KafkaRecordDeserializationSchema<StitchedRead> {
    private static final String STAGE = "measure";
    private static final long CONTRACT = SchemaNormalization.parsingFingerprint64(StitchedRecord.getClassSchema());
    /** Flink's own limit of parallelism. */
    private static final int MAX_WRITERS = 1 << 15;
    /** More raw topics than this are not remembered. */
    private static final int MOST_TOPICS = 100;

    private final RegistryOptions registryOptions;
    private final ReadableCatalogue catalogue;
    private final SessionRows journeys;

    private transient SchemaRegistry registry;
    private transient AvroDecoder<StitchedRecord> decoder;
    private transient AvroEncoder<StitchedRecord> encoder;
    /** By schema id: whether its binary form is that of the contract. */
    private transient Map<Integer, Boolean> isContract;

    private transient CatalogueReader reader;
    private transient OriginReader origins;
    private transient Envelope envelope;
    private transient AvroBytes bytes;
    /** Null: nobody looks at metrics. */
    private transient Delay receivedToStitched;

    private transient Counter fieldsUnreadable;
    /** By topic and partition: how they are written as one. */
    private transient Map<String, Map<Integer, String>> partitions;

    /** @param journeys where events say what journeys ask for; null: they are not kept */
    StitchedDeserializer(RegistryOptions registryOptions, ReadableCatalogue catalogue, SessionRows journeys) {
        this.registryOptions = registryOptions;
        this.catalogue = catalogue;
        this.journeys = journeys;
    }

    @Override
    public void open(DeserializationSchema.InitializationContext context) {
        NativeLz4.load();
        registry = new SchemaRegistry(registryOptions);
        decoder = new AvroDecoder<>(StitchedRecord.class, registry);
        encoder = new AvroEncoder<>(StitchedRecord.getClassSchema(), 0);
        isContract = new HashMap<>();
        reader = catalogue.reader();
        origins = journeys == null ? null : new OriginReader(journeys);
        envelope = new Envelope();
        bytes = new AvroBytes();
        partitions = new HashMap<>();
        fieldsUnreadable = new SimpleCounter();
        if (context != null) {
            MetricGroup metrics = context.getMetricGroup().addGroup("millrace");
            metrics.counter("fields_unreadable", fieldsUnreadable);
            receivedToStitched = Delay.in(metrics, "received_to_stitched_millis");
        }
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<StitchedRead> out) {
        byte[] value = record.value();
        if (value == null) {
            out.collect(rejected(record, RejectionReason.EMPTY, "the record has no value"));
            return;
        }
        try {
            StitchedRead read = hasContract(value) ? read(value, record.timestamp()) : null;
            if (read == null) {
                read = read(encoder.encode(decoder.decode(value)), record.timestamp());
            }
            if (read == null) {
                String why = "its event has no message id, or it names what is too long for an identifier";
                out.collect(rejected(record, RejectionReason.MALFORMED, why));
                return;
            }
            if (read.writer() < 0 || read.writer() >= read.writers() || read.writers() > MAX_WRITERS) {
                String why = "there can't be a writer " + read.writer() + " of " + read.writers();
                out.collect(rejected(record, RejectionReason.MALFORMED, why));
                return;
            }
            out.collect(read);
        } catch (UndecodableException e) {
            out.collect(rejected(record, e.reason(), e.getMessage()));
        }
    }

    private boolean hasContract(byte[] value) {
        if (value.length < AvroEncoder.HEADER_BYTES || value[0] != AvroEncoder.MAGIC) {
            return false;
        }
        int id = ByteBuffer.wrap(value, 1, 4).getInt();
        Boolean known = isContract.get(id);
        if (known == null) {
            Schema writer = registry.schema(id).orElse(null);
            if (writer == null) {
                return false; // Perhaps it is registered by the time of the next record.
            }
            known = SchemaNormalization.parsingFingerprint64(writer) == CONTRACT;
            isContract.put(id, known);
        }
        return known;
    }

    /** A record in the contract's form; null where the bytes are none. */
    private StitchedRead read(byte[] value, long appendedMillis) {
        bytes.over(value, AvroEncoder.HEADER_BYTES, value.length);
        String identifier = bytes.text();
        String profileId = bytes.text();
        Long watermark = bytes.isGiven() ? Long.valueOf(bytes.number()) : null;
        int writer = bytes.integer();
        int writers = bytes.integer();
        SeenEvent event = null;
        LinkKey link = null;
        Event withTraits = null;
        switch (bytes.integer()) {
            case StitchedSerializer.NOTHING -> {}
            case StitchedSerializer.EVENT -> {
                event = event(false, appendedMillis);
                withTraits = event == null ? null : traits();
            }
            case StitchedSerializer.DUPLICATE -> event = event(true, appendedMillis);
            case StitchedSerializer.LINK -> {
                String other = bytes.text();
                long firstSeen = bytes.number();
                link = bytes.isWhole() ? LinkKey.of(firstSeen, identifier, other) : null;
            }
            default -> bytes.fail();
        }
        Standing standing = bytes.isGiven() ? standing() : null;
        long firstSeen = bytes.isGiven() ? bytes.number() : ProfileChange.UNKNOWN;
        long term = bytes.number();
        if (!bytes.isAtEnd() || !areNames(identifier, profileId, link, standing)) {
            return null;
        }
        Attribution people = link == null && standing == null && withTraits == null
                ? null
                : new Attribution(
                        identifier,
                        profileId,
                        null,
                        0,
                        1,
                        "",
                        0,
                        0,
                        event == null ? 0 : event.timeMillis(),
                        withTraits,
                        link,
                        standing);
        return new StitchedRead(
                appendedMillis,
                watermark,
                writer,
                writers,
                new Observation(
                        identifier,
                        profileId,
                        standing == null ? null : standing.previousProfileId(),
                        firstSeen,
                        term,
                        watermark == null ? Observation.UNKNOWN_WATERMARK : watermark,
                        event,
                        people),
                null);
    }

    /** Whether all are short enough for what StitchJob writes; what is longer can't be passed on inside the job. */
    private static boolean areNames(String identifier, String profileId, LinkKey link, Standing standing) {
        return isName(identifier)
                && isName(profileId)
                && (link == null || isName(link.lesser()) && isName(link.greater()))
                && (standing == null || standing.previousProfileId() == null || isName(standing.previousProfileId()))
                && (standing == null
                        || standing.cause() == null
                        || isName(standing.cause().lesser())
                                && isName(standing.cause().greater()));
    }

    private static boolean isName(String text) {
        return text.length() <= MessageDeserializer.MAX_NAME_CHARS;
    }

    private SeenEvent event(boolean duplicate, long appendedMillis) {
        String partition = partition(bytes.text(), bytes.integer());
        long offset = bytes.number();
        long timeMillis = bytes.number();
        if (duplicate) {
            return new SeenEvent(partition, offset, timeMillis, 0, true, appendedMillis, List.of(), null, null);
        }
        int end = bytes.isWhole() ? envelope.readFrom(bytes.bytes(), bytes.position(), bytes.end()) : -1;
        if (end < 0 || !envelope.has(Field.MESSAGE_ID)) {
            bytes.fail();
            return null;
        }
        bytes.position(end);
        if (receivedToStitched != null && envelope.has(Field.RECEIVED_AT)) {
            receivedToStitched.took(appendedMillis - envelope.time(Field.RECEIVED_AT));
        }
        List<Hit> hits = new ArrayList<>(8);
        reader.read(envelope, timeMillis, hits::add);
        fieldsUnreadable.inc(reader.unreadable());
        return new SeenEvent(
                partition,
                offset,
                timeMillis,
                MessageIds.hash(envelope.text(Field.MESSAGE_ID)),
                false,
                appendedMillis,
                hits,
                origins == null ? null : DimensionValues.bounded(envelope.text(Field.TYPE)),
                origins == null || !envelope.has(Field.EVENT)
                        ? null
                        : DimensionValues.bounded(envelope.text(Field.EVENT)),
                origins == null || isOfASession(hits) ? null : origins.read(envelope));
    }

    private static boolean isOfASession(List<Hit> hits) {
        for (Hit hit : hits) {
            if (hit.metric().isSessionRows()) {
                return true;
            }
        }
        return false;
    }

    /** The traits of an identify event, and nothing else of it; null: there are none. */
    private Event traits() {
        String identify = EventType.IDENTIFY.wireName();
        if (!envelope.has(Field.TRAITS)
                || envelope.end(Field.TYPE) - envelope.start(Field.TYPE) != identify.length()
                || !identify.equals(envelope.text(Field.TYPE))) {
            return null;
        }
        String traits = envelope.text(Field.TRAITS);
        return new Event(
                null, identify, null, null, null, null, null, null, null, null, null, null, traits, null, null);
    }

    private Standing standing() {
        long firstSeen = bytes.number();
        long since = bytes.number();
        String previous = bytes.isGiven() ? bytes.text() : null;
        LinkKey cause = null;
        if (bytes.isGiven()) {
            String lesser = bytes.text();
            String greater = bytes.text();
            long causeMillis = bytes.number();
            cause = bytes.isWhole() ? LinkKey.of(causeMillis, lesser, greater) : null;
        }
        return new Standing(firstSeen, since, previous, cause, bytes.flag());
    }

    private String partition(String topic, int number) {
        if (!bytes.isWhole()) {
            return "";
        }
        if (partitions.size() > MOST_TOPICS) {
            partitions.clear();
        }
        Map<Integer, String> ofTopic = partitions.computeIfAbsent(topic, key -> new HashMap<>());
        if (ofTopic.size() > MAX_WRITERS) {
            ofTopic.clear();
        }
        return ofTopic.computeIfAbsent(number, key -> topic + '/' + key);
    }

    private static StitchedRead rejected(ConsumerRecord<byte[], byte[]> record, RejectionReason reason, String why) {
        return new StitchedRead(
                record.timestamp(),
                null,
                0,
                1,
                null,
                new Rejected(
                        record.topic(),
                        record.partition(),
                        record.offset(),
                        record.timestamp(),
                        record.key(),
                        record.value(),
                        STAGE,
                        reason,
                        why));
    }

    @Override
    public TypeInformation<StitchedRead> getProducedType() {
        return BinaryType.stitchedRead(catalogue.catalogue());
    }
}
