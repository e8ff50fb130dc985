package dev.millrace.generator;

/** SplitMix64: a small source of chance that gives the same numbers on every machine. */
final class Dice {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private long state;

    Dice(long seed) {
        this.state = seed;
    }

    /** One number that two others decide. */
    static long mix(long a, long b) {
        return scramble(scramble(a + GOLDEN) ^ (b * GOLDEN + 0x632BE59BD9B4E019L));
    }

    long next() {
        state += GOLDEN;
        return scramble(state);
    }

    /** In [0, 1). */
    double unit() {
        return (next() >>> 11) * 0x1.0p-53;
    }

    /** In [0, bound). */
    int below(int bound) {
        return (int) (((next() >>> 32) * bound) >>> 32);
    }

    boolean chance(double share) {
        return unit() < share;
    }

    /** Exponentially distributed. */
    double exponential(double mean) {
        // StrictMath: the last bit of Math.log may differ between processors.
        return -mean * StrictMath.log(1 - unit());
    }

    /** In [least, most), every order of magnitude as likely as any other. */
    long spread(long least, long most) {
        return (long) (least * StrictMath.exp(unit() * StrictMath.log((double) most / least)));
    }

    private static long scramble(long z) {
        long x = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        x = (x ^ (x >>> 27)) * 0x94D049BB133111EBL;
        return x ^ (x >>> 31);
    }
}
