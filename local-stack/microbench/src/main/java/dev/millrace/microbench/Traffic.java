package dev.millrace.microbench;

import dev.millrace.core.catalogue.Hit;
import dev.millrace.core.catalogue.Metric;
import dev.millrace.core.catalogue.ReadableCatalogue;
import dev.millrace.core.catalogue.WindowSize;
import dev.millrace.core.catalogue.WindowSize.Window;
import dev.millrace.core.event.Envelope;
import dev.millrace.core.event.Envelope.Field;
import dev.millrace.core.event.Event;
import dev.millrace.core.event.MessageIds;
import dev.millrace.core.identity.Actor;
import dev.millrace.core.identity.Arrival;
import dev.millrace.core.identity.Decision;
import dev.millrace.core.identity.Identification;
import dev.millrace.core.identity.IdentityRules;
import dev.millrace.core.metric.Combiner;
import dev.millrace.core.metric.Fragment;
import dev.millrace.core.metric.Freshness;
import dev.millrace.core.metric.Leaf;
import dev.millrace.core.metric.Measuring;
import dev.millrace.core.metric.Observation;
import dev.millrace.core.metric.Profile;
import dev.millrace.core.metric.ProfileChange;
import dev.millrace.core.metric.TotalDelta;
import dev.millrace.generator.Generator;
import dev.millrace.generator.GeneratorOptions;
import dev.millrace.generator.SegmentNdjson;
import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.runtime.config.MillraceConfig.IdentityOptions;
import dev.millrace.runtime.config.MillraceConfig.KafkaOptions;
import dev.millrace.runtime.config.MillraceConfig.RegistryOptions;
import dev.millrace.runtime.kafka.RawEvent;
import dev.millrace.runtime.kafka.StitchedRead;
import dev.millrace.runtime.kafka.WireFormats;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * The generator's events as they are on each stage of the jobs: each stage's input is what the stage before made of its
 * own. The configuration is the default one.
 */
@State(Scope.Benchmark)
public class Traffic {
    private static final String STITCHED = "stitched";
    /** So many additions to rows are added up before they go on. */
    static final int COMBINED = 1000;

    /** Raw events: a day of event time, of so many people that a person has 20. */
    @Param("10000")
    public int events;

    MillraceConfig config;
    IdentityRules identity;
    ReadableCatalogue catalogue;
    Measuring measuring;
    long hotSinceMillis;

    KafkaRecordDeserializationSchema<RawEvent> rawDeserializer;
    KafkaRecordDeserializationSchema<StitchedRead> stitchedDeserializer;

    final List<ConsumerRecord<byte[], byte[]>> avro = new ArrayList<>();
    final List<ConsumerRecord<byte[], byte[]>> json = new ArrayList<>();
    final List<Envelope> envelopes = new ArrayList<>();
    final List<Arrival> arrivals = new ArrayList<>();
    final List<Decision> decisions = new ArrayList<>();
    final List<ConsumerRecord<byte[], byte[]>> stitched = new ArrayList<>();
    final List<Observation> observations = new ArrayList<>();
    final List<ProfileChange> changes = new ArrayList<>();
    final List<Addition> additions = new ArrayList<>();
    final List<TotalDelta> deltas = new ArrayList<>();

    /** Of all identifiers, as they are after the last event. */
    List<Actor> actors;
    /** How many messages they needed. */
    long told;

    /** What a profile adds to a row. */
    record Addition(Metric metric, WindowSize size, Window window, String dimensions, long[] amounts) {}

    /** Takes what a deserializer gives. */
    @FunctionalInterface
    interface Each<T> extends Collector<T> {
        @Override
        default void close() {}
    }

    @Setup(Level.Trial)
    public void make() throws IOException {
        config = new MillraceConfig(
                new KafkaOptions("none", null),
                new RegistryOptions("none", null, null),
                null,
                null,
                null,
                new IdentityOptions("a secret of nobody", null, null, null, null),
                null,
                null,
                null);
        identity = config.identity().rules();
        catalogue = config.measure().catalogue();
        measuring = new Measuring(
                catalogue.catalogue(),
                config.measure().hotHorizon().toMillis(),
                config.stitch().dedupeWindow().toMillis(),
                config.stitch().dedupeMaxIds(),
                Measuring.MOST_AN_HOUR,
                config.measure().peopleInterval().toMillis());
        hotSinceMillis = measuring.hotSince(GeneratorOptions.DEFAULT_START.toEpochMilli());
        try (WireFormats formats = new WireFormats()) {
            rawDeserializer = formats.events(config);
            stitchedDeserializer = formats.attributions(config);
            generate(formats);
            stitch(formats);
        }
        measure();
    }

