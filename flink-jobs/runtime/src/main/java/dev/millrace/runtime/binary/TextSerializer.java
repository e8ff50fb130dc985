package dev.millrace.runtime.binary;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Keys that are texts: written with each look at state in RocksDB, and with each value and timer of a checkpoint of the heap.
 * Flink's own serializer hands them over byte by byte.
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
        scratch.write(view -> view.writeUTF(text), target);
    }

    @Override
    public String deserialize(DataInputView source) throws IOException {
        return source.readUTF();
    }

    @Override
    public TypeSerializerSnapshot<String> snapshotConfiguration() {
        return new Snapshot();
    }

    /** For Flink to find the serializer by. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<String> {
        public Snapshot() {
            super(TextSerializer::new);
        }
    }
}
