package dev.millrace.runtime.postgres;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits between attempts, longer each time, and not for ever. An outage is told in the log when it begins and when it is
 * over, and anything else that is waited for once that has taken some seconds. For one thread.
 */
final class Patience {
    private static final Logger LOG = LoggerFactory.getLogger(Patience.class);
    private static final long SHORTEST_MILLIS = 100;
    private static final long LONGEST_MILLIS = 5000;
    private static final long UNTOLD_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final String table;
    private final Duration limit;
    private final StoreMetrics metrics;
    private long failingSinceNanos;
    private int failures;
    private boolean away;
    private boolean told;

    Patience(String table, Duration limit, StoreMetrics metrics) {
        this.table = table;
        this.limit = limit;
        this.metrics = metrics;
    }

    /**
     * Waits until it is time for the next attempt.
     *
     * @throws StoreException when attempts have failed for as long as patience lasts
     */
    void failed(SQLException error, Trouble trouble) throws StoreException, InterruptedException {
        long now = System.nanoTime();
        if (failures == 0) {
            failingSinceNanos = now;
        }
        if (trouble == Trouble.AWAY && !away) {
            away = true;
            metrics.away(true);
            LOG.warn(
                    "{} can't be written, PostgreSQL is away: {}. Trying again for up to {} s; meanwhile rows wait",
                    table,
                    Trouble.message(error),
                    limit.toSeconds());
        } else if (!away && !told && now - failingSinceNanos > UNTOLD_NANOS) {
            told = true;
            LOG.warn(
                    "{} is not written for {} s: {}. Trying again for up to {} s; meanwhile rows wait",
                    table,
                    TimeUnit.NANOSECONDS.toSeconds(now - failingSinceNanos),
                    Trouble.message(error),
                    limit.toSeconds());
        }
        if (now - failingSinceNanos >= limit.toNanos()) {
            throw new StoreException(
                    "%s could not be written for %d s, and the job gives up until it is restarted: %s"
                            .formatted(table, limit.toSeconds(), Trouble.message(error)),
                    error);
        }
        long delay = Math.min(LONGEST_MILLIS, SHORTEST_MILLIS << Math.min(failures, 6));
        failures++;
        // Not all writers at once.
        Thread.sleep(ThreadLocalRandom.current().nextLong(delay / 2, delay + 1));
    }

    /** An attempt got an answer. */
    void answered() {
        if (failures == 0) {
            return;
        }
        if (away) {
            LOG.info(
                    "{} is written again; PostgreSQL was away for {} s",
                    table,
                    TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - failingSinceNanos));
            away = false;
            metrics.away(false);
        }
        failures = 0;
        told = false;
    }
}
