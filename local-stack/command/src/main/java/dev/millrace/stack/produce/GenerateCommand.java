package dev.millrace.stack.produce;

import dev.millrace.generator.Generated;
import dev.millrace.generator.Generator;
import dev.millrace.generator.GeneratorOptions;
import dev.millrace.stack.Stack;
import dev.millrace.stack.StackException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.zip.GZIPOutputStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code stack generate}: events of made-up people, into the raw topic or a file. */
@Command(
        name = "generate",
        description = {
            "Puts events of made-up people who use a shop into the raw topic, or into a file.",
            "",
            "Say how many (--events), how fast (--rate), or both. With --rate, events are sent as they happen, until"
                    + " there are --events of them or until Ctrl-C. With --events alone they are sent at once, and have"
                    + " happened in the time up to now. A file with --events is written at once in any case.",
            "",
            "Among them are events that come late, twice or not in order, clients whose clock is wrong, devices that"
                    + " several people use, and records that are no events.",
            "",
            "The same --seed, --people and --rate give the same people and message ids, whatever the other options."
                    + " So the same seed twice into one stack within stitch.dedupe_window (of event time) counts once."
        })
public final class GenerateCommand implements Callable<Integer> {
    @ParentCommand
    private Stack stack;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--events",
            paramLabel = "N",
            description = "Number of records, with duplicates and malformed ones.")
    private Long events;

    @Option(
            names = "--rate",
            paramLabel = "R",
            description = "Events a second (default without pace: 100 a second of event time).")
    private Double rate;

    @Option(names = "--people", paramLabel = "N", defaultValue = "10000", description = "Default: ${DEFAULT-VALUE}.")
    private long people;

    @Option(names = "--seed", paramLabel = "S", description = "A whole number (default: one by chance, which is told).")
    private Long seed;

    @Option(
            names = "--start",
            paramLabel = "TIME",
            description = "When the first event happens, in ISO 8601 (default: such that they are live or end now;"
                    + " with --out 2026-01-01T00:00:00Z).")
    private String start;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Write NDJSON to this file instead, as load reads it; gzip if its name ends in .gz;"
                    + " - for standard output.")
    private String out;

    @Option(
            names = "--duplicates",
            paramLabel = "SHARE",
            defaultValue = "0.01",
            description = "Events that come twice, from 0 to 0.5 (default: ${DEFAULT-VALUE}).")
    private double duplicates;

    @Option(
            names = "--late",
            paramLabel = "SHARE",
            defaultValue = "0.01",
            description = "Events that come seconds to hours late (default: ${DEFAULT-VALUE}).")
    private double late;

    @Option(
            names = "--malformed",
            paramLabel = "SHARE",
            defaultValue = "0.001",
            description = "Records that are no events (default: ${DEFAULT-VALUE}).")
    private double malformed;

    @Override
    public Integer call() throws IOException {
        if (events == null && rate == null) {
            throw new ParameterException(
                    spec.commandLine(), "say how many events (--events N), how many a second (--rate R), or both");
        }
        GeneratorOptions options = options();
        boolean paced = rate != null && (out == null || events == null);
        PrintWriter err = spec.commandLine().getErr();
        err.println("seed " + options.seed() + "; the same again: " + again(options));
        err.flush();
        try (Interruption stop = new Interruption(err, "what was generated to arrive");
                RawSink sink = out == null ? new TopicSink(stack.config()) : new NdjsonSink(output())) {
            Generation generation = new Generation(Generator.of(options), sink, options.start(), paced);
            Progress progress = new Progress(err, "generated", options.events());
            long done = generation.run(progress, stop);
            progress.clear();
            err.println((stop.isAsked() ? "stopped: " : "generated ") + progress.summary(done) + " into " + target());
            err.flush();
        } catch (NoSuchFileException e) {
            throw new StackException("can't write to " + target() + ": its directory is not there", e);
        } catch (IOException e) {
            throw new StackException("can't write to " + target() + ": " + e.getMessage(), e);
        }
        return 0;
    }

    private GeneratorOptions options() {
        long itsSeed = seed != null ? seed : ThreadLocalRandom.current().nextLong(1, 1_000_000_000);
        try {
            GeneratorOptions options = GeneratorOptions.ofSeed(itsSeed)
                    .withPeople(people)
                    .withEvents(events == null ? Long.MAX_VALUE : events)
                    .withEventsPerSecond(rate == null ? GeneratorOptions.DEFAULT_EVENTS_PER_SECOND : rate)
                    .withDuplicates(duplicates)
                    .withLate(late)
                    .withMalformed(malformed);
            return options.withStart(start(options));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private Instant start(GeneratorOptions options) {
        if (start != null) {
            try {
                return OffsetDateTime.parse(start).toInstant();
            } catch (DateTimeException e) {
                throw new ParameterException(
                        spec.commandLine(), "--start " + start + " is no time as in 2026-01-01T00:00:00Z", e);
            }
        }
        if (out != null) {
            return GeneratorOptions.DEFAULT_START;
        }
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        return rate != null ? now : now.minusMillis((long) (events * 1000 / options.eventsPerSecond()));
    }

    private OutputStream output() throws IOException {
        if (out.equals("-")) {
            // Unlike System.out, it says when nobody reads any longer.
            return new FileOutputStream(FileDescriptor.out);
        }
        OutputStream file = Files.newOutputStream(Path.of(out));
        return out.endsWith(".gz") ? new GZIPOutputStream(file, 1 << 16) : file;
    }

    private String target() {
        return out == null ? stack.config().topics().produced() : out.equals("-") ? "standard output" : out;
    }

    private String again(GeneratorOptions options) {
        StringBuilder text = new StringBuilder("stack generate");
        if (events != null) {
            text.append(" --events ").append(events);
        }
        if (rate != null) {
            text.append(" --rate ").append(plain(rate));
        }
        text.append(" --people ").append(people).append(" --seed ").append(options.seed());
        text.append(" --start ").append(options.start());
        text.append(" --duplicates ").append(plain(duplicates));
        text.append(" --late ").append(plain(late));
        text.append(" --malformed ").append(plain(malformed));
        return text.append(out == null ? "" : " --out " + out).toString();
    }

    private static String plain(double value) {
        return value == Math.rint(value) ? String.format(Locale.ROOT, "%.0f", value) : Double.toString(value);
    }

    /**
     * Sends what is generated.
     *
     * @param start when the first record arrives, by the generator's clock
     * @param paced whether records wait for their time of arrival, counted from now
     */
    record Generation(Generator generator, RawSink sink, Instant start, boolean paced) {
        /** Until the last, or until asked to stop; says how many there were. */
        long run(Progress progress, Interruption stop) throws IOException {
            long startNanos = System.nanoTime();
            long done = 0;
            while (!stop.isAsked() && generator.hasNext()) {
                Generated next = generator.next();
                if (paced) {
                    pace(next.arrivalMillis() - start.toEpochMilli(), startNanos, done, progress, stop);
                    if (stop.isAsked()) {
                        break;
                    }
                }
                if (next.event() != null) {
                    sink.send(next.event());
                } else {
                    sink.send(next.bytes());
                }
                done++;
                progress.at(done);
            }
            sink.flush();
            return done;
        }

        private static void pace(long dueMillis, long startNanos, long done, Progress progress, Interruption stop) {
            while (!stop.isAsked()) {
                long leftMillis = dueMillis - (System.nanoTime() - startNanos) / 1_000_000;
                if (leftMillis <= 0) {
                    return;
                }
                // Short, so that progress is shown at the slowest rate too.
                stop.await(Duration.ofMillis(Math.min(leftMillis, 500)));
                progress.at(done);
            }
        }
    }
}
