package dev.millrace.stack.produce;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/** How far a long command is, once a second: one line that changes on a terminal, a line each elsewhere. */
final class Progress {
    private static final long EVERY_NANOS = Duration.ofSeconds(1).toNanos();
    private static final String CLEAR_LINE = "\r\u001B[K";

    private final PrintWriter err;
    private final boolean terminal;
    private final String verb;
    private final long total;
    private final long startNanos = System.nanoTime();
    private long lastNanos = startNanos;
    private long lastDone;
    private boolean shown;

    /** @param total what there is to do; {@link Long#MAX_VALUE}: not known */
    Progress(PrintWriter err, String verb, long total) {
        this(err, isTerminal(), verb, total);
    }

    Progress(PrintWriter err, boolean terminal, String verb, long total) {
        this.err = err;
        this.terminal = terminal;
        this.verb = verb;
        this.total = total;
    }

    /** Shows how many are done, if a second has passed since it last did. */
    void at(long done) {
        long now = System.nanoTime();
        if (now - lastNanos < EVERY_NANOS) {
            return;
        }
        String text = String.format(
                Locale.ROOT,
                "%s %,d%s, %,.0f/s",
                verb,
                done,
                total == Long.MAX_VALUE || total == 0
                        ? " events"
                        : String.format(Locale.ROOT, " of %,d events, %d%%", total, 100 * done / total),
                (done - lastDone) * 1e9 / (now - lastNanos));
        lastNanos = now;
        lastDone = done;
        shown = true;
        if (terminal) {
            err.print(CLEAR_LINE + text);
        } else {
            err.println(text);
        }
        err.flush();
    }

    /** Makes way for other lines. */
    void clear() {
        if (terminal && shown) {
            err.print(CLEAR_LINE);
            err.flush();
        }
        shown = false;
    }

    /** So many events, in the time since this began, as a clause. */
    String summary(long events) {
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        return String.format(Locale.ROOT, "%,d events in %.1f s, %,.0f/s", events, seconds, events / seconds);
    }

    /** Whether standard error is one; where the system can't say, whether the console is. */
    private static boolean isTerminal() {
        Path link = Path.of("/proc/self/fd/2");
        if (!Files.isSymbolicLink(link)) {
            return System.console() != null;
        }
        try {
            String target = Files.readSymbolicLink(link).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException e) {
            return System.console() != null;
        }
    }
}
