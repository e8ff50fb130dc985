package dev.millrace.core.metric;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FragmentTest {
    /** As state has it that was written when a fragment had the pages of its first and its last event. */
    @ParameterizedTest
    @CsvSource({
        "'[\"web\",null,\"/a\"]', /z, 1000 /a, 1500 /z",
        "'[\"web\",null,null]', /z, 1500 /z, 1500 /z",
        "'[\"web\",null,\"/a\"]', , , ",
        "'[]', , , "
    })
    void theFirstFormIsReadAsFarAsItKnew(String landing, String exit, String entryNow, String exitNow)
            throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeByte(1);
        out.writeLong(0);
        out.writeInt(1);
        out.writeLong(77);
        out.writeByte(2);
        out.writeInt(5);
        out.writeLong(1000);
        out.writeInt(500);
        out.writeInt(3);
        out.writeUTF(landing);
        out.writeBoolean(exit != null);
        if (exit != null) {
            out.writeUTF(exit);
        }
        out.writeInt(2);
        out.writeLong(9);
        Day day = MetricCodec.readDay(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())), new Texts());
        assertThat(day.held)
                .containsExactly(
                        new Held(77, new Fragment(5, 1000, 1500, 3, landing, page(entryNow), page(exitNow), 2, 9)));
    }

    private static PageView page(String text) {
        return text == null
                ? null
                : new PageView(
                        Long.parseLong(text.substring(0, text.indexOf(' '))), text.substring(text.indexOf(' ') + 1));
    }
}
