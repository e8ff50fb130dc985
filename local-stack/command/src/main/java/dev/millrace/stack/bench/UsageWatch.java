package dev.millrace.stack.bench;

import dev.millrace.stack.bench.UsageCurve.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Looks at the processes of a run, twice a second, in a thread of its own: processor time and memory. */
final class UsageWatch implements AutoCloseable {
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);

    private final List<ProcessHandle> job;
    private final ProcessHandle worker;
    private final ProcessHandle kafka;
    private final ProcessHandle postgres;
    private final boolean peakIsExact;
    private final UsageCurve curve = new UsageCurve();
    private final long begunNanos = System.nanoTime();
    private final long begunMillis = System.currentTimeMillis();
    private final Thread thread = new Thread(this::run, "usage");
    private volatile boolean ended;
    private volatile long sampledPeakBytes;

    /**
     * Begins.
     *
     * @param worker the process whose memory is told; one of the job's
     * @param others that run what is measured
     */
    UsageWatch(ProcessHandle worker, List<ProcessHandle> others, ProcessHandle kafka, ProcessHandle postgres) {
        this.worker = worker;
        this.job = new ArrayList<>(others);
        this.job.add(worker);
        this.kafka = kafka;
        this.postgres = postgres;
        this.peakIsExact = ProcStat.forgetPeak(worker);
        look();
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        while (!ended) {
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
            look();
        }
    }

    private synchronized void look() {
        double used = job.stream().mapToDouble(ProcStat::treeSeconds).sum();
        curve.add(System.nanoTime(), new Usage(used, ProcStat.treeSeconds(kafka), ProcStat.treeSeconds(postgres)));
        sampledPeakBytes = Math.max(sampledPeakBytes, ProcStat.residentBytes(worker, "VmRSS"));
    }

    /** What was used between two moments of {@link System#nanoTime}. */
    Usage between(double fromNanos, double toNanos) {
        look();
        return curve.between(fromNanos, toNanos);
    }

    /** The moment of {@link System#nanoTime} that the clock on the wall told so. */
    double nanosAt(long wallMillis) {
        return begunNanos + (wallMillis - begunMillis) * 1e6;
    }

    /** The most memory that the worker has had since this began. */
    long peakResidentBytes() {
        return peakIsExact ? ProcStat.residentBytes(worker, "VmHWM") : sampledPeakBytes;
    }

    @Override
    public void close() {
        ended = true;
        LockSupport.unpark(thread);
    }
}
