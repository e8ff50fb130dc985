package dev.millrace.runtime.binary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.event.RejectionReason;
import dev.millrace.core.identity.Actor;
import dev.millrace.core.identity.Arrival;
import dev.millrace.core.identity.Decision;
import dev.millrace.core.identity.Label;
import dev.millrace.core.identity.LinkKey;
import dev.millrace.core.identity.Message;
import dev.millrace.core.identity.Standing;
import dev.millrace.runtime.kafka.RawEvent;
import java.io.IOException;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class BinaryTypeTest {
    private static final LinkKey LINK = new LinkKey(7, "anonymous_id:ä", "user_id:u");

    @Test
    void arrivalsKeepAllButTheRestOfTheArray() throws IOException {
        byte[] bytes = {9, 1, 2, 3, 9};
        Arrival none = new Arrival("user_id:u", List.of(), null, 1, 2, "raw", 3, 4, bytes, 1, 4);
        Arrival two = new Arrival(
                "user_id:u", List.of("user_id:v", "email:e"), "user_id:v", -1, -2, "raw", 3, 4, bytes, 0, 5);
        for (Arrival arrival : List.of(none, two)) {
            Arrival read = roundTrip(BinaryType.ARRIVAL, arrival);
            assertThat(read)
                    .usingRecursiveComparison()
                    .ignoringFields("avro", "from", "to")
                    .isEqualTo(arrival);
            assertThat(read.avro()).hasSize(read.to() - read.from());
            assertThat(read.avro()[0]).isEqualTo(bytes[arrival.from()]);
        }
    }

    @Test
    void messagesAndDecisionsComeBackAsTheyWent() throws IOException {
        Label anchored =
                new Label.Anchored(List.of(LINK, new LinkKey(1, "a", "b")), "user_id:u", "user_id:t", List.of(LINK));
        Label floating = new Label.Floating(5, "anonymous_id:ä", List.of(LINK));
        for (Label label : List.of(anchored, floating)) {
            Message message = new Message("anonymous_id:ä", "user_id:u", 7, true, label);
            assertThat(roundTrip(BinaryType.MESSAGE, message)).isEqualTo(message);
        }
        Decision bare = new Decision("user_id:u", "p", null, 0, 1, null, null, null);
        Decision full = new Decision("user_id:u", "p", 5L, 1, 2, null, LINK, new Standing(1, 2, "before", LINK, true));
        Decision first = new Decision("user_id:u", "p", 5L, 1, 2, null, null, new Standing(1, 2, null, null, false));
        for (Decision decision : List.of(bare, full, first)) {
            assertThat(roundTrip(BinaryType.DECISION, decision)).isEqualTo(decision);
        }
    }

    @Test
    void brokenRecordsKeepTheirBytesAndReason() throws IOException {
        RawEvent broken = new RawEvent();
        broken.at("raw", 1, 2, 3);
        broken.bytes(null, new byte[] {1});
        broken.problem(RejectionReason.MALFORMED, "x".repeat(100_000));
        RawEvent read = roundTrip(BinaryType.RAW_EVENT, broken);
        assertThat(read.isEvent()).isFalse();
        assertThat(read).usingRecursiveComparison().ignoringFields("envelope").isEqualTo(broken);
    }

    @Test
    void aCopiedActorDoesNotChangeWithTheOther() {
        TypeSerializer<Actor> serializer = serializer(BinaryType.ACTOR);
        Actor actor = new Actor();
        actor.recent.add(1, 1000, 1000, 10);
        Actor copy = serializer.copy(actor);
        actor.recent.add(2, 1000, 1000, 10);
        assertThat(copy.recent.size()).isEqualTo(1);
    }

    private static <T> TypeSerializer<T> serializer(TypeInformation<T> type) {
        return type.createSerializer(new SerializerConfigImpl());
    }

    /** Written, copied, and read by the serializer that its own snapshot names, as after an upgrade. */
    private static <T> T roundTrip(TypeInformation<T> type, T value) throws IOException {
        TypeSerializer<T> serializer = serializer(type);
        DataOutputSerializer snapshotBytes = new DataOutputSerializer(64);
        TypeSerializerSnapshot.writeVersionedSnapshot(snapshotBytes, serializer.snapshotConfiguration());
        TypeSerializerSnapshot<T> snapshot = TypeSerializerSnapshot.readVersionedSnapshot(
                new DataInputDeserializer(snapshotBytes.getCopyOfBuffer()), BinaryTypeTest.class.getClassLoader());

        DataOutputSerializer out = new DataOutputSerializer(64);
        serializer.serialize(value, out);
        DataOutputSerializer copied = new DataOutputSerializer(64);
        serializer.copy(new DataInputDeserializer(out.getCopyOfBuffer()), copied);
        assertThat(copied.getCopyOfBuffer()).isEqualTo(out.getCopyOfBuffer());
        DataInputDeserializer in = new DataInputDeserializer(copied.getCopyOfBuffer());
        T read = snapshot.restoreSerializer().deserialize(in);
        assertThat(in.available()).isZero();
        return read;
    }
}
