package dev.millrace.core.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.event.Envelope.Field;
import dev.millrace.core.event.Envelope.Replacement;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EnvelopeTest {
    private static final Event EVENT = new Event(
            "m-1",
            "identify",
            null,
            "u",
            "a",
            "p",
            "g",
            "web",
            1L,
            -2L,
            Long.MIN_VALUE,
            "{\"a\":\"ä\"}",
            "{\"email\":\"a@b.c\",\"other\":\"d@e.f\"}",
            "",
            null);

    private static final List<Field> TEXTS = Arrays.stream(Field.values())
            .filter(field -> field != Field.TIMESTAMP && field != Field.SENT_AT && field != Field.RECEIVED_AT)
            .toList();

    private final Random random = new Random(7);

    @Test
    void everyFieldIsFound() {
        Envelope envelope = BinaryEvent.envelope(EVENT, random);

        assertThat(envelope.event()).isEqualTo(EVENT);
        assertThat(envelope.text(Field.TRAITS)).isEqualTo(EVENT.traits());
        assertThat(envelope.time(Field.SENT_AT)).isEqualTo(-2);
        assertThat(envelope.has(Field.CONTEXT)).isTrue();
        assertThat(envelope.has(Field.EXTRAS)).isFalse();
        assertThat(envelope.text(Field.EXTRAS)).isNull();
        assertThat(new String(
                        envelope.bytes(),
                        envelope.start(Field.USER_ID),
                        envelope.end(Field.USER_ID) - envelope.start(Field.USER_ID),
                        StandardCharsets.UTF_8))
                .isEqualTo("u");
        assertThat(envelope.copy()).isEqualTo(BinaryEvent.bytes(EVENT));
    }

    @Test
    void anyEventIsReadAsItWasWritten() {
        for (int seed = 0; seed < 2000; seed++) {
            Random seeded = new Random(seed);
            Event event = BinaryEvent.random(seeded);
            assertThat(BinaryEvent.envelope(event, seeded).event())
                    .as("seed %d", seed)
                    .isEqualTo(event);
        }
    }

    @Test
    void oneEnvelopeReadsOneEventAfterAnother() {
        Envelope envelope = new Envelope();
        for (int seed = 0; seed < 200; seed++) {
            Event event = BinaryEvent.random(new Random(seed));
            byte[] bytes = BinaryEvent.bytes(event);
            assertThat(envelope.read(bytes, 0, bytes.length)).isTrue();
            assertThat(envelope.event()).as("seed %d", seed).isEqualTo(event);
        }
    }

    @Test
    void bytesThatAreNoWholeEventAreRefused() {
        byte[] bytes = BinaryEvent.bytes(EVENT);
        Envelope envelope = new Envelope();
        for (int length = 0; length < bytes.length; length++) {
            assertThat(envelope.read(bytes, 0, length)).as("%d bytes", length).isFalse();
            assertThat(envelope.has(Field.MESSAGE_ID)).isFalse();
        }
        assertThat(envelope.read(Arrays.copyOf(bytes, bytes.length + 1), 0, bytes.length + 1))
                .isFalse();
        assertThat(envelope.read(bytes, 0, bytes.length)).isTrue();
    }

    @Test
    void noiseIsRefusedOrReadButNeverThrownAt() {
        for (int seed = 0; seed < 5000; seed++) {
            Random seeded = new Random(seed);
            byte[] bytes = BinaryEvent.bytes(seeded.nextBoolean() ? EVENT : BinaryEvent.random(seeded));
            for (int i = seeded.nextInt(4); i >= 0; i--) {
                bytes[seeded.nextInt(bytes.length)] = (byte) seeded.nextInt();
            }
            Envelope envelope = new Envelope();
            if (envelope.read(bytes, 0, bytes.length)) {
                assertThat(envelope.event()).as("seed %d", seed).isNotNull();
                assertThat(envelope.copy()).isEqualTo(bytes);
            }
        }
    }

    @Test
    void anotherMessageIdLeavesTheRestAsItIs() {
        for (int seed = 0; seed < 500; seed++) {
            Random seeded = new Random(seed);
            Event event = BinaryEvent.random(seeded);
            byte[] bytes = BinaryEvent.envelope(event, seeded).withMessageId("derived-ä");
            assertThat(bytes).as("seed %d", seed).isEqualTo(BinaryEvent.bytes(event.withMessageId("derived-ä")));
        }
    }

    @Test
    void piecesOfTextAreReplaced() {
        Envelope envelope = BinaryEvent.envelope(EVENT, random);
        String traits = EVENT.traits();
        int start = envelope.start(Field.TRAITS);
        int properties = envelope.start(Field.PROPERTIES);
        List<Replacement> replacements = List.of(
                new Replacement(Field.TRAITS, start + 10, start + 15, "email:0123"),
                new Replacement(
                        Field.USER_ID, envelope.start(Field.USER_ID), envelope.end(Field.USER_ID), "U".repeat(90)),
                new Replacement(Field.TRAITS, start + traits.indexOf("d@"), start + traits.indexOf("d@") + 5, "€"),
                new Replacement(Field.PROPERTIES, properties + 6, properties + 8, ""));

        Event replaced = read(envelope.with(replacements));

        assertThat(replaced.traits()).isEqualTo("{\"email\":\"email:0123\",\"other\":\"€\"}");
        assertThat(replaced.userId()).isEqualTo("U".repeat(90));
        assertThat(replaced.properties()).isEqualTo("{\"a\":\"\"}");
        assertThat(replaced.anonymousId()).isEqualTo("a");
        assertThat(envelope.event()).isEqualTo(EVENT);
        assertThat(envelope.with(List.of())).isEqualTo(envelope.copy());
    }

    @Test
    void anyPiecesOfAnyTextsAreReplacedWhateverTheirOrder() {
        for (int seed = 0; seed < 1000; seed++) {
            Random seeded = new Random(seed);
            Event event = BinaryEvent.random(seeded);
            Envelope envelope = BinaryEvent.envelope(event, seeded);
            List<Replacement> replacements = new ArrayList<>();
            List<String> expected = new ArrayList<>();
            for (Field field : TEXTS) {
                expected.add(replacePieces(envelope, field, replacements, seeded));
            }
            Collections.shuffle(replacements, seeded);

            byte[] replaced = envelope.with(replacements);

            Envelope reread = new Envelope();
            assertThat(reread.read(replaced, 0, replaced.length))
                    .as("seed %d", seed)
                    .isTrue();
            assertThat(TEXTS.stream().map(reread::text).toList())
                    .as("seed %d", seed)
                    .isEqualTo(expected);
            assertThat(reread.time(Field.TIMESTAMP)).isEqualTo(event.timestampMillis());
            assertThat(reread.time(Field.SENT_AT)).isEqualTo(event.sentAtMillis());
            assertThat(reread.time(Field.RECEIVED_AT)).isEqualTo(event.receivedAtMillis());
        }
    }

    /** Adds replacements in a field, which end where a character does; returns the text that is then to be expected. */
    private static String replacePieces(Envelope envelope, Field field, List<Replacement> replacements, Random random) {
        String text = envelope.text(field);
        if (text == null) {
            return null;
        }
        StringBuilder expected = new StringBuilder();
        int at = 0;
        for (int pieces = random.nextInt(4); pieces > 0 && at < text.length(); pieces--) {
            int from = boundary(text, at + random.nextInt(text.length() - at));
            int end = Math.min(text.length(), from + 1 + random.nextInt(30));
            int to = boundary(text, end) < end ? end + 1 : end;
            String instead = random.nextBoolean() ? "" : "ö".repeat(random.nextInt(100));
            expected.append(text, at, from).append(instead);
            replacements.add(new Replacement(
                    field,
                    envelope.start(field) + utf8Length(text.substring(0, from)),
                    envelope.start(field) + utf8Length(text.substring(0, to)),
                    instead));
            at = to;
        }
        return expected.append(text.substring(at)).toString();
    }

    private static int boundary(String text, int at) {
        return at < text.length() && Character.isLowSurrogate(text.charAt(at)) ? at - 1 : at;
    }

    private static int utf8Length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static Event read(byte[] bytes) {
        Envelope envelope = new Envelope();
        assertThat(envelope.read(bytes, 0, bytes.length)).isTrue();
        return envelope.event();
    }
}
