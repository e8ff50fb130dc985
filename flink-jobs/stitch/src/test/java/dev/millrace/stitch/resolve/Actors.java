package dev.millrace.stitch.resolve;

import dev.millrace.core.identity.Arrival;
import dev.millrace.core.identity.Decision;
import dev.millrace.core.identity.IdentityRules;
import dev.millrace.core.identity.Message;
import dev.millrace.runtime.binary.BinaryType;
import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.runtime.config.MillraceConfig.StitchOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.TestableKeyedStateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;

/** The operator in Flink's harness, with the loop from what actors tell to what they are told. */
final class Actors implements AutoCloseable {
    final KeyedTwoInputStreamOperatorTestHarness<String, Arrival, Message, Decision> harness;
    /** Told, but not arrived yet. */
    final List<Message> underWay = new ArrayList<>();

    /** All that was ever told. */
    final List<Message> sent = new ArrayList<>();

    private Actors(ResolveFunction function, StateBackend backend) throws Exception {
        harness = new KeyedTwoInputStreamOperatorTestHarness<>(
                new ResolveOperator(function), Arrival::leaf, Message::to, BinaryType.TEXT);
        harness.setStateBackend(backend);
        harness.setup(BinaryType.DECISION.createSerializer(
                harness.getExecutionConfig().getSerializerConfig()));
    }

    static Actors fresh(StitchOptions options, IdentityRules rules, StateBackend backend) throws Exception {
        Actors actors = new Actors(function(options, rules, backend, System::currentTimeMillis), backend);
        actors.harness.open();
        return actors;
    }

    /** Restored, at a time by the wall clock, with messages that were under way or have been sent since. */
    static Actors restored(
            OperatorSubtaskState snapshot,
            List<Message> underWay,
            StitchOptions options,
            IdentityRules rules,
            StateBackend backend,
            ResolveFunction.Clock clock)
            throws Exception {
        Actors actors = new Actors(function(options, rules, backend, clock), backend);
        actors.harness.initializeState(snapshot);
        actors.harness.open();
        actors.underWay.addAll(underWay);
        return actors;
    }

    /** With few actors held where they are: so few that they often have to make room. */
    private static ResolveFunction function(
            StitchOptions options, IdentityRules rules, StateBackend backend, ResolveFunction.Clock clock) {
        MillraceConfig.StateBackend option = backend instanceof HashMapStateBackend
                ? MillraceConfig.StateBackend.HASHMAP
                : MillraceConfig.StateBackend.ROCKSDB;
        return new ResolveFunction(options, rules, Duration.ofDays(7), option, 3, clock);
    }

    /** A checkpoint, as Flink takes it. */
    OperatorSubtaskState checkpoint() throws Exception {
        harness.prepareSnapshotPreBarrier(1);
        return harness.snapshot(1, 1);
    }

    /** Keys that have state, of each state. */
    int entries() {
        return ((TestableKeyedStateBackend<?>) harness.getOperator().getKeyedStateBackend()).numKeyValueStateEntries();
    }

    /** An event arrives, and time goes on: every now and then something is written to state meanwhile. */
    void arrive(Arrival arrival) throws Exception {
        harness.setProcessingTime(harness.getProcessingTime() + 40);
        harness.processElement1(arrival, 0);
        take();
    }

    /** One of the messages arrives. */
    void tell(Random random) throws Exception {
        harness.processElement2(underWay.remove(random.nextInt(underWay.size())), 0);
        take();
    }

    /** All messages arrive, and those that they cause. */
    void settle(Random random) throws Exception {
        while (!underWay.isEmpty()) {
            tell(random);
        }
    }

    /** What was decided so far. */
    List<Decision> decisions() {
        return harness.extractOutputValues();
    }

    private void take() {
        var telling = harness.getSideOutput(ResolveFunction.TELLING);
        if (telling == null) {
            return;
        }
        List<Message> told = telling.stream().map(StreamRecord::getValue).toList();
        List<Message> added = told.subList(sent.size(), told.size());
        underWay.addAll(added);
        sent.addAll(added);
    }

    @Override
    public void close() throws Exception {
        harness.close();
    }
}
