package dev.millrace.stack.bench;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * What runs of contenders have in common.
 *
 * @param parallelism of each job
 * @param atMost how long a run may take
 * @param progress lines for people
 */
record Conditions(BenchStack stack, Topics topics, int parallelism, Duration atMost, Consumer<String> progress) {
    private static final Duration TAKES_AT_MOST = Duration.ofMinutes(60);

    static Conditions of(BenchStack stack, Topics topics, int parallelism, Consumer<String> progress) {
        return new Conditions(stack, topics, parallelism, TAKES_AT_MOST, progress);
    }
}
