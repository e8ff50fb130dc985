package dev.millrace.measure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.catalogue.ReadableCatalogue;
import dev.millrace.core.metric.Measuring;
import dev.millrace.core.metric.Observation;
import dev.millrace.core.metric.ProfileChange;
import dev.millrace.core.metric.TotalDelta;
import dev.millrace.core.metric.TotalKey;
import dev.millrace.core.store.MetricRow;
import dev.millrace.measure.attribute.AttributeOperator;
import dev.millrace.measure.contribute.ContributeOperator;
import dev.millrace.measure.total.TotalOperator;
import dev.millrace.runtime.binary.BinaryType;
import dev.millrace.runtime.config.MillraceConfig;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.CheckpointType;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.SavepointType;
import org.apache.flink.runtime.checkpoint.SnapshotType;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.TestableKeyedStateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.runtime.state.storage.JobManagerCheckpointStorage;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;

/**
 * The stages of measuring, each in Flink's harness for operators, one after the other: contribute, attribute, total, and a
 * store. What a leaf tells a profile is under way until somebody lets it be heard; words of several leaves overtake each
 * other, and so do a leaf's to several profiles.
 */
public final class Stages implements AutoCloseable {
    public static final long FLUSH_MILLIS = 500;
    private static final long COMBINE_MILLIS = 100;
    /** Few, so that on disk there is often no room. */
    private static final int HELD = 3;

    /** Where state is kept. */
    public enum Backend {
        HEAP,
        ROCKSDB;

        public StateBackend create() {
            return this == HEAP ? new HashMapStateBackend() : new EmbeddedRocksDBStateBackend();
        }

        public MillraceConfig.StateBackend option() {
            return this == HEAP ? MillraceConfig.StateBackend.HASHMAP : MillraceConfig.StateBackend.ROCKSDB;
        }
    }

    /** A checkpoint or savepoint of all stages. */
    record Snapshot(OperatorSubtaskState contribute, OperatorSubtaskState attribute, OperatorSubtaskState total) {
        long sizeBytes() {
            return contribute.getStateSize() + attribute.getStateSize() + total.getStateSize();
        }
    }

    private record Channel(long leaf, String profileId) {}

    final KeyedOneInputStreamOperatorTestHarness<String, Observation, TotalDelta> contribute;
    final KeyedOneInputStreamOperatorTestHarness<String, ProfileChange, TotalDelta> attribute;
    final KeyedOneInputStreamOperatorTestHarness<TotalKey, TotalDelta, MetricRow> total;

    private final Random random;
    private final Map<Channel, Deque<ProfileChange>> underWay = new LinkedHashMap<>();
    private final Deque<TotalDelta> deltas = new ArrayDeque<>();
    private long clockMillis;
    private long checkpoints;

    /**
     * Opens the stages.
     *
     * @param from what to go on from; null: nothing
     * @param clockMillis what the clock says by now
     */
    Stages(
            Measuring rules,
            ReadableCatalogue catalogue,
            Backend backend,
            StoreInMemory store,
            Random random,
            Snapshot from,
            long clockMillis)
            throws Exception {
        this.random = random;
        this.clockMillis = clockMillis;
        contribute = new KeyedOneInputStreamOperatorTestHarness<>(
                new ContributeOperator(rules, catalogue, backend.option(), HELD, false),
                Observation::identifier,
                BinaryType.TEXT);
        contribute.setOutputCreator(ignored -> new Catching<>(BinaryType.TOTAL_DELTA, deltas::add)
                .side(ContributeOperator.CHANGES, change -> underWay.computeIfAbsent(
                                new Channel(change.leaf(), change.profileId()), channel -> new ArrayDeque<>())
                        .add(change)));
        attribute = new KeyedOneInputStreamOperatorTestHarness<>(
                new AttributeOperator(rules, backend.option(), HELD, store), ProfileChange::profileId, BinaryType.TEXT);
        attribute.setOutputCreator(ignored ->
                new Catching<>(BinaryType.TOTAL_DELTA, deltas::add).side(AttributeOperator.SESSIONS, store::write));
        total = new KeyedOneInputStreamOperatorTestHarness<>(
                new TotalOperator(rules, FLUSH_MILLIS, store, List.of()), TotalDelta::key, BinaryType.TOTAL_KEY);
        total.setOutputCreator(ignored -> new Catching<>(TypeInformation.of(MetricRow.class), store::write));
        open(contribute, backend, from == null ? null : from.contribute(), clockMillis);
        open(attribute, backend, from == null ? null : from.attribute(), clockMillis);
        open(total, backend, from == null ? null : from.total(), clockMillis);
    }

    private static <T> void open(
            KeyedOneInputStreamOperatorTestHarness<?, ?, T> harness,
            Backend backend,
            OperatorSubtaskState from,
            long clockMillis)
            throws Exception {
        harness.setStateBackend(backend.create());
        harness.setCheckpointStorage(new JobManagerCheckpointStorage(Integer.MAX_VALUE));
        harness.setProcessingTime(clockMillis);
        harness.setup();
        if (from != null) {
            harness.initializeState(from);
        }
        harness.open();
    }

