package dev.millrace.runtime.binary;

import java.io.IOException;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Hands a value's bytes over at once: the stream of a checkpoint of heap state takes single bytes slowly. Not for use by
 * several threads.
 */
final class Scratch {
    private static final int BYTES = 512;

    private final DataOutputSerializer bytes = new DataOutputSerializer(BYTES);

    /** Writes a value. */
    @FunctionalInterface
    interface Writing {
        void to(DataOutputView target) throws IOException;
    }

    void write(Writing value, DataOutputView target) throws IOException {
        if (target instanceof DataOutputSerializer) {
            value.to(target);
            return;
        }
        bytes.clear();
        value.to(bytes);
        target.write(bytes.getSharedBuffer(), 0, bytes.length());
    }
}
