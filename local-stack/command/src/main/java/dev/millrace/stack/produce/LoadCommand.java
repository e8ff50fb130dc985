package dev.millrace.stack.produce;

import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.stack.Stack;
import dev.millrace.stack.StackException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code stack load}: a file of events into the raw topic. */
@Command(
        name = "load",
        description = {
            "Puts events from a file into the raw topic, in the file's order.",
            "",
            "The file is Segment-spec NDJSON: an event a line, plain or gzip. An event that does not say when it was"
                    + " received was received now. A line that is no JSON object is told, and put into the topic as it"
                    + " is: it is mirrored, and StitchJob rejects it.",
            "",
            "Events that are further behind event time, as far as the stack has come, than measure.hot_horizon are loaded too,"
                    + " but come too late for the metrics; a warning says how many there are and what can be done."
        })
public final class LoadCommand implements Callable<Integer> {
    @ParentCommand
    private Stack stack;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "The file; - for standard input.")
    private String file;

    @Override
    public Integer call() throws IOException {
        MillraceConfig config = stack.config();
        PrintWriter err = spec.commandLine().getErr();
        boolean standardInput = file.equals("-");
        if (!standardInput && !Files.exists(Path.of(file))) {
            throw new StackException("there is no file " + file);
        }
        boolean surveyed = !standardInput && Files.isRegularFile(Path.of(file));
        Optional<Instant> newest = eventTime(err);
        try (Interruption stop = new Interruption(err, "what was sent to be acknowledged");
                RawSink sink = new TopicSink(config)) {
            long total = surveyed ? survey(config, newest, err, stop) : Long.MAX_VALUE;
            Loading loading = loading(config, newest, err);
            try (Lines lines = open(standardInput)) {
                Progress progress = new Progress(err, "loaded", total);
                AtomicBoolean told = new AtomicBoolean();
                Runnable summary = () -> {
                    if (told.compareAndSet(false, true)) {
                        summarize(config, loading, progress, stop.isAsked(), err);
                    }
                };
                stop.endWith(() -> {
                    flush(sink);
                    summary.run();
                });
                loading.load(lines, sink, surveyed, progress, stop);
                summary.run();
            } catch (StackException e) {
                throw new StackException(e.getMessage() + soFar(loading.sent()), e);
            }
        }
        return 0;
    }

    private long survey(MillraceConfig config, Optional<Instant> newest, PrintWriter err, Interruption stop)
            throws IOException {
        HotHorizon horizon = new HotHorizon(config.measure().hotHorizon(), newest);
        Loading survey = loading(config, horizon, err);
        try (Lines lines = open(false)) {
            survey.survey(lines, new Progress(err, "looked at", Long.MAX_VALUE), stop::isAsked);
        } catch (StackException e) {
            throw new StackException(e.getMessage() + soFar(0), e);
        }
        horizon.warning().ifPresent(warning -> err.println("warning: " + warning));
        if (survey.untimed() > 0) {
            err.println(String.format(
                    Locale.ROOT,
                    "note: %,d events have a sentAt but no receivedAt; they count as received now, so that their time"
                            + " becomes now less (sentAt - timestamp).",
                    survey.untimed()));
        }
        err.flush();
        return survey.sent();
    }

    private void summarize(
            MillraceConfig config, Loading loading, Progress progress, boolean stopped, PrintWriter err) {
        err.println((stopped ? "stopped early: " : "loaded ") + progress.summary(loading.sent()) + " into "
                + config.topics().produced());
        if (loading.malformed() > 0) {
            err.println(String.format(
                    Locale.ROOT,
                    "%,d of them are malformed: they are mirrored, and rejected to %s",
                    loading.malformed(),
                    config.topics().rejected()));
        }
        if (loading.late() > 0) {
            err.println(String.format(
                    Locale.ROOT, "%,d of them are beyond the hot horizon: not in the metrics", loading.late()));
        }
        err.flush();
    }

    private static Loading loading(MillraceConfig config, Optional<Instant> newest, PrintWriter err) {
        return loading(config, new HotHorizon(config.measure().hotHorizon(), newest), err);
    }

    private static Loading loading(MillraceConfig config, HotHorizon horizon, PrintWriter err) {
        return new Loading(horizon, config.stitch().maxFuture().toMillis(), Clock.systemUTC(), err);
    }

    private Lines open(boolean standardInput) throws IOException {
        if (standardInput) {
            return new Lines("standard input", System.in);
        }
        try {
            return new Lines(file, Files.newInputStream(Path.of(file)));
        } catch (AccessDeniedException e) {
            throw new StackException("the file " + file + " may not be read by you", e);
        }
    }

    /** How far the stack has come; empty where it has seen nothing. */
    private Optional<Instant> eventTime(PrintWriter err) {
        try (Connection store = stack.store();
                Statement statement = store.createStatement();
                ResultSet rows = statement.executeQuery("select event_time from event_time")) {
            rows.next();
            return Optional.ofNullable(rows.getTimestamp(1)).map(Timestamp::toInstant);
        } catch (SQLException | StackException e) {
            err.println("warning: can't ask the serving store how far the stack has come (" + e.getMessage()
                    + "), so events beyond the hot horizon of what it has seen are not told");
            err.flush();
            return Optional.empty();
        }
    }

    private static String soFar(long sent) {
        return sent == 0
                ? "; nothing was loaded"
                : String.format(Locale.ROOT, "; %,d records were sent before that, and may be in the topic", sent);
    }

    private static void flush(RawSink sink) {
        try {
            sink.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