    /** A record comes; what it tells profiles is under way. */
    void take(Observation record) throws Exception {
        contribute.processElement(new StreamRecord<>(record));
        sum();
    }

    /** Some of what is to be told is told, and some of what is under way is heard. */
    void hearSome() throws Exception {
        if (random.nextInt(4) == 0) {
            pass(COMBINE_MILLIS);
        }
        while (!underWay.isEmpty() && random.nextBoolean()) {
            hearOne();
        }
    }

    private void hearAll() throws Exception {
        while (!underWay.isEmpty()) {
            hearOne();
        }
    }

    private void hearOne() throws Exception {
        Channel channel = underWay.keySet().iterator().next();
        if (random.nextInt(8) == 0) {
            List<Channel> all = List.copyOf(underWay.keySet());
            channel = all.get(random.nextInt(all.size()));
        }
        Deque<ProfileChange> words = underWay.get(channel);
        attribute.processElement(new StreamRecord<>(words.remove()));
        if (words.isEmpty()) {
            underWay.remove(channel);
        }
        sum();
    }

    private void sum() throws Exception {
        while (!deltas.isEmpty()) {
            total.processElement(new StreamRecord<>(deltas.remove()));
        }
    }

    /** Event time comes so far. */
    void watermark(long millis) throws Exception {
        contribute.processWatermark(new Watermark(millis));
        hearAll();
        sum();
        attribute.processWatermark(new Watermark(millis));
        sum();
        total.processWatermark(new Watermark(millis));
    }

    /** The clock goes on. */
    void pass(long millis) throws Exception {
        clockMillis += millis;
        contribute.setProcessingTime(clockMillis);
        attribute.setProcessingTime(clockMillis);
        sum();
        total.setProcessingTime(clockMillis);
    }

    /** All is heard, and in the store. */
    void settle() throws Exception {
        pass(COMBINE_MILLIS);
        hearAll();
        pass(COMBINE_MILLIS);
        pass(FLUSH_MILLIS);
    }

    /** A checkpoint, as Flink takes it: the barrier comes after all that was sent before it. */
    Snapshot checkpoint() throws Exception {
        return snapshot(CheckpointType.CHECKPOINT);
    }

    /** A savepoint in the form of all backends: what is kept, and nothing of what a backend has not cleaned up yet. */
    Snapshot savepoint() throws Exception {
        return snapshot(SavepointType.savepoint(SavepointFormatType.CANONICAL));
    }

    private Snapshot snapshot(SnapshotType type) throws Exception {
        long id = ++checkpoints;
        contribute.prepareSnapshotPreBarrier(id);
        hearAll();
        attribute.prepareSnapshotPreBarrier(id);
        sum();
        total.prepareSnapshotPreBarrier(id);
        return new Snapshot(
                contribute.snapshotWithLocalState(id, clockMillis, type).getJobManagerOwnedState(),
                attribute.snapshotWithLocalState(id, clockMillis, type).getJobManagerOwnedState(),
                total.snapshotWithLocalState(id, clockMillis, type).getJobManagerOwnedState());
    }

    long clockMillis() {
        return clockMillis;
    }

    /** Keys that have state, in all stages. */
    int entries() {
        return entries(contribute) + entries(attribute) + entries(total);
    }

    /** Keys that have state, of each state, in a harness. */
    public static int entries(AbstractStreamOperatorTestHarness<?> harness) {
        return ((TestableKeyedStateBackend<?>) harness.getOperator().getKeyedStateBackend()).numKeyValueStateEntries();
    }

    /** Of a harness in RocksDB with so many keys, each with a value at hand that is in no state yet, and with a timer. */
    public static void assertWrittenAfterTheBarrier(AbstractStreamOperatorTestHarness<?> harness, int keys)
            throws Exception {
        int before = entries(harness);
        harness.prepareSnapshotPreBarrier(1);
        assertThat(entries(harness)).isEqualTo(before);
        harness.snapshot(1, 1);
        assertThat(entries(harness) - before).as("and a timer for each").isEqualTo(keys + keys);
    }

    /** Timers of event time, in all stages. */
    int timers() {
        return contribute.numEventTimeTimers() + attribute.numEventTimeTimers() + total.numEventTimeTimers();
    }

    @Override
    public void close() throws Exception {
        for (KeyedOneInputStreamOperatorTestHarness<?, ?, ?> harness : List.of(contribute, attribute, total)) {
            harness.close();
        }
    }

    /** For operators alone: one in a harness whose records go to {@code output}. */
    public static <K, I, T, O extends AbstractStreamOperator<T> & OneInputStreamOperator<I, T>>
            KeyedOneInputStreamOperatorTestHarness<K, I, T> open(
                    O operator,
                    KeySelector<I, K> key,
                    TypeInformation<K> keyType,
                    Catching<T> output,
                    Backend backend,
                    OperatorSubtaskState from)
                    throws Exception {
        KeyedOneInputStreamOperatorTestHarness<K, I, T> harness =
                new KeyedOneInputStreamOperatorTestHarness<>(operator, key, keyType);
        harness.setOutputCreator(ignored -> output);
        open(harness, backend, from, 0);
        return harness;
    }
}
