package dev.millrace.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Test;

class AvroBytesTest {
    private static final long[] NUMBERS = {
        0, -1, 1, 63, -64, 64, -65, 8191, Integer.MAX_VALUE, Integer.MIN_VALUE, 1L << 40, Long.MAX_VALUE, Long.MIN_VALUE
    };

    private final AvroBytes bytes = new AvroBytes();

    @Test
    void whatAvroWritesIsReadValueByValue() throws IOException {
        for (long seed = 1; seed <= 200; seed++) {
            Random random = new Random(seed);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
            List<Object> values = new ArrayList<>();
            for (int i = random.nextInt(20); i >= 0; i--) {
                Object value = value(random);
                values.add(value);
                if (value instanceof Long number) {
                    encoder.writeLong(number);
                } else if (value instanceof Boolean flag) {
                    encoder.writeBoolean(flag);
                } else {
                    encoder.writeString(value.toString());
                }
            }
            byte[] before = new byte[random.nextInt(5)];
            byte[] all = Arrays.copyOf(before, before.length + out.size() + random.nextInt(5));
            System.arraycopy(out.toByteArray(), 0, all, before.length, out.size());

            bytes.over(all, before.length, before.length + out.size());
            List<Object> read = new ArrayList<>();
            for (Object value : values) {
                assertThat(bytes.isAtEnd()).as("seed %d", seed).isFalse();
                if (value instanceof Long) {
                    read.add(bytes.number());
                } else {
                    read.add(value instanceof Boolean ? (Object) bytes.flag() : bytes.text());
                }
            }
            assertThat(read).as("seed %d", seed).isEqualTo(values);
            assertThat(bytes.isAtEnd()).as("seed %d", seed).isTrue();
            assertThat(bytes.isWhole()).isTrue();
        }
    }

    @Test
    void aValueThatMayBeLeftOutIsGivenOrNot() {
        over(0, 2, 7);
        assertThat(bytes.isGiven()).isFalse();
        assertThat(bytes.isGiven()).isTrue();
        assertThat(bytes.number()).isEqualTo(-4);
        assertThat(bytes.isAtEnd()).isTrue();
        for (int branch : new int[] {1, 3, 4, 0x7F}) {
            over(branch);
            assertThat(bytes.isGiven()).as("branch byte %d", branch).isFalse();
            assertThat(bytes.isWhole()).as("branch byte %d", branch).isFalse();
        }
    }

    @Test
    void aNumberThatDoesNotEndIsNone() {
        over(0x80, 0x80);
        assertFailed(bytes.number(), 0L);
        over();
        assertFailed(bytes.number(), 0L);
        over(0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1);
        assertFailed(bytes.number(), 0L);
        bytes.over(new byte[] {(byte) 0x80, 2}, 0, 1);
        assertFailed(bytes.number(), 0L);
    }

    @Test
    void aTextThatClaimsToBeLongerThanThereIsRoomIsNone() throws IOException {
        for (long length :
                new long[] {4, -1, Integer.MAX_VALUE, 1L << 32, (1L << 32) + 1, Long.MAX_VALUE, Long.MIN_VALUE}) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
            encoder.writeLong(length);
            encoder.writeFixed(new byte[] {'a', 'b', 'c'});
            bytes.over(out.toByteArray(), 0, out.size());
            assertThat(bytes.text()).as("length %d", length).isEmpty();
            assertThat(bytes.isWhole()).as("length %d", length).isFalse();
        }
        bytes.over(new byte[] {4, 'a', 'b'}, 0, 2);
        assertFailed(bytes.text(), "");
    }

    @Test
    void aFlagIsOneOrZero() {
        for (int flag : new int[] {2, 0x7F, 0x80, 0xFF}) {
            over(flag);
            assertFailed(bytes.flag(), false);
        }
        over();
        assertFailed(bytes.flag(), false);
    }

    @Test
    void afterAFailureNothingIsReadUntilThereAreOtherBytes() {
        over(0x80);
        bytes.number();
        bytes.over(new byte[] {2, 2, 'a', 1, 2}, 0, 5);
        bytes.fail();
        assertThat(bytes.number()).isZero();
        assertThat(bytes.text()).isEmpty();
        assertThat(bytes.flag()).isFalse();
        assertThat(bytes.isGiven()).isFalse();
        assertThat(bytes.isWhole()).isFalse();
        assertThat(bytes.isAtEnd()).isFalse();
        bytes.over(new byte[] {9, 2, 'a'}, 1, 3);
        assertThat(bytes.isWhole()).isTrue();
        assertThat(bytes.text()).isEqualTo("a");
    }

    @Test
    void noBytesMakeItReadBeyondThem() {
        for (long seed = 1; seed <= 20_000; seed++) {
            Random random = new Random(seed);
            byte[] all = new byte[random.nextInt(30)];
            random.nextBytes(all);
            int from = random.nextInt(all.length + 1);
            int to = from + random.nextInt(all.length - from + 1);
            bytes.over(all, from, to);
            for (int i = 0; i < 10; i++) {
                switch (random.nextInt(4)) {
                    case 0 -> bytes.number();
                    case 1 -> bytes.text();
                    case 2 -> bytes.flag();
                    default -> bytes.isGiven();
                }
                if (bytes.isWhole()) {
                    assertThat(bytes.position()).as("seed %d", seed).isBetween(from, to);
                }
            }
        }
    }

    private static Object value(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> NUMBERS[random.nextInt(NUMBERS.length)];
            case 1 -> random.nextLong();
            case 2 -> random.nextBoolean();
            default -> "ä😀x".repeat(random.nextInt(60));
        };
    }

    private void over(int... values) {
        byte[] all = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            all[i] = (byte) values[i];
        }
        bytes.over(all, 0, all.length);
    }

    private void assertFailed(Object answer, Object nothing) {
        assertThat(answer).isEqualTo(nothing);
        assertThat(bytes.isWhole()).isFalse();
        assertThat(bytes.isAtEnd()).isFalse();
    }
}
