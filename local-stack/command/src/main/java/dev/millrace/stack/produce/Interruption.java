package dev.millrace.stack.produce;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** SIGINT or SIGTERM: asks the work to stop, and holds the process until it has. */
final class Interruption implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final Duration PATIENCE_WITH_INPUT = Duration.ofSeconds(1);

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch finished = new CountDownLatch(1);
    private final Thread hook;
    private volatile boolean awaitsInput;
    private volatile Runnable ending = () -> {};

    Interruption(PrintWriter err, String waitingFor) {
        this.hook = new Thread(() -> stop(err, waitingFor), "interruption");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    boolean isAsked() {
        return asked.getCount() == 0;
    }

    /** What ends the work in place of whoever awaits input that may never come. */
    void endWith(Runnable newEnding) {
        ending = newEnding;
    }

    /** Told around a read that may take for ever. */
    void awaitsInput(boolean now) {
        awaitsInput = now;
    }

    /** Waits that long, or until it is asked to stop. */
    void await(Duration duration) {
        try {
            asked.await(duration.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            asked.countDown();
            Thread.currentThread().interrupt();
        }
    }

    private void stop(PrintWriter err, String waitingFor) {
        asked.countDown();
        err.println();
        err.println("stopping: waiting for " + waitingFor);
        err.flush();
        try {
            boolean done = finished.await(PATIENCE_WITH_INPUT.toMillis(), TimeUnit.MILLISECONDS);
            if (!done && awaitsInput) {
                ending.run();
            } else if (!done && !finished.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                err.println("stopped without " + waitingFor + ", after " + PATIENCE.toSeconds() + " s");
                err.flush();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The work is done: the process may end. */
    @Override
    public void close() {
        finished.countDown();
        if (!isAsked()) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                asked.countDown(); // The process is ending this very moment; the hook finds the work finished.
            }
        }
    }
}
