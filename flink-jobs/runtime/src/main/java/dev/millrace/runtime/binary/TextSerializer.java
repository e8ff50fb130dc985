package dev.millrace.runtime.binary;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Keys that are texts, written with each value and each timer of a checkpoint of the heap: in the form of Flink's own
 * serializer, so that it reads savepoints that were written with that one, but handed over at once and not byte by byte.
 */
public final class TextSerializer extends Binary<String> {
    static final TextSerializer INSTANCE = new TextSerializer();

    private transient Scratch scratch;

    @Override
    public TypeSerializer<String> duplicate() {
        return new TextSerializer(); // With scratch of its own.
    }

    @Override
    public void serialize(String text, DataOutputView target) throws IOException {
        if (scratch == null) {
            scratch = new Scratch();
        }
        scratch.write(view -> StringSerializer.INSTANCE.serialize(text, view), target);
    }

    @Override
    public String deserialize(DataInputView source) throws IOException {
        return StringSerializer.INSTANCE.deserialize(source);
    }

    @Override
    public TypeSerializerSnapshot<String> snapshotConfiguration() {
        return new Snapshot();
    }

    /** For Flink to find the serializer by. */
    public static final class Snapshot implements TypeSerializerSnapshot<String> {
        @Override
        public int getCurrentVersion() {
            return 1;
        }

        @Override
        public void writeSnapshot(DataOutputView out) {}

        @Override
        public void readSnapshot(int version, DataInputView in, ClassLoader classLoader) {}

        @Override
        public TypeSerializer<String> restoreSerializer() {
            return new TextSerializer();
        }

        @Override
        public TypeSerializerSchemaCompatibility<String> resolveSchemaCompatibility(
                TypeSerializerSnapshot<String> old) {
            return old instanceof Snapshot || old instanceof StringSerializer.StringSerializerSnapshot
                    ? TypeSerializerSchemaCompatibility.compatibleAsIs()
                    : TypeSerializerSchemaCompatibility.incompatible();
        }
    }
}
