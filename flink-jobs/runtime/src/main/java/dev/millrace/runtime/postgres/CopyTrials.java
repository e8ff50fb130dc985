package dev.millrace.runtime.postgres;

/**
 * When rows are worth a try by {@code COPY}. One that fails leaves dead rows behind, and the work is done twice: after it
 * some batches go without, twice as many after each further failure.
 */
final class CopyTrials {
    private static final int MOST_WITHOUT = 64;

    private int without;
    private int withoutAfterFailure = 1;

    /** Asked once a batch. */
    boolean isDue() {
        if (without == 0) {
            return true;
        }
        without--;
        return false;
    }

    void succeeded() {
        withoutAfterFailure = 1;
    }

    void failed() {
        without = withoutAfterFailure;
        withoutAfterFailure = Math.min(2 * withoutAfterFailure, MOST_WITHOUT);
    }
}
