package dev.millrace.core.metric;

import dev.millrace.core.catalogue.Aggregate;
import dev.millrace.core.catalogue.Metric;
import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * What a metric adds up: whole numbers alone, so that the order of additions and retractions does not show.
 *
 * <ul>
 *   <li>count, unique_profiles, new_profiles: the number
 *   <li>sum, average: the number of values; their sum in millionths, 128 bits, high half first
 *   <li>sessions: the number; their lengths in milliseconds; how many have one event
 *   <li>funnel: for each step, how many reached it
 * </ul>
 */
public final class Amounts {
    private static final int MICROS_DIGITS = 6;
    private static final int HIGH = 1;
    private static final int LOW = 2;

    private Amounts() {}

    /** How many numbers a metric adds up. */
    static int number(Metric metric) {
        return switch (metric.aggregate()) {
            case COUNT, UNIQUE_PROFILES, NEW_PROFILES -> 1;
            case SUM, AVERAGE, SESSIONS -> 3;
            case FUNNEL -> metric.steps().size();
        };
    }

    static boolean hasSum(Metric metric) {
        return metric.aggregate() == Aggregate.SUM || metric.aggregate() == Aggregate.AVERAGE;
    }

    /** Adds up in place. */
    static void add(Metric metric, long[] to, long[] amounts) {
        if (hasSum(metric)) {
            to[0] += amounts[0];
            add128(to, amounts[HIGH], amounts[LOW]);
            return;
        }
        for (int i = 0; i < amounts.length; i++) {
            to[i] += amounts[i];
        }
    }

    /** Adds a value in place. */
    static void addValue(long[] to, long micros) {
        to[0]++;
        add128(to, micros >> (Long.SIZE - 1), micros);
    }

    private static void add128(long[] to, long high, long low) {
        long sum = to[LOW] + low;
        to[HIGH] += high + (Long.compareUnsigned(sum, low) < 0 ? 1 : 0);
        to[LOW] = sum;
    }

    /** The sum of {@code sum} and {@code average}. */
    static double sum(long[] amounts) {
        BigInteger whole = BigInteger.valueOf(amounts[HIGH])
                .shiftLeft(Long.SIZE)
                .add(new BigInteger(Long.toUnsignedString(amounts[LOW])));
        return new BigDecimal(whole, MICROS_DIGITS).doubleValue();
    }
}
