package dev.millrace.stack.produce;

import dev.millrace.core.event.Event;
import dev.millrace.core.event.EventTime;
import dev.millrace.core.event.MalformedEventException;
import dev.millrace.core.event.SegmentJson;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.Locale;
import java.util.function.BooleanSupplier;

/** Reads the lines of a file as events, and sends them on in the file's order. Single-threaded to keep that order. */
final class Loading {
    private static final int MALFORMED_SHOWN = 5;

    private final HotHorizon horizon;
    private final long maxFutureMillis;
    private final Clock clock;
    private final PrintWriter err;
    private long events;
    private long malformed;
    private long untimed;

    Loading(HotHorizon horizon, long maxFutureMillis, Clock clock, PrintWriter err) {
        this.horizon = horizon;
        this.maxFutureMillis = maxFutureMillis;
        this.clock = clock;
        this.err = err;
    }

    /** Reads all lines without sending them, to know their times. */
    void survey(Lines lines, Progress progress, BooleanSupplier stopped) throws IOException {
        byte[] line;
        while (!stopped.getAsBoolean() && (line = lines.next()) != null) {
            try {
                take(SegmentJson.read(line));
            } catch (MalformedEventException e) {
                malformed++; // Told when it is loaded.
            }
            progress.at(events + malformed);
        }
        progress.clear();
    }

    /**
     * Sends all lines.
     *
     * @param surveyed whether the horizon's warning was given before
     */
    void load(Lines lines, RawSink sink, boolean surveyed, Progress progress, Interruption stop) throws IOException {
        while (!stop.isAsked()) {
            stop.awaitsInput(!surveyed);
            byte[] line = lines.next();
            stop.awaitsInput(false);
            if (line == null) {
                break;
            }
            try {
                Event event = SegmentJson.read(line);
                if (event.receivedAtMillis() == null) {
                    event = event.received(event.source(), clock.millis(), null);
                }
                if (take(event) && horizon.late() == 1 && !surveyed) {
                    progress.clear();
                    err.println("warning: " + horizon.firstWarning(lines.number(), time(event)));
                    err.flush();
                }
                sink.send(event);
            } catch (MalformedEventException e) {
                sink.send(line);
                malformed++;
                tell(lines.number(), e, progress);
            }
            progress.at(sent());
        }
        sink.flush();
        progress.clear();
    }

    private boolean take(Event event) {
        events++;
        if (event.sentAtMillis() != null && event.receivedAtMillis() == null) {
            untimed++;
        }
        return horizon.add(time(event));
    }

    private long time(Event event) {
        return EventTime.of(event, clock.millis(), maxFutureMillis).millis();
    }

    private void tell(long line, MalformedEventException e, Progress progress) {
        if (malformed > MALFORMED_SHOWN) {
            return;
        }
        progress.clear();
        // The parser only knows the line as its first.
        String reason = e.getMessage().replace("(line 1, column", "(column");
        err.println(String.format(Locale.ROOT, "line %,d: %s", line, reason));
        if (malformed == MALFORMED_SHOWN) {
            err.println("(lines of that kind are counted from here on)");
        }
        err.flush();
    }

    /** Events that say when they were sent, but not when they were received, so that their time is relative to now. */
    long untimed() {
        return untimed;
    }

    long malformed() {
        return malformed;
    }

    /** Events that come too late for the metrics. */
    long late() {
        return horizon.late();
    }

    /** Events and malformed lines. */
    long sent() {
        return events + malformed;
    }
}
