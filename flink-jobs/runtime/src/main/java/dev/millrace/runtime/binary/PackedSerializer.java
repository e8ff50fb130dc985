package dev.millrace.runtime.binary;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Values that a state backend on the heap, or a cache, keeps as the bytes of their binary form: an array each, where the
 * value would be dozens of objects that the collector has to walk, and a checkpoint to write field by field. In checkpoints
 * and savepoints they are what the values themselves would be there, so that state can be restored either way.
 *
 * <p>What it serializes is {@code byte[]}, or a value that was restored from a checkpoint with values.
 *
 * @param <T> the value
 */
public final class PackedSerializer<T> extends Binary<Object> {
    private static final int BYTES = 512;

    private final TypeSerializer<T> form;
    /** Whether what is read from the backend's own bytes is packed, too. */
    private final boolean packs;

    private transient DataOutputSerializer out;
    private transient DataInputDeserializer in;

    /** @param form of the values; for the use of this one alone */
    public PackedSerializer(TypeSerializer<T> form) {
        this(form, true);
    }

    private PackedSerializer(TypeSerializer<T> form, boolean packs) {
        this.form = form;
        this.packs = packs;
    }

    /** The same, for a backend that keeps bytes of its own: it takes packed values, and gives the values themselves. */
    public PackedSerializer<T> unpacking() {
        return new PackedSerializer<>(form, false);
    }

    /** The binary form of a value. */
    public byte[] pack(T value) throws IOException {
        if (out == null) {
            out = new DataOutputSerializer(BYTES);
        }
        out.clear();
        form.serialize(value, out);
        return out.getCopyOfBuffer();
    }

    /** The value that is kept so; one that may be changed, whatever a checkpoint is still being written from. */
    @SuppressWarnings("unchecked")
    public T unpack(Object kept) throws IOException {
        if (!(kept instanceof byte[] bytes)) {
            return packs ? form.copy((T) kept) : (T) kept;
        }
        if (in == null) {
            in = new DataInputDeserializer();
        }
        in.setBuffer(bytes);
        return form.deserialize(in);
    }

    @Override
    public boolean isImmutableType() {
        return false; // A value is not, if form says so.
    }

    @Override
    @SuppressWarnings("unchecked")
    public Object copy(Object from) {
        return from instanceof byte[] ? from : form.copy((T) from);
    }

    @Override
    public PackedSerializer<T> duplicate() {
        return new PackedSerializer<>(form.duplicate(), packs);
    }

    @Override
    @SuppressWarnings("unchecked")
    public void serialize(Object kept, DataOutputView target) throws IOException {
        if (kept instanceof byte[] bytes) {
            target.write(bytes);
        } else {
            form.serialize((T) kept, target);
        }
    }

    /** Where the bytes end, only the value tells. */
    @Override
    public Object deserialize(DataInputView source) throws IOException {
        T value = form.deserialize(source);
        return packs ? pack(value) : value;
    }

    @Override
    public boolean equals(Object that) {
        return that instanceof PackedSerializer<?> other && other.form.equals(form);
    }

    @Override
    public int hashCode() {
        return form.hashCode();
    }

    @Override
    public TypeSerializerSnapshot<Object> snapshotConfiguration() {
        return new Snapshot<>(form.snapshotConfiguration());
    }

    /** For Flink to find the serializer by: that of the values, and that they are packed. */
    public static final class Snapshot<T> implements TypeSerializerSnapshot<Object> {
        private TypeSerializerSnapshot<T> form;

        public Snapshot() {}

        Snapshot(TypeSerializerSnapshot<T> form) {
            this.form = form;
        }

        /** The snapshot of the values' serializer, whether they were packed or not. */
        @SuppressWarnings("unchecked")
        static <T> TypeSerializerSnapshot<T> form(TypeSerializerSnapshot<?> snapshot) {
            return (TypeSerializerSnapshot<T>) (snapshot instanceof Snapshot<?> packed ? packed.form : snapshot);
        }

        @Override
        public int getCurrentVersion() {
            return 1;
        }

        @Override
        public void writeSnapshot(DataOutputView out) throws IOException {
            TypeSerializerSnapshot.writeVersionedSnapshot(out, form);
        }

        @Override
        public void readSnapshot(int version, DataInputView in, ClassLoader classLoader) throws IOException {
            form = TypeSerializerSnapshot.readVersionedSnapshot(in, classLoader);
        }

        @Override
        public TypeSerializer<Object> restoreSerializer() {
            return new PackedSerializer<>(form.restoreSerializer());
        }

        @Override
        public TypeSerializerSchemaCompatibility<Object> resolveSchemaCompatibility(
                TypeSerializerSnapshot<Object> old) {
            return form.resolveSchemaCompatibility(form(old)).isCompatibleAsIs()
                    ? TypeSerializerSchemaCompatibility.compatibleAsIs()
                    : TypeSerializerSchemaCompatibility.incompatible();
        }
    }
}
