package dev.millrace.runtime.postgres;

import dev.millrace.runtime.config.MillraceConfig.StoreOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.flink.metrics.MetricGroup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a table in a thread of its own: while that writes one batch, the next one fills; when that is full too, whoever
 * has more rows waits. Rows of one key are written in the order in which they came.
 *
 * <p>An error that is not to be overcome shows at the next row, mark or wait. Closing never fails, whatever state the
 * server is in: for an exception there Flink would end the process, with every other job in it.
 */
final class StoreWriter<T> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StoreWriter.class);
    private static final long CLOSE_MILLIS = 1000;

    private final Table<T> table;
    private final int maxRows;
    private final long lingerNanos;
    private final StoreConnection connection;
    private final BatchWriter<T> batches;
    private final StoreMetrics metrics;
    private final Thread thread;

    private final ReentrantLock lock = new ReentrantLock();
    /** Something for the thread to do. */
    private final Condition due = lock.newCondition();
    /** The thread has taken a batch, or written it, or failed. */
    private final Condition advanced = lock.newCondition();

    // Guarded by the lock.
    private Batch<T> filling;
    private long firstRowNanos;
    /** Someone waits for the filling batch to go out, full or not. */
    private boolean wanted;

    /** Batches that the thread has taken. */
    private long taken;
    /** Those of them that are written. */
    private long finished;
    /** When the first row came of the batch that is being written. */
    private long writingSinceNanos;

    private boolean begun;
    private boolean closed;
    private Throwable failure;

    /**
     * @param linger how long a batch waits for more rows after its first
     * @param patience how long a server may be away before the job fails
     */
    StoreWriter(
            Table<T> table,
            Seat seat,
            StoreOptions store,
            int maxRows,
            Duration linger,
            Duration patience,
            MetricGroup metricGroup,
            String name) {
        this.table = table;
        this.maxRows = maxRows;
        lingerNanos = linger.toNanos();
        filling = new Batch<>(table, maxRows);
        connection = new StoreConnection(store);
        metrics = new StoreMetrics(metricGroup);
        batches = new BatchWriter<>(table, seat, connection, new Patience(table.name(), patience, metrics), metrics);
        thread = new Thread(this::run, "millrace-store " + name);
        thread.setDaemon(true);
        thread.start();
    }

    void write(T row) throws IOException, InterruptedException {
        lock.lockInterruptibly();
        try {
            failIfBroken();
            boolean first = filling.isEmpty();
            while (!filling.add(row)) {
                wanted = true;
                due.signal();
                advanced.await();
                failIfBroken();
                first = filling.isEmpty();
            }
            if (first) {
                firstRowNanos = System.nanoTime();
            }
            if (first || filling.isFull()) {
                due.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Returns when no other process can write over a row in this one's place any more. */
    void awaitBegun() throws IOException, InterruptedException {
        lock.lockInterruptibly();
        try {
            failIfBroken();
            while (!begun) {
                advanced.await();
                failIfBroken();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Has what has come so far written without waiting for more.
     *
     * @return a mark for {@link #awaitWritten}: all rows of before
     */
    long mark() throws IOException {
        lock.lock();
        try {
            failIfBroken();
            if (filling.isEmpty()) {
                return taken;
            }
            wanted = true;
            due.signal();
            return taken + 1;
        } finally {
            lock.unlock();
        }
    }

    /** Returns when the rows of before a mark are written. For any thread. */
    void awaitWritten(long mark) throws IOException, InterruptedException {
        lock.lockInterruptibly();
        try {
            while (finished < mark) {
                failIfBroken();
                advanced.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Returns when all rows are written. */
    void flush() throws IOException, InterruptedException {
        awaitWritten(mark());
    }

    /** Gives up what has not been written: it comes again from the checkpoint. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            due.signal();
            advanced.signalAll();
        } finally {
            lock.unlock();
        }
        connection.abort();
        thread.interrupt();
        try {
            thread.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            LOG.warn("{}: the writer's thread takes long to end, and is not waited for", table.name());
        }
    }

    private void failIfBroken() throws IOException {
        if (failure instanceof StoreException e) {
            // Another one each time, as it may be thrown in more than one place.
            throw new StoreException(e.getMessage(), e);
        }
        if (failure != null) {
            throw new IOException(table.name() + " can't be written", failure);
        }
        if (closed) {
            throw new IOException(table.name() + " can't be written, the writer is closed");
        }
    }

    private void run() {
        try {
            batches.begin();
            begun();
            while (true) {
                batches.write(take());
                written();
            }
        } catch (Throwable e) {
            // Also an error of the virtual machine, which is the task's affair.
            fail(e);
        } finally {
            connection.close();
        }
    }

    /** Waits until the batch that fills is due, and takes it. */
    private List<T> take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                if (closed) {
                    throw new InterruptedException();
                }
                if (filling.isEmpty()) {
                    due.await();
                    continue;
                }
                long waitNanos = firstRowNanos + lingerNanos - System.nanoTime();
                if (wanted || filling.isFull() || waitNanos <= 0) {
                    break;
                }
                due.awaitNanos(waitNanos);
            }
            List<T> rows = filling.rows();
            filling = new Batch<>(table, maxRows);
            wanted = false;
            taken++;
            writingSinceNanos = firstRowNanos;
            advanced.signalAll();
            return rows;
        } finally {
            lock.unlock();
        }
    }

    private void begun() {
        lock.lock();
        try {
            begun = true;
            advanced.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void written() {
        lock.lock();
        try {
            finished++;
            metrics.stored(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - writingSinceNanos));
            advanced.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void fail(Throwable e) {
        lock.lock();
        try {
            // When it is closed it ends by an interrupt or an aborted connection, and that is none.
            failure = closed ? null : e;
            advanced.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