    private void generate(WireFormats formats) throws IOException {
        Generator generator = Generator.of(GeneratorOptions.ofSeed(1)
                .withPeople(Math.max(1, events / 20))
                .withEventsPerSecond(events / 86_400.0)
                .withEvents(events)
                .withMalformed(0));
        Identification identification = identity.identification();
        for (int i = 0; i < events; i++) {
            Event event = generator.next().event();
            avro.add(record(WireFormats.AVRO, i, event.receivedAtMillis(), formats.raw(event)));
            byte[] text = SegmentNdjson.write(event).getBytes(StandardCharsets.UTF_8);
            json.add(record(WireFormats.JSON, i, event.receivedAtMillis(), text));
            Each<RawEvent> refine = raw -> {
                envelopes.add(envelope(raw.envelope().copy()));
                arrivals.add(arrival(raw, identification));
            };
            rawDeserializer.deserialize(avro.get(i), refine);
        }
    }

    private static ConsumerRecord<byte[], byte[]> record(String topic, long offset, long appendedMillis, byte[] value) {
        return new ConsumerRecord<>(
                topic,
                0,
                offset,
                appendedMillis,
                TimestampType.CREATE_TIME,
                0,
                value.length,
                null,
                value,
                new RecordHeaders(),
                Optional.empty());
    }

    private static Envelope envelope(byte[] avro) {
        Envelope envelope = new Envelope();
        envelope.read(avro, 0, avro.length);
        return envelope;
    }

    private static Arrival arrival(RawEvent raw, Identification identification) {
        if (!raw.isEvent() || !identification.find(raw.envelope())) {
            throw new IllegalStateException("not a usable event: " + raw.problem());
        }
        byte[] value = raw.envelope().with(identification.replacements());
        Envelope event = envelope(value);
        return new Arrival(
                identification.leaf(),
                identification.others(),
                identification.alias(),
                MessageIds.hash(value, event.start(Field.MESSAGE_ID), event.end(Field.MESSAGE_ID)),
                raw.eventTimeMillis(),
                raw.topic(),
                raw.partition(),
                raw.offset(),
                value,
                0,
                value.length);
    }

    private void stitch(WireFormats formats) throws IOException {
        Network network = new Network(identity, config.stitch());
        long watermark = Long.MIN_VALUE;
        for (Arrival arrival : arrivals) {
            watermark = Math.max(
                    watermark,
                    arrival.eventTimeMillis() - config.stitch().outOfOrderness().toMillis());
            decisions.addAll(network.take(arrival, watermark));
        }
        actors = network.actors();
        told = network.told();
        for (Decision decision : decisions) {
            ConsumerRecord<byte[], byte[]> record =
                    record(STITCHED, stitched.size(), decision.watermarkMillis(), formats.stitched(decision));
            stitched.add(record);
            Each<StitchedRead> observe = read -> observations.add(read.observation());
            stitchedDeserializer.deserialize(record, observe);
        }
    }

    private void measure() {
        Combiner combiner = new Combiner();
        Leaves leaves = new Leaves(measuring, hotSinceMillis);
        Profiles profiles = new Profiles(measuring);
        Profile.Output rows = new Profile.Output() {
            @Override
            public void add(Metric metric, WindowSize size, Window window, String dimensions, long[] amounts) {
                additions.add(new Addition(metric, size, window, dimensions, amounts.clone()));
                combiner.add(metric, size, window, dimensions, amounts);
            }

            @Override
            public void session(Fragment session) {}

            @Override
            public void noSession(long startMillis) {}
        };
        Leaf.Output words = new Leaf.Output() {
            @Override
            public void change(ProfileChange change) {
                changes.add(change);
                profiles.take(change, rows);
            }

            @Override
            public void count(Hit hit, long timeMillis) {
                combiner.count(hit.metric(), hit.dimensions(), timeMillis, hit.micros());
            }
        };
        for (Observation observation : observations) {
            leaves.take(observation, words);
            if (combiner.size() >= COMBINED) {
                combiner.flush(Freshness.UNKNOWN, deltas::add);
            }
        }
        combiner.flush(Freshness.UNKNOWN, deltas::add);
    }
}
