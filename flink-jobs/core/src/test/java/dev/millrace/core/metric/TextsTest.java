package dev.millrace.core.metric;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TextsTest {
    @Test
    void whatIsReadIsWhatWasWritten() throws IOException {
        List<String> texts = new ArrayList<>(List.of(
                "", "a", "[\"track\",\"Product Viewed\"]", "\u0000", "ä", "😀 and more", "\u007f", "\u0080", "\uffff"));
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            texts.add("x".repeat(random.nextInt(4) == 0 ? random.nextInt(400) : 0)
                    + Integer.toString(random.nextInt(5_000), 36)
                    + (random.nextInt(9) == 0 ? "é" : ""));
        }
        Texts reader = new Texts();
        DataInputStream in = written(texts);
        for (String text : texts) {
            assertThat(reader.read(in)).isEqualTo(text);
        }
        assertThat(in.read()).isEqualTo(-1);
    }

    @Test
    void textsOfOneHashAreToldApart() throws IOException {
        assertThat("AaBB".hashCode()).isEqualTo("BBAa".hashCode());
        Texts reader = new Texts();
        DataInputStream in = written(List.of("AaBB", "BBAa", "AaAa", "BBBB", "AaBB"));
        assertThat(List.of(reader.read(in), reader.read(in), reader.read(in), reader.read(in), reader.read(in)))
                .containsExactly("AaBB", "BBAa", "AaAa", "BBBB", "AaBB");
    }

    @Test
    void aTextThatComesAgainIsTheSameObject() throws IOException {
        Texts reader = new Texts();
        DataInputStream in = written(List.of("[\"/checkout\"]", "other", "[\"/checkout\"]"));
        String first = reader.read(in);
        reader.read(in);
        assertThat(reader.read(in)).isSameAs(first);
    }

    private static DataInputStream written(List<String> texts) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        for (String text : texts) {
            out.writeUTF(text);
        }
        return new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));
    }
}
