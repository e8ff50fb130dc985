package dev.millrace.setup;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * {@link Retention} again and again, until it is ended. What goes wrong is said when it begins and when it is over, and
 * tried again: after a period, or after a minute where that is shorter.
 */
final class Keeper {
    private static final Duration RETRY_AT_LATEST = Duration.ofMinutes(1);

    private final Retention retention;
    private final Duration period;
    private final Duration retry;
    private final Consumer<String> progress;
    private final CountDownLatch ending = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    Keeper(Retention retention, Duration period, Consumer<String> progress) {
        this.retention = retention;
        this.period = period;
        this.retry = period.compareTo(RETRY_AT_LATEST) < 0 ? period : RETRY_AT_LATEST;
        this.progress = progress;
    }

    /** Goes on until {@link #end}. */
    void run() throws InterruptedException {
        try {
            String trouble = null;
            Duration pause = Duration.ZERO;
            while (!ending.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                try {
                    retention.once();
                    if (trouble != null) {
                        progress.accept("all is well again");
                    }
                    trouble = null;
                    pause = period;
                } catch (SetupException e) {
                    if (ending.getCount() == 0) {
                        return;
                    }
                    if (!e.getMessage().equals(trouble)) {
                        progress.accept(e.getMessage() + "; tried again every " + retry.toSeconds() + " s");
                    }
                    trouble = e.getMessage();
                    pause = retry;
                }
            }
        } finally {
            ended.countDown();
        }
    }

    /** Ends it, and returns once it has, or after that time. */
    void end(Duration atMost) {
        ending.countDown();
        retention.cancel();
        try {
            if (!ended.await(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
                progress.accept("did not end in " + atMost.toSeconds() + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
