package dev.millrace.stack.produce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.core.event.Event;
import dev.millrace.core.event.SegmentJson;
import dev.millrace.stack.StackException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class LoadingTest {
    private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");
    private static final long HOUR = Duration.ofHours(1).toMillis();

    private final RecordedSink sink = new RecordedSink();
    private final StringWriter told = new StringWriter();
    private final PrintWriter err = new PrintWriter(told, true);

    @Test
    void eventsKeepTheOrderOfTheFilePlainAndGzip() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 5_000; i++) {
            text.append(event("m" + i, "2026-05-01T11:00:00Z")).append(i % 7 == 0 ? "\r\n" : "\n");
        }
        RecordedSink zipped = new RecordedSink();

        load(bytes(text.toString()), sink);
        load(gzip(bytes(text.toString())), zipped);

        assertThat(sink.events()).hasSize(5_000).isEqualTo(zipped.events());
        for (int i = 0; i < 5_000; i++) {
            assertThat(sink.events().get(i).messageId()).isEqualTo("m" + i);
        }
        assertThat(sink.flushed).isEqualTo(5_000);
    }

    @Test
    void severalGzipMembersAreOneText() throws IOException {
        byte[] first = gzip(bytes(event("a", "2026-05-01T11:00:00Z") + "\n"));
        byte[] second = gzip(bytes(event("b", "2026-05-01T11:00:00Z")));
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);

        load(both, sink);

        assertThat(sink.events()).extracting(Event::messageId).containsExactly("a", "b");
    }

    @Test
    void blankLinesAByteOrderMarkAndAMissingLastLineBreakDoNoHarm() throws IOException {
        load(bytes("\uFEFF" + event("a", "2026-05-01T11:00:00Z") + "\n\n  \r\n" + event("b", "x")), sink);

        assertThat(sink.events()).extracting(Event::messageId).containsExactly("a", "b");
        assertThat(sink.records).hasSize(2);
    }

    @Test
    void aLineLongerThanTheBufferIsOneEvent() throws Exception {
        String line = "{\"type\":\"track\",\"messageId\":\"" + "x".repeat(300_000) + "\"}";

        load(bytes(line + "\n" + event("b", "x")), sink);

        assertThat(sink.events().get(0).messageId()).hasSize(300_000);
        assertThat(sink.events()).hasSize(2);
    }

    @Test
    void anEventIsReceivedNowUnlessItSaysOtherwise() throws Exception {
        String with = "{\"type\":\"track\",\"messageId\":\"a\",\"receivedAt\":\"2026-01-01T00:00:00Z\"}";

        load(bytes(with + "\n" + event("b", "2026-05-01T11:00:00Z")), sink);

        assertThat(sink.events().get(0)).isEqualTo(SegmentJson.read(bytes(with)));
        assertThat(sink.events().get(1).receivedAtMillis()).isEqualTo(NOW.toEpochMilli());
        assertThat(sink.events().get(1).timestampMillis())
                .isEqualTo(Instant.parse("2026-05-01T11:00:00Z").toEpochMilli());
    }

    @Test
    void malformedLinesAreSentAsTheyAreAndToldByNumber() throws IOException {
        byte[] noise = {(byte) 0xFF, 0, (byte) 0xC3, 'x', '\r'};
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        text.writeBytes(bytes(event("a", "x") + "\nnot json\n"));
        text.writeBytes(noise);
        text.writeBytes(bytes("\n[1,2]\n{\"type\":\n" + event("b", "x") + "\n" + "null\n\"x\"\n7\n"));

        Loading loading = load(text.toByteArray(), sink);

        assertThat(sink.records).hasSize(9);
        assertThat((byte[]) sink.records.get(1)).isEqualTo(bytes("not json"));
        assertThat((byte[]) sink.records.get(2)).isEqualTo(noise);
        assertThat(loading.malformed()).isEqualTo(7);
        assertThat(loading.sent()).isEqualTo(9);
        assertThat(told.toString().lines().toList())
                .hasSize(6)
                .satisfies(lines -> assertThat(lines.get(0)).startsWith("line 2: not JSON"))
                .satisfies(lines -> assertThat(lines.get(1)).isEqualTo("line 3: the text is not UTF-8"))
                .satisfies(lines -> assertThat(lines.get(2)).startsWith("line 4: an event must be a JSON object"))
                .satisfies(lines -> assertThat(lines.get(5)).startsWith("(lines of that kind are counted"));
    }

    @Test
    void anObjectThatNamesNobodyIsLeftToTheJobs() throws IOException {
        load(bytes("{\"type\":\"purchase\"}"), sink);

        assertThat(sink.events()).hasSize(1);
        assertThat(told.toString()).isEmpty();
    }

    @Test
    void gzipThatIsCutOffIsToldWithItsLine() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            text.append(event("m" + i * 7919L % 100_003, "2026-05-01T11:00:00Z"))
                    .append('\n');
        }
        byte[] zipped = gzip(bytes(text.toString()));

        assertThatThrownBy(() -> load(Arrays.copyOf(zipped, zipped.length / 2), sink))
                .isInstanceOf(StackException.class)
                .hasMessageStartingWith("the file: the gzip data is cut off or broken after line ");
        assertThat(sink.events()).isNotEmpty();
        assertThatThrownBy(() -> load(Arrays.copyOf(zipped, 4), sink)).isInstanceOf(StackException.class);
    }

    @Test
    void anEndlessLineIsRefused() {
        byte[] zeros = new byte[(16 << 20) + 100_000];

        assertThatThrownBy(() -> load(zeros, sink)).hasMessageContaining("line 1 is longer than 16 MiB");
    }

    @Test
    void aFailedDeliveryEndsTheLoad() {
        RawSink failing = new RawSink() {
            @Override
            public void send(Event event) {
                throw new StackException("Kafka is away");
            }

            @Override
            public void send(byte[] record) {
                throw new StackException("Kafka is away");
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };

        assertThatThrownBy(() -> load(bytes(event("a", "x")), failing)).hasMessage("Kafka is away");
    }

    @Test
    void theFirstLateEventOfAStreamIsToldOnce() throws IOException {
        HotHorizon horizon = new HotHorizon(Duration.ofDays(7), Optional.of(Instant.parse("2026-04-30T00:00:00Z")));
        String text = event("a", "2026-04-29T00:00:00Z") + "\n" + event("b", "2026-04-01T00:00:00Z") + "\n"
                + event("c", "2026-04-02T00:00:00Z");

        Loading loading = load(bytes(text), sink, horizon, false);

        assertThat(loading.late()).isEqualTo(2);
        assertThat(sink.events()).hasSize(3);
        assertThat(told.toString())
                .containsOnlyOnce("warning: the event on line 2 is from 2026-04-01T00:00:00Z, more than 7d");
    }

    @Test
    void aSurveyCountsWithoutSending() throws IOException {
        HotHorizon horizon = new HotHorizon(Duration.ofDays(7), Optional.of(Instant.parse("2026-04-30T00:00:00Z")));
        String sentOnly =
                "{\"type\":\"track\",\"timestamp\":\"2020-01-01T00:00:00Z\",\"sentAt\":\"2020-01-01T00:00:01Z\"}";
        Loading survey = new Loading(horizon, HOUR, Clock.fixed(NOW, ZoneOffset.UTC), err);

        try (Lines lines = lines(bytes(sentOnly + "\n?\n" + event("b", "2026-04-01T00:00:00Z")))) {
            survey.survey(lines, new Progress(err, false, "looked at", Long.MAX_VALUE), () -> false);
        }

        assertThat(survey.sent()).isEqualTo(3);
        assertThat(survey.malformed()).isEqualTo(1);
        assertThat(survey.untimed()).isEqualTo(1);
        assertThat(survey.late())
                .as("the one that was sent, it seems, a second ago is not")
                .isEqualTo(1);
    }

    private Loading load(byte[] text, RawSink to) throws IOException {
        return load(text, to, new HotHorizon(Duration.ofDays(7), Optional.empty()), true);
    }

    private Loading load(byte[] text, RawSink to, HotHorizon horizon, boolean surveyed) throws IOException {
        Loading loading = new Loading(horizon, HOUR, Clock.fixed(NOW, ZoneOffset.UTC), err);
        try (Lines lines = lines(text);
                Interruption none = new Interruption(err, "nothing")) {
            loading.load(lines, to, surveyed, new Progress(err, false, "loaded", Long.MAX_VALUE), none);
        }
        return loading;
    }

    private static Lines lines(byte[] text) throws IOException {
        return new Lines("the file", new ByteArrayInputStream(text));
    }

    private static String event(String messageId, String timestamp) {
        return "{\"type\":\"track\",\"event\":\"E\",\"anonymousId\":\"a\",\"messageId\":\"" + messageId
                + "\",\"timestamp\":\"" + timestamp + "\"}";
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] gzip(byte[] text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text);
        }
        return bytes.toByteArray();
    }
}
