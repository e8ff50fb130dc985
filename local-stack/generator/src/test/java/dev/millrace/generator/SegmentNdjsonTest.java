package dev.millrace.generator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.event.Event;
import dev.millrace.core.event.SegmentJson;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentNdjsonTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"track\",\"event\":\"A \\\"b\\\" \\u0007 ü\",\"messageId\":\"m\",\"userId\":42}",
                "{\"type\":\"page\",\"name\":\"Home\",\"anonymousId\":\"a\",\"timestamp\":\"2026-01-01T10:00:00+02:00\"}",
                "{\"type\":\"page\",\"name\":\"Home\",\"event\":\"Other\"}",
                "{\"type\":\"track\",\"name\":\"no event name\"}",
                "{\"type\":\"identify\",\"traits\":{\"a\": {\"b\":[1,2.50,null]}},\"context\":{},\"integrations\":{\"All\":true}}",
                "{\"type\":\"track\",\"timestamp\":\"yesterday\",\"originalTimestamp\":1200000000000,\"sentAt\":0}",
                "{\"type\":\"alias\",\"previousId\":\"p\",\"userId\":\"u\",\"receivedAt\":\"2026-01-01T00:00:00.123Z\"}",
                "{\"type\":\"group\",\"groupId\":\"g\",\"source\":\"s\",\"userId\":[1]}",
                "{}",
            })
    void whatIsWrittenIsReadAsTheSameEvent(String json) throws Exception {
        Event event = SegmentJson.read(json, null);

        String line = SegmentNdjson.write(event);

        assertThat(SegmentJson.read(line.getBytes(StandardCharsets.UTF_8))).isEqualTo(event);
    }

    @Test
    void aPrettyPrintedObjectBecomesOneLine() throws Exception {
        Event event = SegmentJson.read("{\"type\":\"track\",\"properties\":{\r\n  \"a\": 1\n}}", null);

        assertThat(SegmentNdjson.write(event)).isEqualTo("{\"type\":\"track\",\"properties\":{    \"a\": 1 }}");
    }
}
