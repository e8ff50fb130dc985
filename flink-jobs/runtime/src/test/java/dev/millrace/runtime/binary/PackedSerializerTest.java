package dev.millrace.runtime.binary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.identity.Actor;
import dev.millrace.core.metric.Leaf;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class PackedSerializerTest {
    private final TypeSerializer<Actor> actors = RoundTrip.serializer(BinaryType.ACTOR);
    private final PackedSerializer<Actor> packed = new PackedSerializer<>(actors.duplicate());

    @Test
    void whatIsPackedStandsInACheckpointAsTheValueItselfWould() throws IOException {
        Actor first = actor(1);
        Actor second = actor(7);
        byte[] values = RoundTrip.bytes(actors, first);
        assertThat(packed.pack(first)).isEqualTo(values);
        assertThat(RoundTrip.bytes(packed, packed.pack(first))).isEqualTo(values);
        assertThat(RoundTrip.bytes(packed, first)).as("not packed yet").isEqualTo(values);

        DataOutputSerializer both = new DataOutputSerializer(64);
        packed.serialize(packed.pack(first), both);
        actors.serialize(second, both);
        DataInputDeserializer in = new DataInputDeserializer(both.getCopyOfBuffer());
        assertThat(packed.deserialize(in)).isEqualTo(values);
        assertThat(packed.deserialize(in)).isEqualTo(RoundTrip.bytes(actors, second));
        assertThat(in.available()).isZero();
    }

    @Test
    void aValueComesOutAsItWasAndNoOtherOneWithIt() throws IOException {
        Actor actor = actor(3);
        byte[] kept = packed.pack(actor);
        Actor once = packed.unpack(kept);
        once.recent.add(99, 99_000, 1_000_000, 10);
        assertThat(packed.unpack(kept).recent.size()).isEqualTo(3);
        assertThat(packed.copy(kept)).isSameAs(kept);
        packed.unpack(actor).recent.add(99, 99_000, 1_000_000, 10);
        assertThat(actor.recent.size()).as("not packed yet").isEqualTo(3);
        assertThat(packed.copy(actor)).isNotSameAs(actor).isInstanceOf(Actor.class);
        assertThat(packed.duplicate()).isEqualTo(packed);
    }

    @Test
    void forABackendOfBytesItTakesThemAndGivesTheValue() throws IOException {
        PackedSerializer<Actor> unpacking = packed.unpacking();
        byte[] kept = packed.pack(actor(3));
        assertThat(RoundTrip.bytes(unpacking, kept)).isEqualTo(kept);
        Object read = unpacking.deserialize(new DataInputDeserializer(kept));
        assertThat(read).isInstanceOf(Actor.class);
        assertThat(unpacking.unpack(read)).as("it is nobody else's").isSameAs(read);
        assertThat(RoundTrip.bytes(actors, (Actor) read)).isEqualTo(kept);
        assertThat(unpacking.duplicate().deserialize(new DataInputDeserializer(kept)))
                .isInstanceOf(Actor.class);
        assertThat(unpacking).isEqualTo(packed);
    }

    @Test
    void stateIsRestoredWhetherItWasPackedOrNotAndWhetherItIsToBe() throws IOException {
        anyToAny(BinaryType.ACTOR);
        anyToAny(BinaryType.LEAF);
        anyToAny(BinaryType.PROFILE);
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static <T> void anyToAny(TypeInformation<T> type) throws IOException {
        TypeSerializerSnapshot values =
                throughSavepoint(RoundTrip.serializer(type).snapshotConfiguration());
        TypeSerializerSnapshot bytes =
                throughSavepoint(new PackedSerializer<>(RoundTrip.serializer(type)).snapshotConfiguration());
        for (TypeSerializerSnapshot now : new TypeSerializerSnapshot[] {values, bytes}) {
            for (TypeSerializerSnapshot old : new TypeSerializerSnapshot[] {values, bytes}) {
                assertThat(now.resolveSchemaCompatibility(old).isCompatibleAsIs())
                        .as("%s from %s", now, old)
                        .isTrue();
            }
        }
        assertThat(values.restoreSerializer()).isEqualTo(RoundTrip.serializer(type));
        assertThat(bytes.restoreSerializer()).isEqualTo(new PackedSerializer<>(RoundTrip.serializer(type)));
    }

    @Test
    @SuppressWarnings({"unchecked", "rawtypes"})
    void whatIsSomethingElseIsRefused() {
        TypeSerializerSnapshot leaf =
                new PackedSerializer<Leaf>(RoundTrip.serializer(BinaryType.LEAF)).snapshotConfiguration();
        TypeSerializerSnapshot actor = packed.snapshotConfiguration();
        assertThat(leaf.resolveSchemaCompatibility(actor).isIncompatible()).isTrue();
        assertThat(actor.resolveSchemaCompatibility(leaf).isIncompatible()).isTrue();
        assertThat(actors.snapshotConfiguration()
                        .resolveSchemaCompatibility(leaf)
                        .isIncompatible())
                .isTrue();
    }

    private static TypeSerializerSnapshot<?> throughSavepoint(TypeSerializerSnapshot<?> snapshot) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        TypeSerializerSnapshot.writeVersionedSnapshot(out, snapshot);
        return TypeSerializerSnapshot.readVersionedSnapshot(
                new DataInputDeserializer(out.getCopyOfBuffer()), PackedSerializerTest.class.getClassLoader());
    }

    private static Actor actor(int messages) {
        Actor actor = new Actor();
        for (int i = 0; i < messages; i++) {
            actor.recent.add(i, 1000 * i, 1_000_000, 10);
        }
        return actor;
    }
}
