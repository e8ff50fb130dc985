package dev.millrace.stack;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Asking again until the answer is yes. */
public final class Await {
    private static final long BETWEEN_MILLIS = 50;

    private Await() {}

    /** Whether the answer became yes in time; an interrupt ends the wait with a {@link StackException}. */
    public static boolean until(Duration atMost, BooleanSupplier question) {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!question.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            try {
                Thread.sleep(BETWEEN_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StackException("interrupted", e);
            }
        }
        return true;
    }
}
