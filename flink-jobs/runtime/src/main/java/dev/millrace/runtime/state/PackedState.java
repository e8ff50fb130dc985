package dev.millrace.runtime.state;

import dev.millrace.runtime.binary.PackedSerializer;
import dev.millrace.runtime.config.MillraceConfig.StateBackend;
import java.io.IOException;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/** Values in a state backend, which takes and gives them as bytes, too; see {@link PackedSerializer}. */
final class PackedState<V> {
    private final ValueState<Object> state;
    private final PackedSerializer<V> serializer;

    PackedState(ValueState<Object> state, PackedSerializer<V> serializer) {
        this.state = state;
        this.serializer = serializer;
    }

    /** The state of a name, by which bytes it is on whatever backend: the same in savepoints. */
    static <V> PackedState<V> open(StateBackend backend, String name, TypeInformation<V> type, RuntimeContext context) {
        PackedSerializer<V> packing = new PackedSerializer<>(type.createSerializer(new SerializerConfigImpl()));
        PackedSerializer<V> serializer =
                switch (backend) {
                    case ROCKSDB -> packing.unpacking();
                    case HASHMAP -> packing;
                };
        return new PackedState<>(
                context.getState(new ValueStateDescriptor<>(name, serializer.duplicate())), serializer);
    }

    /** The value of the current key; null: there is none. */
    V read() throws IOException {
        Object kept = state.value();
        return kept == null ? null : serializer.unpack(kept);
    }

    /** Keeps a value for the current key; null: none. */
    void write(V value) throws IOException {
        state.update(value == null ? null : serializer.pack(value));
    }

    /** Keeps a value for the current key that is packed already. */
    void writePacked(byte[] value) throws IOException {
        state.update(value);
    }

    byte[] pack(V value) throws IOException {
        return serializer.pack(value);
    }

    V unpack(byte[] value) throws IOException {
        return serializer.unpack(value);
    }
}
