package dev.millrace.stack.bench;

import java.util.function.DoublePredicate;

/**
 * The highest rate that goes on for ever without more and more waiting, found by trying. "Sustainable throughput" in
 * Karimov et al., "Benchmarking Distributed Stream Data Processing Systems" (ICDE 2018).
 */
final class SustainedRate {
    /** Of the range between a quarter of the most and the most, each halves it. */
    private static final int TRIES = 4;

    private static final double LEAST_SHARE = 0.25;
    /** Nothing that is worth measuring keeps up with no more than that share of the most. */
    private static final double GIVEN_UP_SHARE = 0.01;

    private SustainedRate() {}

    /**
     * The highest of the rates tried that is kept up with, within a twentieth of the most; 0 if even a hundredth of it is
     * too much.
     *
     * @param most a rate that is not kept up with for long
     */
    static double below(double most, DoublePredicate keepsUp) {
        double low = most * LEAST_SHARE;
        double high = most;
        boolean tried = false;
        for (int i = 0; i < TRIES; i++) {
            double middle = (low + high) / 2;
            if (keepsUp.test(middle)) {
                low = middle;
                tried = true;
            } else {
                high = middle;
            }
        }
        while (!tried && low > most * GIVEN_UP_SHARE) {
            tried = keepsUp.test(low);
            low = tried ? low : low / 2;
        }
        return tried ? low : 0;
    }
}
