package dev.millrace.stack.bench;

import java.util.function.DoublePredicate;

/**
 * The highest rate that goes on for ever without more and more waiting, found by trying. "Sustainable throughput" in
 * Karimov et al., "Benchmarking Distributed Stream Data Processing Systems" (ICDE 2018).
 */
final class SustainedRate {
    /** Each halves the range that is left. */
    private static final int TRIES = 4;

    private static final double LEAST_SHARE = 0.5;
    private static final double MOST_SHARE = 1.5;
    /** Nothing that is worth measuring keeps up with less than that share of a burst. */
    private static final double GIVEN_UP_SHARE = 1.0 / 64;

    private SustainedRate() {}

    /**
     * The highest of the rates tried that is kept up with: between half of a burst's and not quite half as much again, to a
     * sixteenth of it; below, to half of what it is; 0 if even a sixty-fourth of a burst is too much.
     *
     * @param burst about as much: what comes in live costs more, but a burst is short, and not all is warm by then
     */
    static double about(double burst, DoublePredicate keepsUp) {
        double low = burst * LEAST_SHARE;
        double high = burst * MOST_SHARE;
        boolean keptUp = false;
        for (int i = 0; i < TRIES; i++) {
            double middle = (low + high) / 2;
            if (keepsUp.test(middle)) {
                low = middle;
                keptUp = true;
            } else {
                high = middle;
            }
        }
        while (!keptUp && low >= burst * GIVEN_UP_SHARE) {
            keptUp = keepsUp.test(low);
            low = keptUp ? low : low / 2;
        }
        return keptUp ? low : 0;
    }
}
