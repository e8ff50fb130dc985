package dev.millrace.peers.streams;

import dev.millrace.contract.CustomerEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.state.Stores;

/**
 * Events by type and name a minute, people an hour.
 *
 * <pre>
 * raw ─┬─▶ drop copies ─by type and name─▶ count a minute ─▶ peer.events
 *      ├─by device─▶ attribute devices ─┐
 *      └─────────────────────by person──┴▶ there in the hour ─by hour─▶ count ─▶ peer.people
 * </pre>
 *
 * Keys of what is written: {@code window start|type|event} and {@code window start}; values: the number, 8 bytes.
 */
final class StreamsTopology {
    static final String EVENTS = "peer.events";
    static final String PEOPLE = "peer.people";
    /** How far behind event time windows still change. */
    static final Duration HORIZON = Duration.ofDays(7);

    private static final Set<String> TYPES = Set.of("track", "page", "screen", "identify", "group", "alias");

    private StreamsTopology() {}

    /**
     * Adds all of it to a builder.
     *
     * @param topic raw events
     * @param read counts them
     */
    static void define(
            StreamsBuilder builder,
            String topic,
            Deserializer<CustomerEvent> events,
            boolean inMemory,
            LongAdder read) {
        KStream<byte[], CustomerEvent> usable = builder.stream(
                        topic,
                        Consumed.with(
                                        Serdes.ByteArray(),
                                        Serdes.serdeFrom(
                                                (name, event) -> {
                                                    throw new UnsupportedOperationException("raw events are only read");
                                                },
                                                events))
                                .withTimestampExtractor(new Happened()))
                .peek((key, event) -> read.increment())
                .filter((key, event) -> event != null && isUsable(event));
        count(builder, usable, inMemory);
        people(builder, usable, inMemory);
    }

    private static void count(StreamsBuilder builder, KStream<byte[], CustomerEvent> usable, boolean inMemory) {
        Duration retention = DropCopies.WINDOW.multipliedBy(2);
        builder.addStateStore(Stores.windowStoreBuilder(
                inMemory
                        ? Stores.inMemoryWindowStore(DropCopies.STORE, retention, DropCopies.WINDOW, false)
                        : Stores.persistentWindowStore(DropCopies.STORE, retention, DropCopies.WINDOW, false),
                Serdes.String(),
                Serdes.ByteArray()));
        usable.processValues(DropCopies::new, DropCopies.STORE)
                .map((key, event) -> KeyValue.pair(event.getType() + '|' + text(event.getEvent()), ""))
                .groupByKey(Grouped.with("events", Serdes.String(), Serdes.String()))
                .windowedBy(TimeWindows.ofSizeAndGrace(Duration.ofMinutes(1), HORIZON))
                .count(counts(inMemory))
                .toStream((window, count) -> window.window().startTime() + "|" + window.key())
                .to(EVENTS, Produced.with(Serdes.String(), Serdes.Long()));
    }

    private static void people(StreamsBuilder builder, KStream<byte[], CustomerEvent> usable, boolean inMemory) {
        builder.addStateStore(Stores.keyValueStoreBuilder(
                        inMemory
                                ? Stores.inMemoryKeyValueStore(AttributeDevices.STORE)
                                : Stores.persistentKeyValueStore(AttributeDevices.STORE),
                        Serdes.String(),
                        Device.serde())
                .withCachingEnabled());
        KStream<String, Long> unknown = usable.filter((key, event) -> event.getAnonymousId() != null)
                .map((key, event) -> KeyValue.pair(event.getAnonymousId(), text(event.getUserId())))
                .repartition(
                        Repartitioned.with(Serdes.String(), Serdes.String()).withName("devices"))
                .process(AttributeDevices::new, AttributeDevices.STORE);
        KStream<String, Long> known = usable.filter((key, event) -> event.getUserId() != null)
                .map((key, event) -> KeyValue.pair(event.getUserId(), 1L));
        known.merge(unknown)
                .groupByKey(Grouped.with("people", Serdes.String(), Serdes.Long()))
                .windowedBy(TimeWindows.ofSizeAndGrace(Duration.ofHours(1), HORIZON))
                // No sum and not zero: the first one would be told as a change from zero, and be taken back below.
                .aggregate(() -> null, (person, change, sum) -> sum(change, sum), counts(inMemory))
                .groupBy(
                        (person, sum) -> KeyValue.pair(
                                Instant.ofEpochMilli(person.window().start()).toString(), ""),
                        Grouped.with("hours", Serdes.String(), Serdes.String()))
                .count(counts(inMemory))
                .toStream()
                .to(PEOPLE, Produced.with(Serdes.String(), Serdes.Long()));
    }

    private static <S extends StateStore> Materialized<String, Long, S> counts(boolean inMemory) {
        return Materialized.<String, Long, S>as(
                        inMemory ? Materialized.StoreType.IN_MEMORY : Materialized.StoreType.ROCKS_DB)
                .withKeySerde(Serdes.String())
                .withValueSerde(Serdes.Long());
    }

    private static boolean isUsable(CustomerEvent event) {
        return TYPES.contains(event.getType()) && (event.getUserId() != null || event.getAnonymousId() != null);
    }

    /** @param sum null: none yet, so that there is nobody; returns null where nobody is left */
    private static Long sum(long change, Long sum) {
        long present = sum == null ? change : sum + change;
        return present == 0 ? null : (Long) present;
    }

    private static String text(String value) {
        return value == null ? "" : value;
    }
}
