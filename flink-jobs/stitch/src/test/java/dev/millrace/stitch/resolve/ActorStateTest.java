package dev.millrace.stitch.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.identity.Actor;
import dev.millrace.runtime.binary.BinaryType;
import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.runtime.state.StateCache;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.SavepointType;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.Collector;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An actor's state through a savepoint, from each way of keeping it to each other one. */
class ActorStateTest {
    /** How state is kept. */
    enum Keeping {
        /** As an object on the heap, as an earlier version had it. */
        OBJECTS,
        HASHMAP,
        ROCKSDB;

        private StateBackend backend() {
            return this == ROCKSDB ? new EmbeddedRocksDBStateBackend() : new HashMapStateBackend();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "OBJECTS, HASHMAP",
        "OBJECTS, ROCKSDB",
        "HASHMAP, HASHMAP",
        "HASHMAP, ROCKSDB",
        "ROCKSDB, HASHMAP",
        "ROCKSDB, ROCKSDB"
    })
    void actorsAreWhoTheyWere(Keeping before, Keeping after) throws Exception {
        OperatorSubtaskState savepoint;
        try (var harness = open(before, null)) {
            for (int i = 0; i < 30; i++) {
                harness.processElement("user_id:" + i % 10, 0);
            }
            savepoint = savepoint(harness);
        }
        for (int again = 0; again < 2; again++) { // What was restored is saved again, touched or not.
            try (var harness = open(after, savepoint)) {
                for (int i = 0; i < 5; i++) {
                    harness.processElement("user_id:" + i, 0);
                }
                harness.processElement("user_id:new", 0);
                int messages = 4 + again;
                assertThat(harness.extractOutputValues())
                        .containsExactly(
                                "user_id:0 " + messages,
                                "user_id:1 " + messages,
                                "user_id:2 " + messages,
                                "user_id:3 " + messages,
                                "user_id:4 " + messages,
                                "user_id:new " + (1 + again));
                savepoint = savepoint(harness);
            }
        }
        try (var harness = open(after, savepoint)) {
            harness.processElement("user_id:9", 0);
            assertThat(harness.extractOutputValues()).as("never touched").isEqualTo(List.of("user_id:9 4"));
        }
    }

    private static OperatorSubtaskState savepoint(
            KeyedOneInputStreamOperatorTestHarness<String, String, String> harness) throws Exception {
        return harness.snapshotWithLocalState(1, 1, SavepointType.savepoint(SavepointFormatType.CANONICAL))
                .getJobManagerOwnedState();
    }

    private static KeyedOneInputStreamOperatorTestHarness<String, String, String> open(
            Keeping keeping, OperatorSubtaskState from) throws Exception {
        var harness = new KeyedOneInputStreamOperatorTestHarness<String, String, String>(
                new KeyedProcessOperator<>(new Counting(keeping)), key -> key, BinaryType.TEXT);
        harness.setStateBackend(keeping.backend());
        harness.setup();
        if (from != null) {
            harness.initializeState(from);
        }
        harness.open();
        return harness;
    }

    /** Says how many messages of its key there were. */
    private static final class Counting extends KeyedProcessFunction<String, String, String> {
        private final Keeping keeping;
        private transient ValueState<Actor> objects;
        private transient StateCache<String, Actor> actors;

        Counting(Keeping keeping) {
            this.keeping = keeping;
        }

        @Override
        public void open(OpenContext context) {
            if (keeping == Keeping.OBJECTS) {
                objects =
                        getRuntimeContext().getState(new ValueStateDescriptor<>(ResolveState.ACTOR, BinaryType.ACTOR));
            } else {
                MillraceConfig.StateBackend backend = MillraceConfig.StateBackend.valueOf(keeping.name());
                actors =
                        StateCache.open(0, 0, backend, ResolveState.ACTOR, BinaryType.ACTOR, getRuntimeContext(), null);
            }
        }

        @Override
        public void processElement(String key, Context context, Collector<String> out) throws Exception {
            Actor actor = objects == null ? actors.get(key) : objects.value();
            if (actor == null) {
                actor = new Actor();
            }
            actor.recent.add(actor.recent.size(), 1000, 1_000_000, 100);
            if (objects == null) {
                actors.put(key, actor);
            } else {
                objects.update(actor);
            }
            out.collect(key + " " + actor.recent.size());
        }
    }
}
