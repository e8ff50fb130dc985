package dev.millrace.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.millrace.contract.IdentityMessage;
import dev.millrace.core.identity.IdentifierType;
import dev.millrace.core.identity.IdentityRules;
import dev.millrace.core.identity.Label;
import dev.millrace.core.identity.LinkKey;
import dev.millrace.core.identity.Message;
import dev.millrace.runtime.binary.BinaryType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.Collector;
import org.apache.flink.util.UserCodeClassLoader;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageDeserializerTest {
    private static final Message SOUND = naming("anonymous_id:ä😀").get(0);

    private final Counters counters = new Counters();
    private FakeRegistry fake;
    private MessageDeserializer deserializer;

    @BeforeEach
    void open() throws Exception {
        fake = new FakeRegistry();
        deserializer = new MessageDeserializer(fake.options(true));
        deserializer.open(new DeserializationSchema.InitializationContext() {
            @Override
            public MetricGroup getMetricGroup() {
                return counters;
            }

            @Override
            public UserCodeClassLoader getUserCodeClassLoader() {
                throw new UnsupportedOperationException();
            }
        });
    }

    @AfterEach
    void close() {
        fake.close();
    }

    @Test
    void messagesComeAsTheyWereSent() {
        List<Message> messages = naming("x".repeat(MessageDeserializer.MAX_NAME_CHARS));

        for (Message message : messages) {
            assertThat(read(bytes(message))).containsExactly(message);
        }
        assertThat(counters.unreadable.getCount()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, MessageDeserializer.MAX_NAME_CHARS + 1, 70_000})
    void whatNamesNoIdentifierIsSkippedWhereverTheNameStands(int chars) {
        List<Message> messages = naming("x".repeat(chars));

        for (Message message : messages) {
            assertThat(read(bytes(message))).isEmpty();
        }
        assertThat(counters.unreadable.getCount()).isEqualTo(messages.size());
        assertThat(read(bytes(SOUND))).containsExactly(SOUND);
    }

    @Test
    void aPathThatNoRulesAllowIsSkipped() {
        assertThat(rules(IdentityRules.MOST_PATH).maxPath()).isEqualTo(IdentityRules.MOST_PATH);
        assertThatIllegalArgumentException().isThrownBy(() -> rules(IdentityRules.MOST_PATH + 1));
        List<LinkKey> path = path(IdentityRules.MOST_PATH + 1);

        assertThat(read(bytes(anchored(path, List.of())))).isEmpty();
        assertThat(read(bytes(anchored(List.of(), path)))).isEmpty();
        assertThat(read(bytes(floating(path)))).isEmpty();
        assertThat(counters.unreadable.getCount()).isEqualTo(3);
    }

    @Test
    void allThatIsLetThroughCanBePassedOnInsideTheJob() throws IOException {
        TypeSerializer<Message> serializer = BinaryType.MESSAGE.createSerializer(new SerializerConfigImpl());
        String longest = "\uffff".repeat(MessageDeserializer.MAX_NAME_CHARS);
        List<Message> messages = new ArrayList<>(naming(longest));
        List<LinkKey> path = path(2 * IdentityRules.MOST_PATH);
        messages.add(
                anchored(path.subList(0, IdentityRules.MOST_PATH), path.subList(IdentityRules.MOST_PATH, path.size())));

        for (Message message : messages) {
            List<Message> read = read(bytes(message));
            assertThat(read).containsExactly(message);
            DataOutputSerializer out = new DataOutputSerializer(64);
            serializer.serialize(read.get(0), out);
            assertThat(serializer.deserialize(new DataInputDeserializer(out.getCopyOfBuffer())))
                    .isEqualTo(message);
        }
    }

    @Test
    void aPathThatClaimsToBeLongerThanItsBytesTakesNoMemory() {
        byte[] header = Arrays.copyOf(bytes(SOUND), 5);
        // To "a", from "b", time 0, no alias, an anchored label, and a path of 2,000,000,000 links.
        byte[] claim = {2, 'a', 2, 'b', 0, 0, 0, (byte) 0x80, (byte) 0xD0, (byte) 0xCA, (byte) 0xB5, (byte) 0xEE, 1};
        byte[] value = Arrays.copyOf(header, header.length + claim.length);
        System.arraycopy(claim, 0, value, header.length, claim.length);

        assertThat(read(value)).isEmpty();
        assertThat(counters.unreadable.getCount()).isEqualTo(1);
    }

    @Test
    void whatIsNoMessageIsSkippedAndTheNextOneIsReadAllTheSame() {
        byte[] sound = bytes(SOUND);
        assertThat(read(null)).isEmpty();
        assertThat(read(new byte[] {1, 2})).isEmpty();
        assertThat(read(new byte[] {0, 0, 0, 0, 99, 1})).isEmpty();
        for (int length = 0; length < sound.length; length++) {
            assertThat(read(Arrays.copyOf(sound, length))).isEmpty();
        }
        assertThat(counters.unreadable.getCount()).isEqualTo(3 + sound.length);
        assertThat(read(sound)).containsExactly(SOUND);
    }

    /** Messages with this name in every place where one can stand. */
    private static List<Message> naming(String name) {
        String other = "user_id:u";
        List<LinkKey> lesser = List.of(new LinkKey(7, "a", "b"), new LinkKey(5, name, other));
        List<LinkKey> greater = List.of(new LinkKey(5, other, name));
        Label floating = new Label.Floating(3, other, List.of());
        return List.of(
                new Message(name, other, 1, false, floating),
                new Message(other, name, 1, false, floating),
                new Message("a", "b", 1, false, new Label.Floating(3, name, List.of())),
                floating(lesser),
                floating(greater),
                new Message("a", "b", 1, false, new Label.Anchored(List.of(), name, other, List.of())),
                new Message("a", "b", 1, true, new Label.Anchored(List.of(), other, name, List.of())),
                anchored(lesser, List.of()),
                anchored(greater, List.of()),
                anchored(List.of(), lesser),
                anchored(List.of(), greater));
    }

    private static IdentityRules rules(int maxPath) {
        List<IdentifierType> types =
                List.of(new IdentifierType("user_id", List.of("user_id"), true, null, null, null, null));
        return new IdentityRules(types, List.of(), null, IdentityRules.DEFAULT_REGION, maxPath);
    }

    private static Message floating(List<LinkKey> path) {
        return new Message("a", "b", 1, false, new Label.Floating(3, "user_id:u", path));
    }

    private static Message anchored(List<LinkKey> path, List<LinkKey> rootPath) {
        return new Message("a", "b", 1, false, new Label.Anchored(path, "user_id:u", "user_id:r", rootPath));
    }

    private static List<LinkKey> path(int links) {
        return IntStream.range(0, links)
                .mapToObj(i -> new LinkKey(i, "device_id:" + i, "email:" + i))
                .toList();
    }

    private byte[] bytes(Message message) {
        return new AvroEncoder<IdentityMessage>(
                        IdentityMessage.getClassSchema(), fake.add(IdentityMessage.getClassSchema()))
                .encode(MessageContract.toContract(message));
    }

    private List<Message> read(byte[] value) {
        List<Message> read = new ArrayList<>();
        deserializer.deserialize(new ConsumerRecord<>("millrace.identity-loop", 1, 42, null, value), new Collector<>() {
            @Override
            public void collect(Message message) {
                read.add(message);
            }

            @Override
            public void close() {}
        });
        return read;
    }

    /** Keeps the one counter that there is. */
    private static final class Counters extends UnregisteredMetricsGroup {
        private final Counter unreadable = new SimpleCounter();

        @Override
        public MetricGroup addGroup(String name) {
            assertThat(name).isEqualTo("millrace");
            return this;
        }

        @Override
        public Counter counter(String name) {
            assertThat(name).isEqualTo("loop_messages_unreadable");
            return unreadable;
        }
    }
}
