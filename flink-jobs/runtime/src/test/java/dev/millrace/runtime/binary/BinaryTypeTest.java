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
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.junit.jupiter.api.Test;

class BinaryTypeTest {
    private static final LinkKey LINK = new LinkKey(7, "anonymous_id:ä", "user_id:u");

    @Test
    void arrivalsKeepAllButTheRestOfTheArray() {
        byte[] bytes = {9, 1, 2, 3, 9};
        Arrival none = new Arrival("user_id:u", List.of(), null, 1, 2, "raw", 3, 4, bytes, 1, 4);
        Arrival two = new Arrival(
                "user_id:u", List.of("user_id:v", "email:e"), "user_id:v", -1, -2, "raw", 3, 4, bytes, 0, 5);
        for (Arrival arrival : List.of(none, two)) {
            Arrival read = RoundTrip.throughSavepoint(BinaryType.ARRIVAL, arrival);
            assertThat(read)
                    .usingRecursiveComparison()
                    .ignoringFields("avro", "from", "to")
                    .isEqualTo(arrival);
            assertThat(read.avro()).hasSize(read.to() - read.from());
            assertThat(read.avro()[0]).isEqualTo(bytes[arrival.from()]);
        }
    }

    @Test
    void keysKeepWhateverTheirCharactersAre() {
        for (String key : List.of(
                "", "user_id:u", "anonymous_id:ä€", "user_id:\uD83D\uDE00", "user_id:\uD83D", "user_id:\uDE00")) {
            assertThat(RoundTrip.throughSavepoint(BinaryType.TEXT, key)).isEqualTo(key);
        }
    }

    @Test
    void keysInSavepointsOfFlinksOwnSerializerAreRead() {
        for (String key : List.of("", "user_id:u", "anonymous_id:ä€", "user_id:\uD83D")) {
            byte[] old = RoundTrip.bytes(StringSerializer.INSTANCE, key);
            assertThat(RoundTrip.bytes(RoundTrip.serializer(BinaryType.TEXT), key))
                    .isEqualTo(old);
            assertThat(RoundTrip.read(RoundTrip.serializer(BinaryType.TEXT), old))
                    .isEqualTo(key);
        }
        TypeSerializerSnapshot<String> now =
                RoundTrip.serializer(BinaryType.TEXT).snapshotConfiguration();
        assertThat(now.resolveSchemaCompatibility(RoundTrip.restored(StringSerializer.INSTANCE))
                        .isCompatibleAsIs())
                .isTrue();
        assertThat(now.resolveSchemaCompatibility(RoundTrip.restored(RoundTrip.serializer(BinaryType.TEXT)))
                        .isCompatibleAsIs())
                .isTrue();
    }

    @Test
    void keysThatDifferAreKeptApart() {
        TypeSerializer<String> serializer = RoundTrip.serializer(BinaryType.TEXT);
        assertThat(RoundTrip.bytes(serializer, "user_id:\uD83D"))
                .isNotEqualTo(RoundTrip.bytes(serializer, "user_id:\uD83C"));
        assertThat(RoundTrip.bytes(serializer, "user_id:?"))
                .isNotEqualTo(RoundTrip.bytes(serializer, "user_id:\uD83D"));
    }

    @Test
    void messagesComeBackAsTheyWent() {
        Label anchored =
                new Label.Anchored(List.of(LINK, new LinkKey(1, "a", "b")), "user_id:u", "user_id:t", List.of(LINK));
        Label floating = new Label.Floating(5, "anonymous_id:ä", List.of(LINK));
        for (Label label : List.of(anchored, floating)) {
            Message message = new Message("anonymous_id:ä", "user_id:u", 7, true, label);
            assertThat(RoundTrip.throughSavepoint(BinaryType.MESSAGE, message)).isEqualTo(message);
        }
    }

    @Test
    void decisionsComeBackAsTheyWent() {
        byte[] event = {1, 2, 3};
        Arrival arrival = new Arrival("user_id:u", List.of(), null, 1, 2, "raw", 3, 4, event, 0, 3);
        Standing first = new Standing(1, 2, null, null, false);
        Standing moved = new Standing(1, 2, "before", LINK, true);
        for (Decision decision : List.of(
                new Decision("user_id:u", "p", 3, null, 0, 1, null, false, null, null),
                new Decision("user_id:u", "p", -3, 5L, 1, 2, null, false, LINK, moved),
                new Decision("user_id:u", "p", Long.MAX_VALUE, 5L, 1, 2, null, false, null, first),
                new Decision("user_id:u", "p", 3, 5L, 1, 2, arrival, false, null, null),
                new Decision("user_id:u", "p", 3, 5L, 1, 2, arrival, true, null, first))) {
            assertThat(RoundTrip.throughSavepoint(BinaryType.DECISION, decision))
                    .usingRecursiveComparison()
                    .isEqualTo(decision);
        }
    }

    @Test
    void onlyTheKeysOfTotalsAreKeys() {
        assertThat(BinaryType.TOTAL_KEY.isKeyType()).isTrue();
        for (TypeInformation<?> type : List.of(BinaryType.TOTAL, BinaryType.LEAF, BinaryType.DECISION)) {
            assertThat(type.isKeyType()).isFalse();
            assertThat(type).isNotEqualTo(BinaryType.TOTAL_KEY);
        }
    }

    @Test
    void brokenRecordsKeepTheirBytesAndReason() {
        RawEvent broken = new RawEvent();
        broken.at("raw", 1, 2, 3);
        List<RawEvent.Header> headers =
                List.of(new RawEvent.Header("h", new byte[] {7}), new RawEvent.Header("", null));
        broken.bytes(null, new byte[] {1}, headers);
        broken.problem(RejectionReason.MALFORMED, "x".repeat(100_000));
        RawEvent read = RoundTrip.throughSavepoint(BinaryType.RAW_EVENT, broken);
        assertThat(read.isEvent()).isFalse();
        assertThat(read).usingRecursiveComparison().ignoringFields("envelope").isEqualTo(broken);
    }

    @Test
    void aCopiedActorDoesNotChangeWithTheOther() {
        TypeSerializer<Actor> serializer = RoundTrip.serializer(BinaryType.ACTOR);
        Actor actor = new Actor();
        actor.recent.add(1, 1000, 1000, 10);
        Actor copy = serializer.copy(actor);
        actor.recent.add(2, 1000, 1000, 10);
        assertThat(copy.recent.size()).isEqualTo(1);
    }
}
