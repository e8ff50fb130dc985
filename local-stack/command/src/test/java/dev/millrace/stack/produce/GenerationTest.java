package dev.millrace.stack.produce;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.event.Event;
import dev.millrace.generator.Generated;
import dev.millrace.generator.Generator;
import dev.millrace.generator.GeneratorOptions;
import dev.millrace.stack.produce.GenerateCommand.Generation;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GenerationTest {
    private static final GeneratorOptions OPTIONS =
            GeneratorOptions.ofSeed(11).withEvents(5_000).withMalformed(0.02);

    private final PrintWriter err = new PrintWriter(new StringWriter());
    private final Progress progress = new Progress(err, false, "generated", 5_000);

    @Test
    void whatIsWrittenToAFileIsLoadedAsTheSameRecords() throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        RecordedSink loaded = new RecordedSink();
        try (Interruption none = new Interruption(err, "nothing");
                RawSink sink = new NdjsonSink(file)) {
            long done = new Generation(Generator.of(OPTIONS), sink, OPTIONS.start(), false).run(progress, none);
            assertThat(done).isEqualTo(5_000);

            HotHorizon horizon = new HotHorizon(Duration.ofDays(7), Optional.empty());
            new Loading(horizon, 0, Clock.systemUTC(), err)
                    .load(
                            new Lines("the file", new ByteArrayInputStream(file.toByteArray())),
                            loaded,
                            true,
                            progress,
                            none);
        }

        List<Object> records = new ArrayList<>();
        for (Generator generator = Generator.of(OPTIONS); generator.hasNext(); ) {
            Generated next = generator.next();
            records.add(next.event() != null ? next.event() : next.bytes());
        }
        assertThat(loaded.records).usingRecursiveFieldByFieldElementComparator().isEqualTo(records);
    }

    @Test
    void atARateRecordsWaitForTheirTime() throws IOException {
        GeneratorOptions options = OPTIONS.withEventsPerSecond(1_000).withEvents(300);
        RecordedSink sink = new RecordedSink();
        long startNanos = System.nanoTime();
        try (Interruption none = new Interruption(err, "nothing")) {
            new Generation(Generator.of(options), sink, options.start(), true).run(progress, none);
        }
        long tookMillis = (System.nanoTime() - startNanos) / 1_000_000;

        Event last = sink.events().get(sink.events().size() - 1);
        assertThat(tookMillis)
                .isGreaterThanOrEqualTo(
                        last.receivedAtMillis() - options.start().toEpochMilli());
        assertThat(sink.records).hasSize(300);
        assertThat(sink.flushed).isEqualTo(300);
    }
}
