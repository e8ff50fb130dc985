package dev.millrace.core.metric;

import dev.millrace.core.catalogue.Aggregate;
import dev.millrace.core.catalogue.Catalogue;
import dev.millrace.core.catalogue.Metric;
import java.io.Serializable;

/**
 * What measuring depends on.
 *
 * @param horizonMillis how far behind event time windows still change
 * @param dedupeWindowMillis within this span of event time a message id counts once
 * @param dedupeMaxIds message ids remembered a leaf at most
 * @param mostAnHour contributions of one leaf in one hour that depend on whose they are; more are left out
 * @param sightingMillis how exactly it is kept when an identifier was last seen
 */
public record Measuring(
        Catalogue catalogue,
        long horizonMillis,
        long dedupeWindowMillis,
        int dedupeMaxIds,
        int mostAnHour,
        long sightingMillis)
        implements Serializable {
    /** No window is longer: a day on which the clock is put back. */
    static final long LONGEST_WINDOW_MILLIS = 25 * Contribution.HOUR_MILLIS;

    /** Bound on {@link #mostAnHour} unless told otherwise. */
    public static final int MOST_AN_HOUR = 1000;

    /** Since when events count, where that is not known yet. */
    public static final long EVER = Long.MIN_VALUE;

    /**
     * Since when events count, and windows that end later change, once event time has come so far. Neither the watermark
     * before the first event nor that of a stream that has ended (or was drained) says anything of it.
     */
    public long hotSince(long watermarkMillis) {
        boolean says = watermarkMillis != Long.MIN_VALUE && watermarkMillis != Long.MAX_VALUE;
        return says ? watermarkMillis - horizonMillis : EVER;
    }

    /**
     * Contributions of days that ended before this are in no window that still changes, nor in a session that may have begun
     * in one.
     */
    long keptSince(long hotSinceMillis) {
        return hotSinceMillis == EVER ? EVER : hotSinceMillis - reachMillis();
    }

    /** How far before the end of a window that still changes what happened may matter to it. */
    private long reachMillis() {
        return LONGEST_WINDOW_MILLIS + catalogue.longestGapMillis();
    }

    /** When a day's contributions are in no window that still changes, event time. */
    long forgetAt(long dayEndMillis) {
        return dayEndMillis + reachMillis() + horizonMillis;
    }

    /** Ids of the metrics of new people. */
    int[] newProfiles() {
        return catalogue.metrics().stream()
                .filter(metric -> metric.aggregate() == Aggregate.NEW_PROFILES)
                .mapToInt(Metric::id)
                .toArray();
    }

    Metric metric(int id) {
        return catalogue.byId(id);
    }
}
