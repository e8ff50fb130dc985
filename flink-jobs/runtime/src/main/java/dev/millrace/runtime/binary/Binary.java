package dev.millrace.runtime.binary;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * A serializer of our own for what the hot path moves and keeps: Flink's, which goes by the fields, takes several times as
 * long. Values are taken for immutable unless {@link #copy} says otherwise.
 */
abstract class Binary<T> extends TypeSerializer<T> {
    @Override
    public boolean isImmutableType() {
        return true;
    }

    @Override
    public T createInstance() {
        return null; // Nothing is ever read into an old value.
    }

    @Override
    public T copy(T from) {
        return from;
    }

    @Override
    public T copy(T from, T reuse) {
        return copy(from);
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    public T deserialize(T reuse, DataInputView source) throws IOException {
        return deserialize(source);
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
        serialize(deserialize(source), target);
    }

    @Override
    public boolean equals(Object that) {
        return that != null && that.getClass() == getClass();
    }

    @Override
    public int hashCode() {
        return getClass().hashCode();
    }

    static void writeNullable(String text, DataOutputView target) throws IOException {
        target.writeBoolean(text != null);
        if (text != null) {
            target.writeUTF(text);
        }
    }

    static String readNullable(DataInputView source) throws IOException {
        return source.readBoolean() ? source.readUTF() : null;
    }

    static void writeNullable(byte[] bytes, DataOutputView target) throws IOException {
        target.writeInt(bytes == null ? -1 : bytes.length);
        if (bytes != null) {
            target.write(bytes);
        }
    }

    static byte[] readNullableBytes(DataInputView source) throws IOException {
        int length = source.readInt();
        if (length < 0) {
            return null;
        }
        byte[] bytes = new byte[length];
        source.readFully(bytes);
        return bytes;
    }
}
