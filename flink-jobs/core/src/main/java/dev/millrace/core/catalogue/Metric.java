package dev.millrace.core.catalogue;

import java.io.Serializable;
import java.util.List;

/**
 * A metric of the catalogue, ready to be kept.
 *
 * @param id what state knows it by: a hash of all that decides what its contributions are. A changed metric has another
 *     one, and so begins anew; no two of a catalogue have the same
 * @param name as it stands in {@code metric_values}
 * @param arrivals whether its windows are of the time when records arrived, not of when events happened
 * @param windows never empty, but for {@link #isSessionRows}
 * @param dimensions names, in order; {@code lifecycle} is not among them
 * @param lifecycle whether the last dimension is {@code lifecycle}: whether the profile is {@code new} (first seen in the
 *     window) or {@code returning}
 * @param mostValues of each dimension in a window; what comes beyond goes under {@code (other)}
 * @param gapMillis sessions only
 * @param steps funnel only: labels of the steps, as in {@code 1 Product Viewed}
 * @param withinMillis funnel only
 */
public record Metric(
        int id,
        String name,
        Aggregate aggregate,
        boolean arrivals,
        List<WindowSize> windows,
        List<String> dimensions,
        boolean lifecycle,
        int mostValues,
        long gapMillis,
        List<String> steps,
        long withinMillis)
        implements Serializable {
    /** Name of the sessions that are kept as rows of {@code sessions}, not as a metric. */
    public static final String SESSION_ROWS = "(sessions)";

    /** Whether this stands for the rows of {@code sessions}: aggregate sessions, no windows. */
    public boolean isSessionRows() {
        return name.equals(SESSION_ROWS);
    }

    /**
     * How long after its end a window is waited for, since what began in it may go on: a funnel for so long at most, a session
     * until it pauses for so long.
     */
    public long settlesMillis() {
        return switch (aggregate) {
            case SESSIONS -> gapMillis;
            case FUNNEL -> withinMillis;
            case COUNT, SUM, AVERAGE, UNIQUE_PROFILES, NEW_PROFILES -> 0;
        };
    }

    /** Whether what an event adds depends on whose it is. */
    public boolean byProfile() {
        return switch (aggregate) {
            case COUNT, SUM, AVERAGE -> false;
            case UNIQUE_PROFILES, NEW_PROFILES, SESSIONS, FUNNEL -> true;
        };
    }
}
