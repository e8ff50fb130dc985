package dev.millrace.stack.chaos;

import dev.millrace.stack.Job;
import dev.millrace.stack.LocalStack;
import dev.millrace.stack.StackException;
import dev.millrace.stack.flink.FlinkException;
import dev.millrace.stack.flink.JobPast;
import dev.millrace.stack.flink.JobStatus;
import dev.millrace.stack.part.Part;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/**
 * Whether a stack keeps up. It does when every part and every job runs, the senders have less than two seconds' worth of
 * events unacknowledged, and the store says that event time has come within {@link #FRESH} of the clock: nothing that happened
 * before waits anywhere on its way from the producers to PostgreSQL. After a fault, Flink must have felt it.
 */
final class Pulse {
    /** Five seconds are what StitchJob waits for stragglers. */
    static final Duration FRESH = Duration.ofSeconds(10);

    private static final double MOST_SECONDS_BEHIND = 2;
    private static final long EVERY_MILLIS = 500;
    private static final Duration TELLS_EVERY = Duration.ofSeconds(10);
    /** Of the writers of the measure job that are there now; others belong to another parallelism. */
    private static final String LAG =
            """
            select extract(epoch from now() - min(event_time)) from event_time_progress
            where updated_at > greatest(now() - interval '10 seconds', ?)
            """;

    private final LocalStack local;
    private final Traffic traffic;
    private final Consumer<String> progress;

    Pulse(LocalStack local, Traffic traffic, Consumer<String> progress) {
        this.local = local;
        this.traffic = traffic;
        this.progress = progress;
    }

    /**
     * Returns once it keeps up; says what is still amiss if it does not in time.
     *
     * @param since what the store was told before counts for nothing
     * @param effect of the fault that was over then, without which it counts for nothing either; null: there was none
     */
    Optional<String> await(Duration atMost, Instant since, Effect effect) throws InterruptedException {
        long begun = System.nanoTime();
        long told = begun;
        while (true) {
            Optional<String> amiss = amiss(since, effect);
            long now = System.nanoTime();
            if (amiss.isEmpty() || now - begun > atMost.toNanos()) {
                return amiss;
            }
            if (now - told > TELLS_EVERY.toNanos()) {
                told = now;
                progress.accept(String.format(Locale.ROOT, "%10s still: %s", "", amiss.get()));
            }
            Thread.sleep(EVERY_MILLIS);
        }
    }

    /** The first thing that is not as it should be, in a clause; empty: it keeps up. */
    private Optional<String> amiss(Instant since, Effect effect) {
        for (Part part : local.parts()) {
            if (!part.running()) {
                return Optional.of(part.name() + " does not run");
            }
        }
        double behind = traffic.secondsBehind();
        if (behind > MOST_SECONDS_BEHIND) {
            return Optional.of(String.format(Locale.ROOT, "%.0f s of events are not acknowledged", behind));
        }
        try {
            // Before their state: what has failed by then shows in that.
            List<JobPast> pasts = effect == null ? List.of() : local.pasts();
            List<JobStatus> jobs = local.jobs();
            for (JobStatus job : jobs) {
                if (!job.isRunning()) {
                    return Optional.of(job.name() + " is " + job.state());
                }
            }
            if (jobs.size() < Job.values().length) {
                return Optional.of("only " + jobs.size() + " jobs are there");
            }
            OptionalDouble lag = lag(since);
            if (lag.isEmpty()) {
                return Optional.of("no writer tells how far event time has come");
            }
            if (lag.getAsDouble() > FRESH.toSeconds()) {
                return Optional.of(
                        String.format(Locale.ROOT, "event time in the store is %.0f s behind", lag.getAsDouble()));
            }
            return effect == null ? Optional.empty() : effect.missing(pasts).or(() -> effect.unhealed(pasts, since));
        } catch (FlinkException | StackException | SQLException e) {
            return Optional.of(e.getMessage());
        }
    }

    private OptionalDouble lag(Instant since) throws SQLException {
        try (Connection store = local.store();
                PreparedStatement statement = store.prepareStatement(LAG)) {
            statement.setQueryTimeout(5);
            statement.setObject(1, since.atOffset(ZoneOffset.UTC));
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                double seconds = row.getDouble(1);
                return row.wasNull() ? OptionalDouble.empty() : OptionalDouble.of(seconds);
            }
        }
    }
}
