package dev.millrace.runtime.binary;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.util.InstantiationUtil;

/** What becomes of values on their way through Flink. */
final class RoundTrip {
    private RoundTrip() {}

    static <T> TypeSerializer<T> serializer(TypeInformation<T> type) {
        return type.createSerializer(new SerializerConfigImpl());
    }

    /** Written, copied, and read by the serializer that its own snapshot names, as after an upgrade. */
    static <T> T throughSavepoint(TypeInformation<T> type, T value) {
        TypeSerializer<T> serializer = serializer(type);
        return read(restored(serializer).restoreSerializer(), copied(serializer, bytes(serializer, value)));
    }

    /** Written and copied by one task, read by another, each with the serializer that was shipped to it. */
    static <T> T throughNetwork(TypeInformation<T> type, T value) {
        TypeSerializer<T> one = shipped(serializer(type));
        return read(shipped(serializer(type)), copied(one, bytes(one, value)));
    }

    /** A serializer as a task gets it, in Java's own form. */
    static <T> TypeSerializer<T> shipped(TypeSerializer<T> serializer) {
        try {
            return InstantiationUtil.clone(serializer);
        } catch (IOException | ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    /** The snapshot of a serializer, as it is read back from a savepoint. */
    static <T> TypeSerializerSnapshot<T> restored(TypeSerializer<T> serializer) {
        try {
            DataOutputSerializer bytes = new DataOutputSerializer(64);
            TypeSerializerSnapshot.writeVersionedSnapshot(bytes, serializer.snapshotConfiguration());
            return TypeSerializerSnapshot.readVersionedSnapshot(
                    new DataInputDeserializer(bytes.getCopyOfBuffer()), RoundTrip.class.getClassLoader());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static <T> byte[] bytes(TypeSerializer<T> serializer, T value) {
        try {
            DataOutputSerializer out = new DataOutputSerializer(64);
            serializer.serialize(value, out);
            return out.getCopyOfBuffer();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The value of these bytes, which are all used up. */
    static <T> T read(TypeSerializer<T> serializer, byte[] bytes) {
        try {
            DataInputDeserializer in = new DataInputDeserializer(bytes);
            T value = serializer.deserialize(in);
            assertThat(in.available()).isZero();
            return value;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static <T> byte[] copied(TypeSerializer<T> serializer, byte[] bytes) {
        try {
            DataOutputSerializer copied = new DataOutputSerializer(64);
            serializer.copy(new DataInputDeserializer(bytes), copied);
            assertThat(copied.getCopyOfBuffer()).isEqualTo(bytes);
            return copied.getCopyOfBuffer();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
