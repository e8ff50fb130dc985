package dev.millrace.stack.produce;

import dev.millrace.runtime.config.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * Which of a stream of events come too late for the metrics: those whose time lies more than the hot horizon behind the
 * newest that came before them. Not exact, as event time in the jobs waits for stragglers, but never far off.
 */
final class HotHorizon {
    private static final String CONSEQUENCE =
            "they will be mirrored and stitched, but counted as late_beyond_horizon and not in the metrics.";
    private static final String RAISE =
            "use a fresh stack (stack down --wipe, stack up) with a larger measure.hot_horizon in"
                    + " local-stack/millrace.yaml; raised later, it does not bring back windows that have passed it.";

    private final Duration horizon;
    private final Instant newestInStore;
    private long newestMillis;
    private long events;
    private long behindStore;
    private long behindEarlierLines;

    /** @param newestInStore how far event time has come, as the serving store has it; empty: it has seen nothing */
    HotHorizon(Duration horizon, Optional<Instant> newestInStore) {
        this.horizon = horizon;
        this.newestInStore = newestInStore.orElse(null);
        this.newestMillis = newestInStore.map(Instant::toEpochMilli).orElse(Long.MIN_VALUE / 2);
    }

    /** The next event's time; says whether it is too late. */
    boolean add(long timeMillis) {
        events++;
        boolean late = timeMillis < newestMillis - horizon.toMillis();
        if (late && newestInStore != null && timeMillis < limitOfStore().toEpochMilli()) {
            behindStore++;
        } else if (late) {
            behindEarlierLines++;
        }
        newestMillis = Math.max(newestMillis, timeMillis);
        return late;
    }

    long late() {
        return behindStore + behindEarlierLines;
    }

    /** What to tell before these events are loaded; empty where all are in time. */
    Optional<String> warning() {
        StringBuilder text = new StringBuilder();
        if (behindStore > 0) {
            text.append(String.format(
                    Locale.ROOT,
                    "%,d of %,d events are from before %s, more than %s (measure.hot_horizon) behind event time,"
                            + " as far as the stack has come: %s%nTo load history into the metrics, load it into a fresh stack before"
                            + " anything newer (stack down --wipe, stack up), or %s",
                    behindStore,
                    events,
                    limitOfStore(),
                    Durations.text(horizon),
                    CONSEQUENCE,
                    RAISE));
        }
        if (behindEarlierLines > 0) {
            text.append(text.isEmpty() ? "" : System.lineSeparator());
            text.append(String.format(
                    Locale.ROOT,
                    "%,d of %,d events are more than %s (measure.hot_horizon) older than an event on an earlier line:"
                            + " %s%nTo have them in the metrics, sort the events by time, or %s",
                    behindEarlierLines,
                    events,
                    Durations.text(horizon),
                    CONSEQUENCE,
                    RAISE));
        }
        return text.isEmpty() ? Optional.empty() : Optional.of(text.toString());
    }

    /** What to tell at the first late event, where those to come are not known. */
    String firstWarning(long line, long timeMillis) {
        return String.format(
                Locale.ROOT,
                "the event on line %,d is from %s, more than %s (measure.hot_horizon) behind %s; if there are more like"
                        + " it, %s%nTo load history into the metrics, sort it by time and load it into a fresh stack before"
                        + " anything newer (stack down --wipe, stack up), or %s",
                line,
                Instant.ofEpochMilli(timeMillis),
                Durations.text(horizon),
                behindStore > 0 ? "event time, as far as the stack has come" : "an event on an earlier line",
                CONSEQUENCE,
                RAISE);
    }

    private Instant limitOfStore() {
        return newestInStore.minus(horizon);
    }
}
