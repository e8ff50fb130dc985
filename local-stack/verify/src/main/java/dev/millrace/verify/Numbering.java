package dev.millrace.verify;

import java.nio.charset.StandardCharsets;
import org.apache.commons.codec.digest.MurmurHash3;

/**
 * Gives texts numbers from 0 in the order in which they come, and keeps of each 128 bits of hash alone: two of ten million
 * texts share those with a probability of 10^-25.
 */
final class Numbering {
    private long[] highs = new long[1 << 12];
    private long[] lows = new long[1 << 12];
    /** Number plus one; 0: free. */
    private int[] numbers = new int[1 << 12];

    private int texts;
    private int next;

    /**
     * The number of a text; {@code -1 - number} where it is new.
     *
     * @param width how many numbers a new one takes, of which this is the first
     */
    int of(String text, int width) {
        long[] hash = MurmurHash3.hash128x64(text.getBytes(StandardCharsets.UTF_8));
        int at = slot(hash[0], hash[1]);
        if (numbers[at] != 0) {
            return numbers[at] - 1;
        }
        if (3L * texts > 2L * numbers.length) {
            grow();
            at = slot(hash[0], hash[1]);
        }
        highs[at] = hash[0];
        lows[at] = hash[1];
        int number = next;
        numbers[at] = number + 1;
        texts++;
        next = Math.addExact(next, width);
        return -1 - number;
    }

    /** How many numbers are given. */
    int size() {
        return next;
    }

    private int slot(long high, long low) {
        int mask = numbers.length - 1;
        int at = (int) (high ^ low) & mask;
        while (numbers[at] != 0 && (highs[at] != high || lows[at] != low)) {
            at = at + 1 & mask;
        }
        return at;
    }

    private void grow() {
        long[] oldHighs = highs;
        long[] oldLows = lows;
        int[] oldNumbers = numbers;
        highs = new long[2 * oldHighs.length];
        lows = new long[2 * oldHighs.length];
        numbers = new int[2 * oldHighs.length];
        for (int i = 0; i < oldNumbers.length; i++) {
            if (oldNumbers[i] != 0) {
                int at = slot(oldHighs[i], oldLows[i]);
                highs[at] = oldHighs[i];
                lows[at] = oldLows[i];
                numbers[at] = oldNumbers[i];
            }
        }
    }
}
