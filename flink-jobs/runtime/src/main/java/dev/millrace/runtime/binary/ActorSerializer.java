package dev.millrace.runtime.binary;

import dev.millrace.core.identity.Actor;
import dev.millrace.core.identity.ActorCodec;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Actors, by {@link ActorCodec}, which says the version in each value. */
public final class ActorSerializer extends Binary<Actor> {
    static final ActorSerializer INSTANCE = new ActorSerializer();

    private transient ActorCodec codec;
    private transient Scratch scratch;

    @Override
    public boolean isImmutableType() {
        return false;
    }

    @Override
    public Actor copy(Actor from) {
        return from.copy();
    }

    @Override
    public TypeSerializer<Actor> duplicate() {
        return new ActorSerializer();
    }

    @Override
    public void serialize(Actor actor, DataOutputView target) throws IOException {
        if (scratch == null) {
            scratch = new Scratch();
        }
        scratch.write(view -> codec().write(actor, view), target);
    }

    @Override
    public Actor deserialize(DataInputView source) throws IOException {
        return codec().readActor(source);
    }

    private ActorCodec codec() {
        if (codec == null) {
            codec = new ActorCodec();
        }
        return codec;
    }

    @Override
    public TypeSerializerSnapshot<Actor> snapshotConfiguration() {
        return new Snapshot();
    }

    /** For Flink to find the serializer by. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Actor> {
        public Snapshot() {
            super(ActorSerializer::new);
        }

        @Override
        public TypeSerializerSchemaCompatibility<Actor> resolveSchemaCompatibility(TypeSerializerSnapshot<Actor> old) {
            return super.resolveSchemaCompatibility(PackedSerializer.Snapshot.form(old));
        }
    }
}
