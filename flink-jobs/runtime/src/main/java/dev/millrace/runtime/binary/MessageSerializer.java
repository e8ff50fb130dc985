package dev.millrace.runtime.binary;

import dev.millrace.core.identity.ActorCodec;
import dev.millrace.core.identity.Message;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Messages between actors, inside the job. */
public final class MessageSerializer extends Binary<Message> {
    static final MessageSerializer INSTANCE = new MessageSerializer();

    private transient ActorCodec codec;

    @Override
    public TypeSerializer<Message> duplicate() {
        return new MessageSerializer();
    }

    @Override
    public void serialize(Message message, DataOutputView target) throws IOException {
        codec().write(message, target);
    }

    @Override
    public Message deserialize(DataInputView source) throws IOException {
        return codec().readMessage(source);
    }

    private ActorCodec codec() {
        if (codec == null) {
            codec = new ActorCodec();
        }
        return codec;
    }

    @Override
    public TypeSerializerSnapshot<Message> snapshotConfiguration() {
        return new Snapshot();
    }

    /** For Flink to find the serializer by. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Message> {
        public Snapshot() {
            super(MessageSerializer::new);
        }
    }
}
