package dev.millrace.stack.bench;

import dev.millrace.stack.Await;
import dev.millrace.stack.LocalStack;
import dev.millrace.stack.StackException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/** Sends {@link Probes}, and looks for what follows, in a thread of its own. */
final class Probing implements AutoCloseable {
    /** How often it looks: each look takes processor time of PostgreSQL. */
    private static final Duration LOOK_EVERY = Duration.ofMillis(20);
    /** What is not seen by then is given up. */
    private static final Duration SEEN_AT_MOST = Duration.ofSeconds(60);

    private static final Duration ENDS_AT_MOST = Duration.ofSeconds(10);

    private final Probes probes;
    private final Connection store;
    private final LongSupplier streamMillis;
    private final long fromNanos = System.nanoTime() + LiveLatency.LEAD_IN.toNanos();
    private final Thread thread = new Thread(this::run, "probes");
    private volatile boolean sending = true;
    private volatile boolean ended;
    private volatile RuntimeException failure;

    private Probing(Probes probes, Connection store, LongSupplier streamMillis) {
        this.probes = probes;
        this.store = store;
        this.streamMillis = streamMillis;
    }

    /**
     * Begins, after the lead-in.
     *
     * @param label of the probes, which no others in the topic have
     * @param ofPeer whether Flink SQL's tables are looked at, and not ours
     * @param streamMillis the time of the stream that they are in
     */
    static Probing start(LocalStack stack, RawFeed feed, String label, boolean ofPeer, LongSupplier streamMillis) {
        Probing probing;
        try {
            Connection store = stack.store();
            Probes.Rows rows = ofPeer ? new PeerProbeRows(store) : new ProbeRows(store);
            Probes probes = new Probes(feed::send, rows, System::currentTimeMillis, !ofPeer, label);
            probing = new Probing(probes, store, streamMillis);
        } catch (SQLException e) {
            throw new StackException("no connection to PostgreSQL for the probes: " + e.getMessage(), e);
        }
        probing.thread.setDaemon(true);
        probing.thread.start();
        return probing;
    }

    private void run() {
        try {
            long giveUpNanos = Long.MAX_VALUE;
            while (!ended && (sending || !probes.isIdle())) {
                long nextNanos = System.nanoTime() + LOOK_EVERY.toNanos();
                if (sending && System.nanoTime() >= fromNanos) {
                    probes.send(streamMillis.getAsLong());
                }
                probes.look(streamMillis.getAsLong());
                if (sending) {
                    giveUpNanos = System.nanoTime() + SEEN_AT_MOST.toNanos();
                } else if (System.nanoTime() > giveUpNanos) {
                    return;
                }
                LockSupport.parkNanos(nextNanos - System.nanoTime());
            }
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    /** Sends no more, and returns once all is seen that was sent, or given up. */
    Probes.Figures finish() {
        sending = false;
        if (!Await.until(SEEN_AT_MOST.plus(ENDS_AT_MOST), () -> !thread.isAlive())) {
            throw new StackException("the probes do not end");
        }
        if (failure != null) {
            throw failure;
        }
        return probes.figures();
    }

    /** Ends at once where it has not ended. */
    @Override
    public void close() {
        ended = true;
        try {
            thread.join(ENDS_AT_MOST.toMillis());
            store.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException e) {
            throw new StackException("can't close the probes' connection: " + e.getMessage(), e);
        }
    }
}
