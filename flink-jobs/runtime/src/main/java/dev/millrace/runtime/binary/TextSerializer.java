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

    /** Flink's form has a character below this in a byte, and so a length. */
    private static final int MOST_IN_A_BYTE = 127;

    private transient Scratch scratch;
    private transient byte[] bytes;

    @Override
    public TypeSerializer<String> duplicate() {
        return new TextSerializer(); // With scratch of its own.
    }

    @Override
    public void serialize(String text, DataOutputView target) throws IOException {
        if (bytes == null) {
            bytes = new byte[1 + MOST_IN_A_BYTE];
            scratch = new Scratch();
        }
        if (text.length() < MOST_IN_A_BYTE && inBytes(text)) {
            target.write(bytes, 0, 1 + text.length());
            return;
        }
        scratch.write(view -> StringSerializer.INSTANCE.serialize(text, view), target);
    }

    /** Whether all of its characters take a byte; then they are where they are to be. */
    private boolean inBytes(String text) {
        int length = text.length();
        bytes[0] = (byte) (length + 1);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c > MOST_IN_A_BYTE) {
                return false;
            }
            bytes[1 + i] = (byte) c;
        }
        return true;
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
